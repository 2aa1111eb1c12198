"""`pixharbor migrate`: bring the database's schema up to date."""

from pixharbor.cli.console import console
from pixharbor.cli.loop import run_loop
from pixharbor.db.engine import open_database
from pixharbor.db.migrate import NEWEST
from pixharbor.db.migrate import migrate as migrate_database
from pixharbor.runtime import load_settings


def migrate() -> None:
    """Bring the database's schema up to date. `serve` does so by itself on SQLite."""

    async def _migrate() -> bool:
        async with open_database(load_settings().database_url) as database:
            return await migrate_database(database)

    changed = run_loop(_migrate())
    console.print(f"The schema is at {NEWEST}{'' if changed else ' already'}.")
