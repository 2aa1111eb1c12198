"""A linked archive whose listing broke off is brought again by a retry, from its first page."""

from typing import cast
from uuid import UUID

import pytest
from jobs.rows import add_job, add_task
from sqlalchemy import select

from pixharbor.errors import Conflict
from pixharbor.imports.retry_failed import retry_failed
from pixharbor.jobs.control import find_job
from pixharbor.jobs.models import Folder
from pixharbor.sources.safe_http import SafeHttp
from pixharbor.sources.zip_archive import ZipArchive
from pixharbor.unit_of_work import Work

ARCHIVE = ZipArchive(cast("SafeHttp", None), limit_bytes=0)  # nothing is asked of the web here


async def add_broken_listing(work: Work, **given: object) -> Folder:
    """A job that ended `partial`: its listing broke off behind the first page."""
    job_id = await add_job(work, source="zip_archive", state="partial", **given)
    listing = {"name": "imports.list_files", "state": "done", "folders_failed": 1, "listed": 1000}
    await add_task(work, job_id, **listing)
    async with work() as unit:
        job = await find_job(unit.session, 1, job_id)
        job.place = "https://pictures.example/album.zip"
        folder = Folder(
            job_id=job_id, provider_id=job.place, kind="file", path="", state="failed",
            reason="vanished", cursor="1000",
        )  # fmt: skip
        unit.session.add(folder)
    return folder


async def retry_alone(work: Work, job_id: UUID, *, reason: str) -> int:
    """Retry the files of one reason; answers how many."""
    async with work() as unit:
        job = await find_job(unit.session, 1, job_id)
        return await retry_failed(unit, job, source=ARCHIVE, reason=reason)


async def test_a_retry_lists_it_from_the_first_page_with_which_it_comes(work: Work) -> None:
    folder = await add_broken_listing(work)
    async with work() as unit:
        job = await find_job(unit.session, 1, folder.job_id)
        await retry_failed(unit, job, source=ARCHIVE)
        assert job.state == "listing"
    async with work.read() as session:
        again = (await session.scalars(select(Folder))).one()
        assert (again.state, again.cursor) == ("pending", None)


async def test_a_retry_that_would_not_bring_it_is_refused_and_changes_nothing(work: Work) -> None:
    folder = await add_broken_listing(work)
    with pytest.raises(Conflict, match="deleted when its import ended"):
        await retry_alone(work, folder.job_id, reason="checksum")
    async with work.read() as session:
        still = (await session.scalars(select(Folder))).one()
        assert (still.state, still.cursor) == ("failed", "1000")


async def test_a_dry_runs_archive_is_not_said_to_be_deleted(work: Work) -> None:
    folder = await add_broken_listing(work, options={"dry_run": True})
    assert await retry_alone(work, folder.job_id, reason="checksum") == 0
