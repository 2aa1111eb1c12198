"""A browser, and a server whose Drive has five pictures; a test may have another server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from e2e.chromium import running_browser
from emulators.drive_caller import declare
from pictures import picture, write_pictures
from playwright.async_api import Browser
from server import Server, running_server

from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, headless."""
    async with running_browser() as running:
        yield running


@pytest.fixture
async def drive(tmp_path: Path) -> AsyncIterator[RunningGoogleDrive]:
    """A Drive with five pictures, one of which always breaks off."""
    tree = tmp_path / "drive"
    write_pictures(tree, 4)
    (tree / "broken.jpg").write_bytes(picture(99, size=(400, 300)))
    faults = {"files": {"broken.jpg": {"fault": "truncated"}}}
    declare(tree, **faults)
    async with running_google_drive(tree) as running:
        yield running


@pytest.fixture
async def server(tmp_path: Path, drive: RunningGoogleDrive) -> AsyncIterator[Server]:
    """pixharbor, importing from that Drive."""
    settings = {"GOOGLE_DRIVE_API_URL": drive.api_url, "GOOGLE_API_KEY": "key"}
    async with running_server(tmp_path / "data", **settings) as running:
        yield running
