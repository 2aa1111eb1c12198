"""What `pixharbor doctor` says of the database: what it is, how it does, what to mend."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from pixharbor.db.engine import Database
from pixharbor.db.migrate import NEWEST, check_known, find_revision
from pixharbor.db.network_file import find_network, warn_of
from pixharbor.db.postgresql import name_of

# A process takes up to eleven (postgresql.POOL): fewer free ones than this, and the next may fail.
CONNECTIONS_OF_A_PROCESS = 11


async def describe_database(database: Database) -> str:
    """One line, its warnings behind it. Raises SettingError for a newer program's schema."""
    async with database.writing_connection() as connection:
        revision = await find_revision(connection)
        check_known(revision)
        if database.dialect == "postgresql":
            says, warnings = await _postgresql(connection)
        else:
            says, warnings = await _sqlite(connection)
    if revision not in (None, NEWEST):
        warnings.append(f"this program needs schema {NEWEST}: run pixharbor migrate")
    schema = f"schema {revision or 'none yet (made at the first start)'}"
    return "; but: ".join((f"{says}, {schema}", *warnings))


async def _postgresql(connection: AsyncConnection) -> tuple[str, list[str]]:
    version, fsync, taken, most = (
        await connection.execute(
            text(
                "SELECT current_setting('server_version'), current_setting('fsync'),"
                " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
                " current_setting('max_connections')::int"
                " - current_setting('superuser_reserved_connections')::int"
            )
        )
    ).one()
    warnings = []
    if fsync == "off":
        warnings.append("its fsync is off: a power cut can destroy the database")
    if most - taken < CONNECTIONS_OF_A_PROCESS:
        warnings.append(
            f"the next process needs {CONNECTIONS_OF_A_PROCESS} connections: raise max_connections"
        )
    place = name_of(connection.engine.url)
    return f"PostgreSQL {version} at {place}, {taken} of {most} connections taken", warnings


async def _sqlite(connection: AsyncConnection) -> tuple[str, list[str]]:
    version = await connection.scalar(text("SELECT sqlite_version()"))
    file = connection.engine.url.database or ":memory:"
    kind = find_network(Path(file))
    return f"SQLite {version} in {file}", [warn_of(kind)] if kind else []
