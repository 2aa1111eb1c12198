"""`alembic …` from a shell: the migrations, on the database that the settings name."""

from alembic import context
from alembic.util import CommandError

import pixharbor.worker  # noqa: F401 - every part's tables, for `alembic check`
from pixharbor.cli.loop import run_loop
from pixharbor.db.engine import open_database
from pixharbor.db.migrations.run import run_migrations
from pixharbor.runtime import load_settings


async def _run() -> None:
    if context.is_offline_mode():
        raise CommandError("--sql is not offered: the migrations look at what is there.")
    async with (
        open_database(load_settings().database_url) as database,
        database.writing_connection() as connection,
    ):
        await connection.run_sync(run_migrations)


run_loop(_run())
