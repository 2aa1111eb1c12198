"""Brings the schema up to date, and tells whether it is."""

from pathlib import Path

import structlog
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from pixharbor.db.engine import Database
from pixharbor.errors import SettingError

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "migrations"
# The newest revision. Alembic (0.3 s to import) is loaded only when the database is at another.
NEWEST = "0011"
# The advisory lock of whoever migrates, on PostgreSQL: "pixharbo" as a number, nobody else's.
MIGRATING = int.from_bytes(b"pixharbo")


async def migrate(database: Database) -> bool:
    """Upgrade to the newest revision; answers whether anything had to be done.

    Any number of processes may start at once: one migrates, the others wait for it. Raises
    SettingError for a database that a newer pixharbor has made.
    """
    async with database.writing_connection() as connection:
        if await find_revision(connection) == NEWEST:
            return False
        await connection.run_sync(lock_migrations)
        revision = await find_revision(connection)
        if revision == NEWEST:
            return False
        check_known(revision)
        await connection.run_sync(_upgrade)
    log.info("database.migrated", was=revision, now=NEWEST)
    return True


async def require_newest(database: Database) -> None:
    """Raise SettingError unless the schema is the one that this program works with."""
    async with database.writing_connection() as connection:
        revision = await find_revision(connection)
    check_known(revision)
    if revision != NEWEST:
        raise SettingError(
            f"DATABASE_URL: the schema is {revision or 'not there yet'}, this program needs "
            f"{NEWEST}; run: pixharbor migrate"
        )


async def find_revision(connection: AsyncConnection) -> str | None:
    """The revision that the database is at, None for an empty one."""

    def _find(sync: Connection) -> str | None:
        if not inspect(sync).has_table("alembic_version"):
            return None
        return sync.execute(text("SELECT version_num FROM alembic_version")).scalar()

    return await connection.run_sync(_find)


def lock_migrations(connection: Connection) -> None:
    """Wait for whoever is migrating; to the end of the transaction nobody else will.

    SQLite's transaction is alone from its first statement. An index over a million rows may take
    its time.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})


def check_known(revision: str | None) -> None:
    """Raise SettingError for a schema that only a newer program knows."""
    if revision and not list((MIGRATIONS / "versions").glob(f"{revision}_*.py")):
        raise SettingError(
            f"DATABASE_URL: a newer pixharbor has made this database (its schema is {revision}, "
            f"this program knows up to {NEWEST}); start that version or a later one."
        )


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - only when there is something to do
    from alembic.config import Config  # noqa: PLC0415 - loaded only where it is used

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
