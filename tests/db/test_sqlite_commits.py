"""R8 on SQLite: a durable write returns when it is on the disk, and holds up nobody till then."""

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

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


async def test_the_turn_to_write_ends_with_the_commit_and_not_with_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = AsyncSession.close
    closed = 0

    async def look_and_close(session: AsyncSession) -> None:
        nonlocal closed
        with (tmp_path / "rows.db-turn").open() as turn:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        closed += 1
        await close(session)

    async with open_database(f"sqlite:///{tmp_path}/rows.db") as database:
        with monkeypatch.context() as patch:
            patch.setattr(AsyncSession, "close", look_and_close)
            await make_table(database)
    assert closed == 1
