"""pixharbor: a self-hosted harbour for images."""
