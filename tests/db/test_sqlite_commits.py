"""R8 on SQLite: a durable write returns when it is on the disk, and holds up nobody till then."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from pixharbor.db.engine import Database, DatabaseAway, open_database

INSERT = text("INSERT INTO kept VALUES (1)")


async def make_table(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("CREATE TABLE kept (number INTEGER)"))


async def test_a_durable_write_is_synced_after_its_commit_and_before_its_end_r8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rows.db"
    synced: list[tuple[str, int]] = []
    sync = os.fsync

    def look_and_sync(descriptor: int) -> None:
        with closing(sqlite3.connect(file)) as other:
            rows = other.execute("SELECT count(*) FROM kept").fetchone()[0]
            # Whoever wants to write need not wait for the disk.
            other.execute("BEGIN IMMEDIATE").execute("ROLLBACK")
        synced.append((Path(f"/proc/self/fd/{descriptor}").readlink().name, rows))
        sync(descriptor)

    async with open_database(f"sqlite:///{file}") as database:
        await make_table(database)
        monkeypatch.setattr(os, "fsync", look_and_sync)
        async with database.write() as session:
            await session.execute(INSERT)
        assert synced == []
        async with database.write(durable=True) as session:
            await session.execute(INSERT)
        assert synced == [("rows.db-wal", 2)]


async def test_a_disk_that_does_not_sync_is_told_of_r8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    async with open_database(f"sqlite:///{tmp_path}/rows.db") as database:
        await make_table(database)
        monkeypatch.setattr(os, "fsync", refuse)
        with pytest.raises(DatabaseAway):
            async with database.write(durable=True) as session:
                await session.execute(INSERT)
