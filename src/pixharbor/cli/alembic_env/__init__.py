"""What Alembic's own command line runs here; alembic.ini leads to it."""
