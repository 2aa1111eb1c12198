"""A harbour that people can connect their (emulated) Google accounts to."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from connecting import google_settings
from harbour import Harbour, running_harbour
from pictures import write_pictures

from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive

Port = Callable[..., AbstractAsyncContextManager[tuple[Harbour, RunningGoogleDrive]]]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A Drive: five pictures in My Drive, some private, some of others, some of a team."""
    root = tmp_path / "drive"
    write_pictures(root, 2)
    for number, folder in enumerate(("diary", "from bob", "team")):
        write_pictures(root / folder, 1, first=50 + number)
    declared = {
        "private": ["diary"],
        "shared_with_me": ["from bob"],
        "shared_drives": {"team": "0ATeamDrive00000Uk9PVA"},
    }
    (root / ".drive.json").write_text(json.dumps(declared))
    return root


@pytest.fixture
def port(tmp_path: Path, tree: Path, sqlite_url: str) -> Port:
    """Opens a harbour and a Drive: `async with port() as (harbour, drive)`."""

    @asynccontextmanager
    async def open_port(
        *, working: bool = True, faults: tuple[str, ...] = (), **settings: Any
    ) -> AsyncIterator[tuple[Harbour, RunningGoogleDrive]]:
        async with running_google_drive(tree, faults=faults) as drive:
            given = {
                "database_url": sqlite_url,
                "storage_reserve": 0,
                **google_settings(drive),
                **settings,
            }
            async with running_harbour(tmp_path / "data", working=working, **given) as harbour:
                yield harbour, drive

    return open_port
