"""Connections: private accounts at sources; their tokens are sealed, and kept fresh by us."""
