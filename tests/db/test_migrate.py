"""The schema: from nothing to the newest revision and back, and the same as the models say."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from pixharbor.db.base import Base
from pixharbor.db.engine import Database, open_database
from pixharbor.db.migrate import MIGRATIONS, NEWEST, find_revision, migrate
from pixharbor.images import models as _images
from pixharbor.jobs import models as _jobs
from pixharbor.sources import governor as _sources
from pixharbor.transforms import models as _transforms

T = TypeVar("T")
# Imported for the tables that each of them declares.
DECLARED = (_images, _jobs, _sources, _transforms)
MIGRATE = """
import asyncio, sys
from pixharbor.db.engine import open_database
from pixharbor.db.migrate import migrate

async def main():
    async with open_database(sys.argv[1]) as database:
        sys.stdin.readline()
        print(await migrate(database))

asyncio.run(main())
"""


async def in_sync(database: Database, look: Callable[[Connection], T]) -> T:
    async with database.writing_connection() as connection:
        return await connection.run_sync(look)


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_an_empty_database_gets_the_tables_of_the_models(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path}/rows.db") as database:
        assert await migrate(database) is True
        found = await in_sync(database, tables)
        assert found - {"alembic_version"} == set(Base.metadata.tables)
        differences = await in_sync(
            database,
            lambda connection: compare_metadata(
                MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
            ),
        )
        assert differences == []


async def test_a_second_migration_has_nothing_to_do(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path}/rows.db") as database:
        await migrate(database)
        assert await migrate(database) is False
        async with database.writing_connection() as connection:
            assert await find_revision(connection) == NEWEST


def test_the_newest_revision_is_the_head_of_the_history() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


async def test_the_way_down_leads_to_an_empty_database_and_up_again(tmp_path: Path) -> None:
    def down(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    async with open_database(f"sqlite:///{tmp_path}/rows.db") as database:
        await migrate(database)
        await in_sync(database, down)
        assert await in_sync(database, tables) == {"alembic_version"}
        assert await migrate(database) is True


async def test_a_migration_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_at_the_end(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    async with open_database(f"sqlite:///{tmp_path}/rows.db") as database:
        with monkeypatch.context() as patch:
            patch.setattr("alembic.op.create_index", fail_at_the_end)
            with pytest.raises(RuntimeError, match="the power went"):
                await migrate(database)
        assert await in_sync(database, tables) == set()
        assert await migrate(database) is True


async def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rows.db"
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, url,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in started))
    assert [process.returncode for process in started] == [0, 0, 0], told
    assert sorted(out.split()[-1] for out, _ in told) == [b"False", b"False", b"True"]


async def test_connections_are_set_up_as_the_engine_needs_them(tmp_path: Path) -> None:
    wanted = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10000}
    normal, full = 1, 2
    async with open_database(f"sqlite:///{tmp_path}/rows.db") as database:
        for session, synchronous in (
            (database.read(), normal),
            (database.write(), normal),
            (database.write(durable=True), full),
        ):
            async with session as opened:
                connection = await opened.connection()
                for name, value in (wanted | {"synchronous": synchronous}).items():
                    told = await connection.exec_driver_sql(f"PRAGMA {name}")
                    assert told.scalar() == value, name
