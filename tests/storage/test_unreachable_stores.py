"""A bucket's server that cannot be reached is told at the start, within ten seconds."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr
from server import free_port

from pixharbor.errors import SettingError
from pixharbor.storage import gcs, s3
from pixharbor.storage.settings import StorageSettings
from pixharbor.storage.signed_links import LinkSigner

MOST_SECONDS = 10


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """Takes connections and never says a word."""
    over = asyncio.Event()

    async def listen(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            over.set()


def settings_for(kind: str, address: str) -> StorageSettings:
    if kind == "gs":
        return StorageSettings(storage_url="gs://bucket", storage_emulator_host=address)
    return StorageSettings(
        storage_url="s3://bucket",
        s3_endpoint_url=address,
        aws_access_key_id="key",
        aws_secret_access_key=SecretStr("secret"),
    )


@pytest.mark.parametrize("kind", ["s3", "gs"])
@pytest.mark.parametrize("listens", [True, False])
async def test_an_unreachable_bucket_is_told_within_ten_seconds(kind: str, listens: bool) -> None:
    open_store = s3.open_store if kind == "s3" else gcs.open_store
    async with silent_server() as silent:
        address = silent if listens else f"http://127.0.0.1:{free_port()}"
        began = time.monotonic()
        with pytest.raises(SettingError):
            async with open_store(settings_for(kind, address), LinkSigner(b"secret")):
                pass
        assert time.monotonic() - began < MOST_SECONDS
