"""The store in a bucket of moto, for machines without Go: the contract, but for signatures."""

from collections.abc import AsyncIterator, Iterator

import pytest
from contracts.store_suite import StoreSuite
from servers.moto import running_moto
from servers.s3 import S3Server

from pixharbor.storage.base import Store
from pixharbor.storage.registry import open_store
from pixharbor.storage.signed_links import LinkSigner

pytestmark = pytest.mark.xdist_group("moto")


@pytest.fixture(scope="module")
def moto() -> Iterator[S3Server]:
    with running_moto() as server:
        yield server


@pytest.fixture
async def store(moto: S3Server) -> AsyncIterator[Store]:
    settings = moto.settings(moto.new_bucket(), "below/here")
    async with open_store(settings, LinkSigner(b"unused")) as store:
        yield store


class TestS3OnMoto(StoreSuite):
    """The contract, kept by a bucket of a server that lets everybody in."""

    checks_signatures = False
