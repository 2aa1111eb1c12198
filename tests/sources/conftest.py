"""A database, and the Google Drive source on top of an emulator of Drive."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event

from pixharbor.db.engine import Database, open_database
from pixharbor.sources.base import Location, Source, SourceFile, SourcePage
from pixharbor.sources.google_drive import open_google_drive
from pixharbor.sources.google_drive_settings import GoogleDriveSettings
from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive

KEY = "AIzaSyCanary-0123456789abcdefghijklmnop"


def hurry(connection: Any, _record: Any) -> None:
    """Paces are measured here; how busy other tests keep the disk is not."""
    connection.execute("PRAGMA synchronous=OFF").close()


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """SQLite: the source asks nothing of a database but its governor, which is tested on both."""
    async with open_database(sqlite_url) as opened:
        event.listen(opened._writer.sync_engine, "connect", hurry)
        yield opened


def settings_for(url: str, profile: str = "none", key: str | None = KEY) -> GoogleDriveSettings:
    return GoogleDriveSettings(
        google_api_key=None if key is None else SecretStr(key),
        google_drive_api_url=url,
        google_quota_profile=profile,
    )


@dataclass
class Drive:
    """The source under test and the emulator behind it."""

    source: Source
    emulator: RunningGoogleDrive

    @property
    def root(self) -> Location:
        return self.source.locate(self.emulator.folder_link)

    def at(self, path: str, **fields: Any) -> Location:
        return Location("google_drive", self.emulator.file_id(path), path=path, **fields)

    async def pages(
        self, at: Location | None = None, cursor: str | None = None
    ) -> list[SourcePage]:
        return [page async for page in self.source.list_pages(at or self.root, cursor)]

    async def page(self, at: Location | None = None) -> SourcePage:
        (page,) = await self.pages(at)
        return page

    async def file(self, name: str) -> SourceFile:
        return next(file for file in (await self.page()).files if file.name == name)

    async def bytes_of(self, file: SourceFile) -> bytes:
        async with self.source.open(file) as chunks:
            return b"".join([chunk async for chunk in chunks])


OpenDrive = Callable[..., AbstractAsyncContextManager[Drive]]


@pytest.fixture
def album(tmp_path: Path) -> Path:
    root = tmp_path / "album"
    root.mkdir()
    return root


@pytest.fixture
def serving(album: Path, database: Database) -> OpenDrive:
    """Return `serving(faults=…, profile=…)`: the album behind an emulator, and the source."""

    @asynccontextmanager
    async def open_drive(
        *, profile: str = "none", key: str | None = KEY, **options: Any
    ) -> AsyncIterator[Drive]:
        async with running_google_drive(album, keys=[KEY], **options) as emulator:
            settings = settings_for(emulator.api_url, profile, key)
            async with open_google_drive(settings, database) as source:
                yield Drive(source, emulator)

    return open_drive
