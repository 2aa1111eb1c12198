"""SQLite: how its connections are set up, and which of its errors will pass."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import aiosqlite
from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from pixharbor.db.checkpoints import PAGES_AT_MOST

# Another process holds the write lock, or the disk is full or away. Errors of our SQL are others.
PASSING = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")

# Of each connection, as far as it is used. A writer inserts all over its indexes: with 4 MB it
# lists at half the speed. What readers ask for is in the system's cache.
READER_CACHE_KIB, WRITER_CACHE_KIB = 4_000, 32_000
FETCHED_AT_A_TIME: Final = 64  # rows of a cursor that is iterated, as aiosqlite has it


def open_reader(url: URL, *, at_once: bool = False) -> AsyncEngine:
    """Any number of readers beside the writer (WAL). `at_once`: see _ConnectionAtOnce."""
    engine = create_async_engine(
        url, pool_size=4, max_overflow=4, connect_args=_connecting(at_once=at_once)
    )
    _prepare(engine, begin="BEGIN", cache_kib=READER_CACHE_KIB)
    return engine


def open_writer(url: URL, *, at_once: bool = False) -> AsyncEngine:
    """The one writer of this process.

    `at_once`: see _ConnectionAtOnce; for a process that answers nobody while it writes.
    """
    engine = create_async_engine(
        url, pool_size=1, max_overflow=0, connect_args=_connecting(at_once=at_once)
    )
    _prepare(engine, begin="BEGIN IMMEDIATE", cache_kib=WRITER_CACHE_KIB)
    return engine


def sync_commits(database: Path) -> None:
    """Wait until all that is committed is on the disk. Raises OSError.

    A commit is in the WAL file, which SQLite itself would sync at each commit (synchronous=FULL)
    while nobody else can write: where an import keeps the disk busy those are 10 to 100 ms that
    people wait. Synced afterwards it is as safe, for nobody is told of it before.
    """
    with suppress(FileNotFoundError):  # no WAL: each commit was synced, or all is in the database
        descriptor = os.open(f"{database.resolve()}-wal", os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _ConnectionAtOnce(aiosqlite.Connection):
    """Runs each call where it is made, and not in a thread of its own.

    A transaction of ten statements comes back to the event loop thirty times, and each time waits
    until every download has had its turn: it would hold the one write turn of all processes for
    several times as long as its work takes, and a person's click waits for that. A short question
    costs 1.6 ms of CPU in a thread, and 0.6 at once.
    """

    async def _execute(self, fn: Any, *args: Any, **options: Any) -> Any:
        return fn(*args, **options)


def _connecting(*, at_once: bool) -> dict[str, Any]:
    return {"async_creator_fn": _connect_at_once} if at_once else {}


def _connect_at_once(database: str, **options: Any) -> _ConnectionAtOnce:
    # It is opened in aiosqlite's thread and used in ours, never in both at a time.
    options["check_same_thread"] = False
    connection = _ConnectionAtOnce(lambda: sqlite3.connect(database, **options), FETCHED_AT_A_TIME)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with its own
    return connection


def will_pass(error: BaseException) -> bool:
    """Whether the driver's error says that the file cannot be used just now."""
    return str(getattr(error, "sqlite_errorname", "")).startswith(PASSING)


def _prepare(engine: AsyncEngine, *, begin: str, cache_kib: int) -> None:
    """Set each connection up, and begin transactions ourselves: the driver would begin too late."""

    @event.listens_for(engine.sync_engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")  # and see sync_commits
        cursor.execute(f"PRAGMA wal_autocheckpoint={PAGES_AT_MOST}")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{cache_kib}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
