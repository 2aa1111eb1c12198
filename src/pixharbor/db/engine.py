"""Opens the database: one pool for reading, one way of writing, on SQLite and PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from pixharbor.db.turns import Turns
from pixharbor.errors import SettingError


class DatabaseSettings(BaseSettings):
    """Where rows are kept."""

    database_url: str = "sqlite:///{DATA_DIR}/pixharbor.db"


class Database:
    """Rows. `read()` sees a snapshot; `write()` is one transaction that commits at its end.

    SQLite has one writer a process (a turn and BEGIN IMMEDIATE, so that no transaction ever fails
    half-way for want of the write lock) and any number of readers beside it (WAL).
    """

    def __init__(
        self, reader: AsyncEngine, writer: AsyncEngine, durable_writer: AsyncEngine
    ) -> None:
        self.dialect = writer.dialect.name
        self.url = writer.url
        self._reader = reader
        self._writer = writer
        self._durable_writer = durable_writer
        self._turns = Turns() if self.dialect == "sqlite" else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for questions."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(
        self, *, durable: bool = False, urgent: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed when the block ends, or undone if it raises.

        `durable`: on the disk before the block returns, also if the power fails then; everything
        else is on it a moment later (SQLite; PostgreSQL always is). `urgent`: a person waits.
        """
        async with AsyncExitStack() as stack:
            if self._turns:
                await stack.enter_async_context(self._turns.take(urgent=urgent))
            writer = self._durable_writer if durable else self._writer
            session = await stack.enter_async_context(AsyncSession(writer, expire_on_commit=False))
            async with session.begin():
                yield session

    @asynccontextmanager
    async def writing_connection(self) -> AsyncIterator[AsyncConnection]:
        """The bare connection below `write()`, for migrations."""
        async with AsyncExitStack() as stack:
            if self._turns:
                await stack.enter_async_context(self._turns.take(urgent=False))
            yield await stack.enter_async_context(self._writer.begin())


def parse_database_url(given: str) -> URL:
    """The URL with the driver that this program uses; any driver suffix is tolerated."""
    try:
        url = make_url(given)
    except ArgumentError:
        url = None
    backend = url.get_backend_name() if url else ""
    if url and backend == "sqlite":
        return url.set(drivername="sqlite+aiosqlite")
    raise SettingError(
        f"DATABASE_URL: cannot use {given.rsplit('@', maxsplit=1)[-1]!r}; "
        "expected sqlite:///path/to/pixharbor.db",
    )


@asynccontextmanager
async def open_database(given: str) -> AsyncIterator[Database]:
    """Connect, and disconnect at the end of the block."""
    url = parse_database_url(given)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    reader = create_async_engine(url, pool_size=4, max_overflow=4)
    writer = create_async_engine(url, pool_size=1, max_overflow=0)
    durable_writer = create_async_engine(url, pool_size=1, max_overflow=0)
    _prepare_sqlite(reader, begin="BEGIN", synchronous="NORMAL")
    _prepare_sqlite(writer, begin="BEGIN IMMEDIATE", synchronous="NORMAL")
    # FULL: a committed row's image is durable already, so the row must be too (R8).
    _prepare_sqlite(durable_writer, begin="BEGIN IMMEDIATE", synchronous="FULL")
    try:
        yield Database(reader, writer, durable_writer)
    finally:
        for engine in (reader, writer, durable_writer):
            await engine.dispose()


def _prepare_sqlite(engine: AsyncEngine, *, begin: str, synchronous: str) -> None:
    """Set each connection up, and begin transactions ourselves: the driver would begin too late."""

    @event.listens_for(engine.sync_engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-16000")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
