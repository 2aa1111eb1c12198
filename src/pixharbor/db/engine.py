"""Opens the database: one pool for reading, one way of writing, on SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from pixharbor.errors import SettingError


class DatabaseSettings(BaseSettings):
    """Where rows are kept."""

    database_url: str = "sqlite:///{DATA_DIR}/pixharbor.db"


class Database:
    """Rows. `read()` sees a snapshot; `write()` is one transaction that commits at its end.

    SQLite has one writer a process (a lock and BEGIN IMMEDIATE, so that no transaction ever fails
    half-way for want of the write lock) and any number of readers beside it (WAL).
    """

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine) -> None:
        self.dialect = writer.dialect.name
        self.url = writer.url
        self._reader = reader
        self._writer = writer
        self._turn = asyncio.Lock() if self.dialect == "sqlite" else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for questions."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed when the block ends, or undone if it raises."""
        async with AsyncExitStack() as stack:
            if self._turn:
                await stack.enter_async_context(self._turn)
            session = await stack.enter_async_context(
                AsyncSession(self._writer, expire_on_commit=False)
            )
            async with session.begin():
                yield session

    @asynccontextmanager
    async def writing_connection(self) -> AsyncIterator[AsyncConnection]:
        """The bare connection below `write()`, for migrations."""
        async with AsyncExitStack() as stack:
            if self._turn:
                await stack.enter_async_context(self._turn)
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
    _prepare_sqlite(reader, begin="BEGIN")
    _prepare_sqlite(writer, begin="BEGIN IMMEDIATE")
    try:
        yield Database(reader, writer)
    finally:
        await reader.dispose()
        await writer.dispose()


def _prepare_sqlite(engine: AsyncEngine, *, begin: str) -> None:
    """Set each connection up, and begin transactions ourselves: the driver would begin too late."""

    @event.listens_for(engine.sync_engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL: a committed row's image is durable already, so the row must be too (R8).
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-16000")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
