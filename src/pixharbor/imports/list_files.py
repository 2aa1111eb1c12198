"""Step 2 of an import: page through the source and cut it into chunks."""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.errors import Fate, first_of
from pixharbor.event_loop import unless_stopped
from pixharbor.failpoints import reached
from pixharbor.imports.filters import filters_of
from pixharbor.imports.pause_import import pause_import
from pixharbor.imports.retry_delays import RetryDelays
from pixharbor.imports.write_page import write_page
from pixharbor.jobs.control import advance, is_active, lock_job
from pixharbor.jobs.fan_out import announce
from pixharbor.jobs.finish import complete_task
from pixharbor.jobs.leases import Lease, give_back, record
from pixharbor.jobs.models import Folder, Job
from pixharbor.jobs.note_trouble import note_trouble
from pixharbor.jobs.states import ACTIVE, JobState, cure_of
from pixharbor.sources.base import (
    Location,
    NoLongerConfigured,
    PagesShift,
    Source,
    SourceError,
    SourceNotConfigured,
    StaleCursor,
)
from pixharbor.storage.base import StoreError
from pixharbor.unit_of_work import Work

log = structlog.get_logger()

# Folders of one import that are listed side by side; pages of one folder come one by one.
FOLDERS_AT_ONCE = 4
# How long before the listing looks whether it should pause, or end for a cancelled job.
SLICE_SECONDS = 2
# How often a listing that waits looks whether its job is paused or has ended (R13: within 2 s).
LOOK_SECONDS = 1
# What is moved or deleted while a folder is paged through may let its pages skip another file. A
# folder whose pages took longer than this is listed once more, for what the first time missed.
STEADY_SECONDS = 10


@dataclass
class _Progress:
    """How the listing of one folder goes, as long as this process is at it.

    `began` is by the monotonic clock, before all time where another process did; `pages` have come
    since the start or since a stale cursor; `furthest` is the most there ever were.
    """

    began: float
    delays: RetryDelays = field(default_factory=RetryDelays)
    pages: int = 0
    furthest: int = 0

    def listed_page(self) -> None:
        """A page is in. Only what was not reached before begins with new patience."""
        self.pages += 1
        if self.pages > self.furthest:
            self.furthest, self.delays = self.pages, RetryDelays()

    @property
    def may_have_missed(self) -> bool:
        """Whether it took so long that something may have moved meanwhile."""
        return time.monotonic() - self.began > STEADY_SECONDS


async def list_files(lease: Lease, *, work: Work, source: Source, stop: asyncio.Event) -> None:
    """List folder after folder until none is left; a crash goes on at the page where it was."""
    job = await _open_job(lease, work)
    progress: dict[str, _Progress] = {}
    while job.state in ACTIVE and not stop.is_set() and not lease.lost.is_set():
        if not await _next_folders(lease, work):
            await _end_listing(lease, work)
            return
        ends = time.monotonic() + SLICE_SECONDS
        slice_ = _Slice(lease, job, progress, work, source, stop, ends)
        if refusal := await slice_.list_side_by_side():
            await _stop_or_pause(lease, work, refusal)
            return
        job = await _look_at_job(lease, work)
    await _leave_listing(lease, work)


async def _open_job(lease: Lease, work: Work) -> Job:
    async with work() as unit:
        job = await lock_job(unit.session, lease.job_id)
        job.started_at = job.started_at or datetime.now(UTC)
        if job.state == JobState.QUEUED:
            await advance(job, JobState.LISTING)
        return job


async def _look_at_job(lease: Lease, work: Work) -> Job:
    async with work.read(briefly=True) as session:
        return await session.get_one(Job, lease.job_id)


async def _next_folders(lease: Lease, work: Work) -> Sequence[Folder]:
    """The first few that are not listed, with those that are under way."""
    async with work.read(briefly=True) as session:
        pending = select(Folder).where(
            Folder.job_id == lease.job_id, Folder.state.in_(("pending", "again"))
        )
        # "pending" before "again": once more when everything has been listed once.
        pending = pending.order_by(Folder.state.desc()).limit(FOLDERS_AT_ONCE)
        return (await session.scalars(pending)).all()


@dataclass
class _Slice:
    """Some seconds of listing, with the job as it was when they began; over for all at `ends`."""

    lease: Lease
    job: Job
    progress: dict[str, _Progress]
    work: Work
    source: Source
    stop: asyncio.Event
    ends: float

    async def list_side_by_side(self) -> SourceError | StoreError | None:
        """Folder after folder. Answers the error that ends or pauses the whole job, if any."""
        refusal = None
        try:
            async with asyncio.TaskGroup() as group:
                await self._keep_listing(group)
        except* (SourceError, StoreError) as refusals:
            refusal = first_of(refusals)
        assert refusal is None or isinstance(refusal, SourceError | StoreError)
        return refusal

    async def _keep_listing(self, group: asyncio.TaskGroup) -> None:
        """A folder that ends makes room for the next: nobody waits for the slowest of four."""
        under_way: dict[asyncio.Task[None], str] = {}
        while time.monotonic() < self.ends:
            for folder in await _next_folders(self.lease, self.work):
                is_free = folder.provider_id not in under_way.values()
                if is_free and len(under_way) < FOLDERS_AT_ONCE:
                    under_way[group.create_task(self._list_folder(folder))] = folder.provider_id
            if not under_way:
                return
            ended, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                del under_way[task]

    async def _list_folder(self, folder: Folder) -> None:
        """Until the slice is over. Raises what ends or pauses the job."""
        began = time.monotonic() if folder.cursor is None else -math.inf
        so_far = self.progress.setdefault(folder.provider_id, _Progress(began))
        while time.monotonic() < self.ends:
            try:
                if await self._list_until_over(folder, so_far):
                    return
            except SourceError as error:
                if not await self._bear(error, folder, so_far):
                    return

    async def _list_until_over(self, folder: Folder, so_far: _Progress) -> bool:
        """Page by page; whether that was all of the folder."""
        shifts = isinstance(self.source, PagesShift) and folder.state == "pending"
        async for page in self.source.list_pages(_location(self.job, folder), folder.cursor):
            reached("listed")
            so_far.listed_page()
            once_more = shifts and page.next_cursor is None and so_far.may_have_missed
            await write_page(
                self.lease, self.job, folder, page, work=self.work, once_more=once_more
            )
            folder.cursor = page.next_cursor
            if time.monotonic() > self.ends:
                break
        return folder.cursor is None

    async def _bear(self, refusal: SourceError, folder: Folder, so_far: _Progress) -> bool:
        """Wait before another try; False: there is none now. Raises what ends or pauses the job."""
        is_first = so_far.furthest == 0 and _is_first(self.job, folder)
        error = refusal if is_first else _under_way(refusal)
        delay = so_far.delays.next(error) if error.fate is Fate.RETRY else None
        if error.fate is Fate.PAUSE or (delay is None and is_first):
            raise error from None
        if delay is None:
            await _fail_folder(self.lease, folder, error, self.work)
            return False
        if isinstance(error, StaleCursor):
            folder.cursor, so_far.pages = None, 0
        else:
            place = folder.path or self.job.name or self.job.location
            note = f"{error.message} The folder “{place}” is asked again."
            await note_trouble(self.work, self.lease.job_id, note, seconds=delay)
        if await self._waited(delay):
            return True
        self.ends = time.monotonic()
        return False

    async def _waited(self, seconds: float) -> bool:
        """Whether the time is over; False: it is no longer waited for, and the listing may end."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            if not await unless_stopped(asyncio.sleep(min(left, LOOK_SECONDS)), self.stop):
                return False
            async with self.work.read(briefly=True) as session:
                if self.lease.lost.is_set() or not await is_active(session, self.lease.job_id):
                    return False
        return True


def _under_way(error: SourceError) -> SourceError:
    """What it means once something has been listed: a key that was good is not any more."""
    return NoLongerConfigured.since(error) if isinstance(error, SourceNotConfigured) else error


def _location(job: Job, folder: Folder) -> Location:
    filters = filters_of(job.options)
    kind = folder.kind if folder.kind in ("folder", "file") else "unknown"
    return Location(
        source=job.source,
        ref=folder.provider_id,
        kind=kind,  # type: ignore[arg-type]  # one of the three words, by the line above
        resource_key=folder.resource_key,
        path=folder.path,
        measured=bool(filters.min_width or filters.min_height),
    )


def _is_first(job: Job, folder: Folder) -> bool:
    """Whether nothing of the job has been listed yet: then its error is the job's own."""
    return folder.provider_id == job.place and folder.cursor is None and job.next_seq == 1


async def _fail_folder(lease: Lease, folder: Folder, error: SourceError, work: Work) -> None:
    log.warning("folder.failed", job=str(lease.job_id), path=folder.path, reason=error.reason)
    async with work() as unit:
        await _mark_failed(unit.session, lease, folder.provider_id, error)


async def _mark_failed(
    session: AsyncSession, lease: Lease, folder_id: str, error: SourceError
) -> None:
    await record(session, lease, folders_failed=1)
    await session.execute(
        update(Folder)
        .where(Folder.job_id == lease.job_id, Folder.provider_id == folder_id)
        .values(state="failed", reason=error.reason, message=error.message)
    )


async def _stop_or_pause(lease: Lease, work: Work, error: SourceError | StoreError) -> None:
    log.warning("listing.stopped", job=str(lease.job_id), code=error.code, why=error.message)
    async with work() as unit:
        job = await lock_job(unit.session, lease.job_id)
        if job.state == JobState.PAUSED:  # meanwhile, by a person: it finds out again
            await give_back(unit.session, lease)
        elif job.state not in ACTIVE:
            await complete_task(unit.session, lease)
        elif isinstance(error, StoreError) or error.fate is Fate.PAUSE:
            await pause_import(unit.session, job, error)
            await give_back(unit.session, lease)
        else:
            await _fail_job(unit.session, lease, job, error)
            await complete_task(unit.session, lease)


async def _fail_job(session: AsyncSession, lease: Lease, job: Job, error: SourceError) -> None:
    job.state, job.finished_at = JobState.FAILED, datetime.now(UTC)
    job.error_code, job.error_message = error.code, error.message
    job.error_cure = error.cure or cure_of(error.reason, job.source)
    await _mark_failed(session, lease, job.place, error)


async def _end_listing(lease: Lease, work: Work) -> None:
    async with work() as unit:
        job = await lock_job(unit.session, lease.job_id)
        await advance(job, JobState.RUNNING)
        await complete_task(unit.session, lease)
        await announce(unit)


async def _leave_listing(lease: Lease, work: Work) -> None:
    """The job is paused: go on later. It is cancelled: what is not listed is not missed."""
    async with work() as unit:
        job = await lock_job(unit.session, lease.job_id)
        if job.state == JobState.CANCELLED:
            await complete_task(unit.session, lease)
        else:
            await give_back(unit.session, lease)
