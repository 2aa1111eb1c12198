"""fake-gcs-server for tests: Google Cloud Storage, but that it checks no signature."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client
from programs import find_go_program
from server import free_port
from servers.process import ServerProcess, listens

from pixharbor.storage.settings import StorageSettings

# For every module of tests that uses it: one process starts it, and the first test may build it.
NEEDS_FAKE_GCS = [pytest.mark.xdist_group("fake_gcs"), pytest.mark.timeout(600)]
MODULE, VERSION = "github.com/fsouza/fake-gcs-server", "v1.56.1"


@dataclass
class GcsServer:
    """A running server, and new buckets on it."""

    url: str
    _numbers: "count[int]" = field(default_factory=count)

    def client(self) -> Client:
        """Google's own client: a second look at what our store has done."""
        anonymous = AnonymousCredentials()
        return Client(
            project="test", credentials=anonymous, client_options={"api_endpoint": self.url}
        )

    def new_bucket(self) -> str:
        """An empty bucket; answers its name."""
        name = f"pixharbor-{next(self._numbers)}"
        with self.client() as client:
            client.create_bucket(name)
        return name

    def given(self, bucket: str, prefix: str = "", **changed: Any) -> dict[str, Any]:
        """The settings that lead to the bucket."""
        url = f"gs://{bucket}/{prefix}".rstrip("/")
        return {"storage_url": url, "storage_emulator_host": self.url, **changed}

    def settings(self, bucket: str, prefix: str = "", **changed: Any) -> StorageSettings:
        """The same, as the store takes them."""
        return StorageSettings(**self.given(bucket, prefix, **changed))


@contextmanager
def running_fake_gcs(folder: Path) -> Iterator[GcsServer]:
    """Start it, with everything in memory."""
    program = find_go_program("fake-gcs-server", module=MODULE, version=VERSION)
    port = free_port()
    address = f"127.0.0.1:{port}"
    process = ServerProcess(
        [
            program, "-scheme", "http", "-host", "127.0.0.1", "-port", str(port),
            "-backend", "memory", "-public-host", address, "-external-url", f"http://{address}",
            "-log-level", "warn",
        ],
        folder=folder,
        ready=lambda: listens(port),
    )  # fmt: skip
    process.start()
    try:
        yield GcsServer(f"http://{address}")
    finally:
        process.stop()
