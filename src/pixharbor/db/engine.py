"""Opens the database: one pool for reading, one way of writing, on SQLite and PostgreSQL."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from pathlib import Path

import structlog
from pydantic_settings import BaseSettings
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from pixharbor.db import postgresql, sqlite
from pixharbor.db.checkpoints import Checkpoints
from pixharbor.db.network_file import claim_for_machine
from pixharbor.db.turns import Turns
from pixharbor.errors import BadInput, SettingError, Unavailable

log = structlog.get_logger()


class DatabaseSettings(BaseSettings):
    """Where rows are kept."""

    database_url: str = "sqlite:///{DATA_DIR}/pixharbor.db"


class DatabaseAway(Unavailable):
    """The database does not answer, or is too busy."""

    code = "database_away"
    cure = "Try again in a moment; pixharbor doctor tells how DATABASE_URL does."


class UnkeepableValue(BadInput):
    """A value is too large for its column, or has a character that no text may hold (NUL)."""

    code = "unkeepable_value"


class Database:
    """Rows. `read()` sees a snapshot; `write()` is one transaction that commits at its end.

    SQLite has one writer (a turn and BEGIN IMMEDIATE, so that no transaction ever fails half-way
    for want of the write lock) and any number of readers beside it (WAL). PostgreSQL has
    many writers: what a transaction reads to decide what to write, it locks (FOR UPDATE, which
    SQLite leaves out), always in the order that ARCHITECTURE.md names.

    Raises DatabaseAway for what will pass and UnkeepableValue for values that no column holds.
    """

    def __init__(self, reader: AsyncEngine, brief_reader: AsyncEngine, writer: AsyncEngine) -> None:
        self.dialect = writer.dialect.name
        self.url = writer.url
        self._reader = reader
        self._brief_reader = brief_reader
        self._writer = writer
        self._file = _file_of(self.url) if self.dialect == "sqlite" else None
        self._turns = Turns(self._file) if self.dialect == "sqlite" else None
        self._checkpoints = Checkpoints(self._file) if self._file else None

    @asynccontextmanager
    async def read(self, *, briefly: bool = False) -> AsyncIterator[AsyncSession]:
        """A session for questions. `briefly`: all of them are answered within milliseconds."""
        reader = self._brief_reader if briefly else self._reader
        with _errors_named():
            async with AsyncSession(reader, expire_on_commit=False) as session:
                yield session

    @asynccontextmanager
    async def write(
        self, *, durable: bool = False, urgent: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed when the block ends, or undone if it raises.

        `durable`: on the disk before the block returns, also if the power fails then; everything
        else is on it a moment later (SQLite; PostgreSQL always is). `urgent`: a person waits.
        """
        with _errors_named():
            # The turn ends with the commit: closing a session takes a round of the event loop, and
            # where downloads keep that busy others would wait for it, at each turn.
            async with (
                AsyncSession(self._writer, expire_on_commit=False) as session,
                self._turn(urgent=urgent),
                session.begin(),
            ):
                yield session
            if self._checkpoints:
                self._checkpoints.committed()
            if durable and self._file:
                await self._sync_commits(self._file)

    async def _sync_commits(self, file: Path) -> None:
        try:
            await asyncio.to_thread(sqlite.sync_commits, file)
        except OSError as error:
            log.warning("database.not_synced", says=str(error))
            raise DatabaseAway from error

    async def close(self) -> None:
        """Finish what runs beside, and let go of the turn; `open_database` does so."""
        try:
            if self._checkpoints:
                await self._checkpoints.finish()
        finally:
            if self._turns:
                self._turns.close()

    @asynccontextmanager
    async def writing_connection(self) -> AsyncIterator[AsyncConnection]:
        """The bare connection below `write()`, for migrations."""
        async with self._turn(urgent=False), self._writer.begin() as connection:
            yield connection

    def _turn(self, *, urgent: bool) -> AbstractAsyncContextManager[None]:
        return self._turns.take(urgent=urgent) if self._turns else nullcontext()


def _file_of(url: URL) -> Path | None:
    """SQLite's file; None for one in memory."""
    return Path(url.database) if url.database and url.database != ":memory:" else None


def parse_database_url(given: str) -> URL:
    """The URL with the driver that this program uses; any driver suffix is tolerated."""
    try:
        url = make_url(given)
    except ArgumentError:
        url = None
    backend = url.drivername.partition("+")[0] if url else ""
    if url and backend == "sqlite":
        return url.set(drivername="sqlite+aiosqlite")
    if url and backend in ("postgresql", "postgres") and url.database:
        return url.set(drivername="postgresql+psycopg")
    shown = given.rpartition("@")[2].partition("?")[0]  # no password before, none behind
    raise SettingError(
        f"DATABASE_URL: cannot use {shown!r}; expected "
        "sqlite:///path/to/pixharbor.db or postgresql://user:password@host:5432/name",
    )


@asynccontextmanager
async def open_database(
    given: str, *, reach: bool = True, at_once: bool = False
) -> AsyncIterator[Database]:
    """Open the pools, and close them at the end of the block.

    Raises SettingError when no server can be reached; without `reach` only the first use tells.
    `at_once`: on SQLite the event loop stands still while this writes or reads briefly; for
    background work.
    """
    engines = _open_engines(parse_database_url(given), at_once=at_once)
    try:
        database = Database(*engines)
    except OSError as error:
        raise SettingError(
            f"DATABASE_URL: cannot write to {engines[0].url.database!r} ({error.strerror}); "
            "expected a file in a folder that this user may write to",
        ) from error
    try:
        with ExitStack() as stack:
            if reach and database.dialect == "postgresql":
                await postgresql.reach(engines[0])
            elif reach and (file := _file_of(database.url)):
                stack.enter_context(claim_for_machine(file, socket.gethostname()))
            yield database
    finally:
        for engine in engines:
            await engine.dispose()
        await database.close()


def _open_engines(url: URL, *, at_once: bool) -> tuple[AsyncEngine, AsyncEngine, AsyncEngine]:
    """For reading, for reading briefly, and for writing."""
    if url.get_backend_name() == "postgresql":
        reader = postgresql.open_reader(url)
        return reader, reader, postgresql.open_writer(url)
    if file := _file_of(url):
        file.parent.mkdir(parents=True, exist_ok=True)
    reader = sqlite.open_reader(url)
    brief_reader = sqlite.open_reader(url, at_once=True) if at_once else reader
    return reader, brief_reader, sqlite.open_writer(url, at_once=at_once)


@contextmanager
def _errors_named() -> Iterator[None]:
    """Give the driver's errors that are nobody's mistake the names that callers act on."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        # On PostgreSQL all of these will pass; SQLite has mistakes in our SQL among them.
        if isinstance(error.orig, sqlite3.Error) and not sqlite.will_pass(error.orig):
            raise
        log.warning("database.away", says=str(error.orig).strip())
        raise DatabaseAway from error
    except PoolTimeoutError as error:
        log.warning("database.busy", says=str(error))
        raise DatabaseAway from error
    except DataError as error:
        raise UnkeepableValue(cure=f"The database says: {error.orig}.") from error
