"""The edge to providers: each kind of place that images come from is one file here."""
