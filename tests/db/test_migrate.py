"""The schema: from nothing to the newest revision and back, and the same as the models say."""

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, select, text

from pixharbor.connections import models as _connections
from pixharbor.db.base import Base
from pixharbor.db.engine import Database, open_database
from pixharbor.db.migrate import MIGRATIONS, NEWEST, find_revision, migrate
from pixharbor.errors import SettingError
from pixharbor.images import models as _images
from pixharbor.jobs import models as _jobs
from pixharbor.schedules import models as _schedules
from pixharbor.sources import adaptive_governor as _paces
from pixharbor.sources import governor as _governors
from pixharbor.sources import web_urls_lists as _web_urls

T = TypeVar("T")
# Imported for the tables that each of them declares.
DECLARED = (_connections, _images, _jobs, _schedules, _paces, _governors, _web_urls)
IMAGE_TEXTS = (
    *("name", "name_folded", "mime_type", "format", "sha256"),
    *("source", "provider_id", "source_path", "storage_key"),
)
IMAGE_NUMBERS = {"owner": 1, "size": 1, "created_at": datetime(2026, 1, 1, tzinfo=UTC)}
ROOT = Path(__file__).parents[2]
EACH_WITH_PROCESSES = [("sqlite", 3), ("postgresql", 10)]
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


def alembic_config(connection: Connection | None = None) -> Config:
    """As Alembic's own commands want it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def in_sync(database: Database, look: Callable[[Connection], T]) -> T:
    async with database.writing_connection() as connection:
        return await connection.run_sync(look)


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_an_empty_database_gets_the_tables_of_the_models(empty_url: str) -> None:
    async with open_database(empty_url) as database:
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


async def test_a_second_migration_has_nothing_to_do(empty_url: str) -> None:
    async with open_database(empty_url) as database:
        await migrate(database)
        assert await migrate(database) is False
        async with database.writing_connection() as connection:
            assert await find_revision(connection) == NEWEST


def test_the_newest_revision_is_the_head_of_the_history() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [NEWEST]


async def test_the_way_down_leads_to_an_empty_database_and_up_again(empty_url: str) -> None:
    def down(connection: Connection) -> None:
        command.downgrade(alembic_config(connection), "base")

    async with open_database(empty_url) as database:
        await migrate(database)
        await in_sync(database, down)
        assert await in_sync(database, tables) == {"alembic_version"}
        assert await migrate(database) is True


async def test_marks_of_damage_that_were_none_are_forgotten(empty_url: str) -> None:
    def up(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "0009")

    def add(connection: Connection) -> None:
        for number, damage in enumerate(damages):
            row = dict.fromkeys(IMAGE_TEXTS, str(number)) | {"damaged": damage, "id": uuid4()}
            connection.execute(insert(_images.Image), row | IMAGE_NUMBERS)

    damages = ["image_damaged: cut", "image_crashed: 11", "too_many_pixels: 9", "too_much_memory: "]
    async with open_database(empty_url) as database:
        await in_sync(database, up)
        await in_sync(database, add)
        await migrate(database)
        left = select(_images.Image.damaged).where(_images.Image.damaged.is_not(None))
        assert await in_sync(database, lambda rows: rows.scalars(left).all()) == damages[:1]


async def test_a_migration_that_fails_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_at_the_end(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    async with open_database(empty_url) as database:
        with monkeypatch.context() as patch:
            patch.setattr("alembic.op.create_index", fail_at_the_end)
            with pytest.raises(RuntimeError, match="the power went"):
                await migrate(database)
        assert await in_sync(database, tables) == set()
        assert await migrate(database) is True


@pytest.mark.parametrize(("empty_url", "processes"), EACH_WITH_PROCESSES, indirect=["empty_url"])
async def test_processes_that_start_together_migrate_once(empty_url: str, processes: int) -> None:
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, empty_url,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(processes)
    ]  # fmt: skip
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in started))
    assert [process.returncode for process in started] == [0] * processes, told
    others = [b"False"] * (processes - 1)
    assert sorted(out.split()[-1] for out, _ in told) == [*others, b"True"]


async def test_a_database_of_a_newer_pixharbor_is_left_alone(empty_url: str) -> None:
    async with open_database(empty_url) as database:
        await migrate(database)
        async with database.write() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(SettingError, match=r"DATABASE_URL: a newer pixharbor .* 9999"):
            await migrate(database)


async def test_alembic_itself_upgrades_and_checks_what_the_settings_name_s1_35(
    empty_url: str, tmp_path: Path
) -> None:
    for command_line, wanted in (
        (("upgrade", "head"), b""),
        (("current",), f"{NEWEST} (head)".encode()),
        (("check",), b"No new upgrade operations detected."),
    ):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "alembic", *command_line,
            env=os.environ | {"DATABASE_URL": empty_url, "DATA_DIR": str(tmp_path)},
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, error = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, error.decode()
        assert wanted in out


async def test_alembic_says_in_one_sentence_what_is_wrong_with_the_setting() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "alembic", "upgrade", "head",
        env=os.environ | {"DATABASE_URL": "mysql://root:canary@127.0.0.1/x"},
        cwd=ROOT, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, error = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert b"DATABASE_URL: cannot use" in error
    assert b"canary" not in error
    assert b"Traceback" not in error


async def test_connections_are_set_up_as_the_engine_needs_them(tmp_path: Path) -> None:
    wanted = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10000}
    wanted["synchronous"] = 1  # NORMAL: what must not be lost is synced after the commit
    async with open_database(f"sqlite:///{tmp_path}/rows.db") as database:
        for session in (database.read(), database.write()):
            async with session as opened:
                connection = await opened.connection()
                for name, value in wanted.items():
                    told = await connection.exec_driver_sql(f"PRAGMA {name}")
                    assert told.scalar() == value, name
