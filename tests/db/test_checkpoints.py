"""SQLite's log is copied into the database beside the writers, after every few commits."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from harbour import until
from sqlalchemy import text
from structlog.testing import capture_logs

from pixharbor.db.checkpoints import COMMITS, Checkpoints
from pixharbor.db.engine import Database, open_database


async def commit(database: Database, sql: str, *, times: int = 1) -> None:
    for _ in range(times):
        async with database.write() as session:
            await session.execute(text(sql))


def rows_without_log(file: Path) -> int | None:
    """How many rows the database file has by itself; None when it has no table yet."""
    alone = shutil.copy(file, file.with_name("alone.db"))
    with closing(sqlite3.connect(alone)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'kept'").fetchone():
            return None
        return int(connection.execute("SELECT count(*) FROM kept").fetchone()[0])


async def test_a_few_commits_are_copied_into_the_database_by_themselves(tmp_path: Path) -> None:
    file = tmp_path / "rows.db"

    async def look() -> int | None:
        return rows_without_log(file)

    async with open_database(f"sqlite:///{file}") as database:
        await commit(database, "CREATE TABLE kept (number INTEGER)")
        await commit(database, "INSERT INTO kept VALUES (1)", times=COMMITS - 2)
        assert await look() is None
        await commit(database, "INSERT INTO kept VALUES (1)")
        assert await until(look) == COMMITS - 1


async def test_an_older_reader_and_a_writer_go_on_meanwhile(tmp_path: Path) -> None:
    count = text("SELECT count(*) FROM kept")
    async with open_database(f"sqlite:///{tmp_path}/rows.db") as database:
        await commit(database, "CREATE TABLE kept (number INTEGER)")
        async with database.read() as older:
            assert await older.scalar(count) == 0
            await commit(database, "INSERT INTO kept VALUES (1)", times=5 * COMMITS)
            assert await older.scalar(count) == 0
        async with database.read() as newer:
            assert await newer.scalar(count) == 5 * COMMITS


async def test_a_checkpoint_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    checkpoints = Checkpoints(tmp_path / "folder.db")
    with capture_logs() as told:
        for _ in range(2):
            for _ in range(COMMITS):
                checkpoints.committed()
            await checkpoints.finish()
    assert [line["event"] for line in told] == ["database.no_checkpoint"] * 2
