"""A harbour that imports from an emulated Drive: the fixtures of every flow."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from harbour import Harbour, running_harbour

from pixharbor_emulators.dropbox import RunningDropbox, running_dropbox
from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive

Port = Callable[..., AbstractAsyncContextManager[tuple[Harbour, RunningGoogleDrive]]]
DropboxPort = Callable[..., AbstractAsyncContextManager[tuple[Harbour, RunningDropbox]]]

Open = Callable[..., AbstractAsyncContextManager[Harbour]]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The folder that the emulated Drive serves."""
    folder = tmp_path / "drive"
    folder.mkdir()
    return folder


@pytest.fixture
def port(tmp_path: Path, tree: Path, database_url: str) -> Port:
    """Opens a harbour and a Drive together: `async with port(faults=[...]) as (harbour, drive)`."""

    @asynccontextmanager
    async def open_port(
        *, faults: tuple[str, ...] = (), keys: set[str] | None = None, **settings: Any
    ) -> AsyncIterator[tuple[Harbour, RunningGoogleDrive]]:
        async with running_google_drive(tree, faults=faults, keys=keys) as drive:
            given = {
                "database_url": database_url,
                "google_drive_api_url": drive.api_url,
                "google_api_key": "key",
                "storage_reserve": 0,
                **settings,
            }
            async with running_harbour(tmp_path / "data", **given) as harbour:
                yield harbour, drive

    return open_port


@pytest.fixture
def dropbox_port(tmp_path: Path, tree: Path, database_url: str) -> DropboxPort:
    """The same with Dropbox: `async with dropbox_port(faults=[...]) as (harbour, dropbox)`."""

    @asynccontextmanager
    async def open_port(
        *,
        faults: tuple[str, ...] = (),
        apps: set[str] | None = None,
        refresh_tokens: set[str] | None = None,
        **settings: Any,
    ) -> AsyncIterator[tuple[Harbour, RunningDropbox]]:
        async with running_dropbox(
            tree, faults=faults, apps=apps, refresh_tokens=refresh_tokens
        ) as dropbox:
            given = {
                "database_url": database_url,
                "dropbox_api_url": dropbox.api_url,
                "dropbox_content_url": dropbox.api_url,
                "dropbox_token_url": dropbox.token_url,
                "dropbox_app_key": "key",
                "dropbox_app_secret": "secret",
                "storage_reserve": 0,
                **settings,
            }
            async with running_harbour(tmp_path / "data", **given) as harbour:
                yield harbour, dropbox

    return open_port


@pytest.fixture
def harbour_at(tmp_path: Path, database_url: str) -> Open:
    """Opens a harbour that may ask hosts of this machine: `async with harbour_at() as harbour`."""

    def open_harbour(**more: Any) -> AbstractAsyncContextManager[Harbour]:
        given: dict[str, Any] = {
            "database_url": database_url, "storage_reserve": 0,
            "allow_private_addresses": "127.0.0.0/8", **more,
        }  # fmt: skip
        return running_harbour(tmp_path / "data", **given)

    return open_harbour
