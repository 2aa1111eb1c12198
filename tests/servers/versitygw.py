"""A real S3 server for tests: versitygw over a folder, on a free loopback port."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from programs import find_go_program
from server import free_port
from servers.process import ServerProcess, listens
from servers.s3 import S3Server

# A server that is there already: http://KEY_ID:SECRET@127.0.0.1:7070
GIVEN = os.environ.get("TEST_S3_URL")
# For every module of tests that uses it: one process starts it, and the first test may build it.
NEEDS_VERSITYGW = [pytest.mark.xdist_group("versitygw"), pytest.mark.timeout(600)]
MODULE, VERSION = "github.com/versity/versitygw/cmd/versitygw", "v1.8.0"
KEY_ID, SECRET = "test", "testsecret12345"


@contextmanager
def running_versitygw(folder: Path, *options: str) -> Iterator[S3Server]:
    """Start it over `folder`; skips without it, or fails where servers are required."""
    if GIVEN:
        parts = urlsplit(GIVEN)
        url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        yield S3Server(url, parts.username or "", parts.password or "")
        return
    program = find_go_program("versitygw", module=MODULE, version=VERSION)
    for name in ("objects", "metadata"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    port = free_port()
    process = ServerProcess(
        [
            program, "--port", f"127.0.0.1:{port}", "--quiet", "--keep-alive", *options,
            # Metadata in files of its own: temporary folders may know no extended attributes.
            "posix", "--sidecar", str(folder / "metadata"), str(folder / "objects"),
        ],
        folder=folder,
        ready=lambda: listens(port),
        environment={"ROOT_ACCESS_KEY": KEY_ID, "ROOT_SECRET_KEY": SECRET},
    )  # fmt: skip
    process.start()
    try:
        yield S3Server(f"http://127.0.0.1:{port}", KEY_ID, SECRET, process)
    finally:
        process.stop()
