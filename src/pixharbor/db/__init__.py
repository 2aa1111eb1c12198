"""The edge to rows: SQLite and PostgreSQL, the same tables, the same migrations."""
