"""The servers that stores are tested against, started once for each test process that asks."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from servers.s3 import S3Server
from servers.versitygw import running_versitygw


@pytest.fixture(scope="session")
def versitygw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server."""
    with running_versitygw(tmp_path_factory.mktemp("versitygw")) as server:
        yield server


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """Opens links as anybody might, without any key."""
    async with httpx.AsyncClient() as client:
        yield client
