"""The schema's history, for Alembic; tables are declared beside the features that own them."""
