"""The edge to bytes: where originals and variants are kept, and the links that lead there."""
