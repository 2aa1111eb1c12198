"""Folders are listed side by side: a slow one holds nobody up, a paused one asks no more."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from connecting import google_settings
from harbour import Harbour, running_harbour, until
from pictures import write_pictures
from sqlalchemy import select

from pixharbor.jobs.models import Task
from pixharbor.sources.base import Location, RateLimited, SourcePage
from pixharbor.sources.google_drive import GoogleDrive
from pixharbor_emulators.google_drive import running_google_drive

FOLDERS = [f"folder-{number}" for number in range(7)]


@pytest.fixture
async def opened(tmp_path: Path, database_url: str) -> AsyncIterator[tuple[Harbour, str]]:
    """A harbour, and the link of seven folders of a picture each."""
    for number, name in enumerate(FOLDERS):
        write_pictures(tmp_path / "drive" / name, 1, first=number)
    async with (
        running_google_drive(tmp_path / "drive") as drive,
        running_harbour(
            tmp_path / "data",
            database_url=database_url,
            google_api_key="key",
            **google_settings(drive),
        ) as harbour,
    ):
        yield harbour, drive.folder_link


def before_each_folder(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[str], Awaitable[None]]
) -> None:
    """Wait for `act`, called with a folder's path, before that is listed."""
    list_pages = GoogleDrive.list_pages

    async def listing(
        self: GoogleDrive, location: Location, cursor: str | None
    ) -> AsyncIterator[SourcePage]:
        if location.path:
            await act(location.path)
        async for page in list_pages(self, location, cursor):
            yield page

    monkeypatch.setattr(GoogleDrive, "list_pages", listing)


async def test_a_folder_that_is_slow_holds_up_no_other(
    opened: tuple[Harbour, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    harbour, link = opened
    begun: list[str] = []
    all_begun = asyncio.Event()

    async def act(path: str) -> None:
        begun.append(path)
        if len(begun) == len(FOLDERS):
            all_begun.set()
        if len(begun) == 1:
            await asyncio.wait_for(all_begun.wait(), 30)

    before_each_folder(monkeypatch, act)
    job = await harbour.run(link)
    assert sorted(begun) == FOLDERS
    assert job["balance"]["stored"] == len(FOLDERS)


async def test_a_paused_listing_that_was_refused_does_not_ask_again(
    opened: tuple[Harbour, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    harbour, link = opened
    asked: list[str] = []

    async def act(path: str) -> None:
        asked.append(path)
        raise RateLimited("Slower, please.", retry_after=60)

    before_each_folder(monkeypatch, act)
    job_id = await harbour.start(link)
    await harbour.until(job_id, lambda _: len(asked) == 4)
    await harbour.api.post(f"/api/v1/jobs/{job_id}/pause")
    await until(lambda: _is_given_back(harbour), worker=harbour.worker)
    assert len(asked) == 4


async def _is_given_back(harbour: Harbour) -> bool | None:
    async with harbour.runtime.work.read() as session:
        (task,) = await session.scalars(select(Task))
        return task.state == "queued" or None
