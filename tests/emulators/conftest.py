"""An album to serve, and a way to serve and ask it."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from emulators.drive_caller import Caller, judge

from pixharbor_emulators.google_drive import running_google_drive


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Five files in two folders: a picture, its copy below, a larger file, text, nothing."""
    root = tmp_path / "album"
    (root / "trip" / "day 1").mkdir(parents=True)
    (root / "a.jpg").write_bytes(os.urandom(45_000))
    (root / "trip" / "a.jpg").write_bytes((root / "a.jpg").read_bytes())
    (root / "trip" / "day 1" / "📷 b.png").write_bytes(os.urandom(3_000_000))
    (root / "notes.txt").write_text("no picture")
    (root / "empty.jpg").touch()
    return root


OpenCaller = Callable[..., AbstractAsyncContextManager[Caller]]


@pytest.fixture
def calling() -> OpenCaller:
    """Return `calling(root, faults=…, keys=…)`: serve a folder, yield its Caller."""

    @asynccontextmanager
    async def open_caller(root: Path, **options: Any) -> AsyncIterator[Caller]:
        hooks = {"response": [judge]}
        async with (
            running_google_drive(root, **options) as drive,
            httpx.AsyncClient(event_hooks=hooks, trust_env=False) as client,
        ):
            yield Caller(drive, client)

    return open_caller
