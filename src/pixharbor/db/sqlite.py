"""SQLite: how its connections are set up, and which of its errors will pass."""

from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# Another process holds the write lock, or the disk is full or away. Errors of our SQL are others.
PASSING = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")

# Of each connection, as far as it is used. A writer inserts all over its indexes: with 4 MB it
# lists at half the speed. What readers ask for is in the system's cache.
READER_CACHE_KIB, WRITER_CACHE_KIB = 4_000, 32_000


def open_reader(url: URL) -> AsyncEngine:
    """Any number of readers beside the writer (WAL)."""
    engine = create_async_engine(url, pool_size=4, max_overflow=4)
    _prepare(engine, begin="BEGIN", synchronous="NORMAL", cache_kib=READER_CACHE_KIB)
    return engine


def open_writer(url: URL, *, durable: bool) -> AsyncEngine:
    """The one writer of this process.

    FULL for `durable`: a committed row's image is durable already, so the row must be too (R8).
    """
    engine = create_async_engine(url, pool_size=1, max_overflow=0)
    synchronous = "FULL" if durable else "NORMAL"
    _prepare(engine, begin="BEGIN IMMEDIATE", synchronous=synchronous, cache_kib=WRITER_CACHE_KIB)
    return engine


def will_pass(error: BaseException) -> bool:
    """Whether the driver's error says that the file cannot be used just now."""
    return str(getattr(error, "sqlite_errorname", "")).startswith(PASSING)


def _prepare(engine: AsyncEngine, *, begin: str, synchronous: str, cache_kib: int) -> None:
    """Set each connection up, and begin transactions ourselves: the driver would begin too late."""

    @event.listens_for(engine.sync_engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{cache_kib}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
