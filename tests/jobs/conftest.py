"""Units of work on a migrated database, whose wake-ups are remembered."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest
from fakes.recording_transport import RecordingTransport

from pixharbor.db.engine import Database, open_database
from pixharbor.unit_of_work import Work


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as database:
        yield database


@pytest.fixture
def transport() -> Iterator[RecordingTransport]:
    with closing(RecordingTransport()) as transport:
        yield transport


@pytest.fixture
def work(database: Database, transport: RecordingTransport) -> Work:
    return Work(database, transport)
