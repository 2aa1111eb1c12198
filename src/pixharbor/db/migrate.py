"""Brings the schema up to date, and tells whether it is."""

from pathlib import Path

import structlog
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from pixharbor.db.engine import Database

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "migrations"
# The newest revision. Alembic (0.3 s to import) is loaded only when the database is at another.
NEWEST = "0001"


async def migrate(database: Database) -> bool:
    """Upgrade to the newest revision; answers whether anything had to be done."""
    async with database.writing_connection() as connection:
        revision = await find_revision(connection)
        if revision == NEWEST:
            return False
        await connection.run_sync(_upgrade)
    log.info("database.migrated", was=revision, now=NEWEST)
    return True


async def find_revision(connection: AsyncConnection) -> str | None:
    """The revision that the database is at, None for an empty one."""

    def _find(sync: Connection) -> str | None:
        if not inspect(sync).has_table("alembic_version"):
            return None
        return sync.execute(text("SELECT version_num FROM alembic_version")).scalar()

    return await connection.run_sync(_find)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - only when there is something to do
    from alembic.config import Config  # noqa: PLC0415 - loaded only where it is used

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
