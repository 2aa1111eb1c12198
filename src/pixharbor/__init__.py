"""pixharbor: a self-hosted harbour for images."""

__version__ = "0.1.0"
