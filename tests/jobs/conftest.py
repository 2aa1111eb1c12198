"""A migrated database of its own for every test of the engine, and units of work on it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.recording_transport import RecordingTransport

from pixharbor.db.engine import Database, open_database
from pixharbor.db.migrate import migrate
from pixharbor.unit_of_work import Work


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the newest schema, to be copied: a migration takes 100 ms."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"

    async def make() -> None:
        async with open_database(f"sqlite:///{path}") as database:
            await migrate(database)

    asyncio.run(make())
    return path


@pytest.fixture
def database_url(migrated_file: Path, tmp_path: Path) -> str:
    shutil.copyfile(migrated_file, tmp_path / "rows.db")
    return f"sqlite:///{tmp_path}/rows.db"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as database:
        yield database


@pytest.fixture
def transport() -> RecordingTransport:
    return RecordingTransport()


@pytest.fixture
def work(database: Database, transport: RecordingTransport) -> Work:
    return Work(database, transport)
