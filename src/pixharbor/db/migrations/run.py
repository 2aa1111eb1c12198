"""Runs what Alembic was asked for, one process at a time, in one transaction."""

from alembic import context
from sqlalchemy import Connection

from pixharbor.db.base import Base
from pixharbor.db.migrate import lock_migrations


def run_migrations(connection: Connection) -> None:
    """All of it or nothing of it; whoever comes second finds nothing left to do."""
    lock_migrations(connection)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a table by copying it
    )
    with context.begin_transaction():
        context.run_migrations()
