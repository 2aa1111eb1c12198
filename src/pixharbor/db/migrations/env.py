"""Alembic's entry: runs migrations on the connection that migrate.py hands over."""

from alembic import context

from pixharbor.db.base import Base
from pixharbor.db.migrate import lock_migrations

connection = context.config.attributes["connection"]
lock_migrations(connection)
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
