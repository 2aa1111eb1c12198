"""Retry what failed: the items, all or those of one reason, and folders that were not listed."""

from collections import Counter

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.jobs.fan_out import announce
from pixharbor.jobs.models import Folder, Item, Job, Task
from pixharbor.jobs.put_away import place_of
from pixharbor.jobs.retryable import refuse_retry
from pixharbor.jobs.states import ACTIVE, FINISHED, ItemState, JobState, TaskState
from pixharbor.sources.base import Source
from pixharbor.sources.shelf import Shelving
from pixharbor.unit_of_work import UnitOfWork

RETRIED = (ItemState.FAILED, ItemState.GONE)


async def retry_failed(
    unit: UnitOfWork, job: Job, *, source: Source | None = None, reason: str | None = None
) -> int:
    """Make failed and gone items pending again, under the same job; answers how many.

    The job is locked (find_job), `source` is its own. A finished one runs again. Items of a chunk
    that a worker holds just now are left for the next call, so that no chunk ever ends with one of
    its items forgotten. Raises Conflict where another try could change nothing.
    """
    anew = isinstance(source, Shelving) and source.brings(place_of(job))
    folders = await _retry_folders(unit.session, job, reason, anew=anew)
    if refusal := refuse_retry(job, source, folders_failed=folders):
        raise refusal
    chunks = await unit.session.scalars(
        select(Task)
        .where(
            Task.job_id == job.id,
            Task.name == "imports.fetch_chunk",
            Task.state != TaskState.RUNNING,
        )
        .with_for_update()
    )
    items = 0
    for chunk in chunks.all():
        items += await _retry_chunk(unit.session, chunk, reason)
    if items + folders and job.state in FINISHED:
        job.state = JobState.LISTING if folders else JobState.RUNNING
        job.finished_at = job.error_code = job.error_message = job.error_cure = None
        job.round += 1
    if job.state in ACTIVE:
        await unit.session.flush()
        await announce(unit)
    return items


async def _retry_chunk(session: AsyncSession, chunk: Task, reason: str | None) -> int:
    chosen = select(Item.seq, Item.state).where(
        Item.job_id == chunk.job_id,
        Item.seq.between(chunk.lo, chunk.hi),
        Item.state.in_(RETRIED),
        # What was gone when it was listed has nothing to fetch: importing again looks anew.
        or_(Item.state != ItemState.GONE, Item.attempts > 0),
    )
    if reason:
        chosen = chosen.where(Item.reason == reason)
    found = (await session.execute(chosen)).all()
    if not found:
        return 0
    await session.execute(
        update(Item)
        .where(Item.job_id == chunk.job_id, Item.seq.in_([row.seq for row in found]))
        .values(state=ItemState.PENDING, reason=None, message=None, attempts=0)
    )
    counts = Counter(row.state for row in found)
    chunk.failed -= counts[ItemState.FAILED]
    chunk.gone -= counts[ItemState.GONE]
    chunk.state, chunk.run_at, chunk.published_at, chunk.crashes = TaskState.QUEUED, 0, None, 0
    return len(found)


async def _retry_folders(session: AsyncSession, job: Job, reason: str | None, *, anew: bool) -> int:
    """Where they broke off; `anew`: from the first page, with which a source brings its files."""
    failed = update(Folder).where(Folder.job_id == job.id, Folder.state == "failed")
    if reason:
        failed = failed.where(Folder.reason == reason)
    if anew:
        failed = failed.values(cursor=None)
    again = await session.scalars(
        failed.values(state="pending", reason=None, message=None).returning(Folder.provider_id)
    )
    count = len(again.all())
    if count:
        listing = await session.scalar(
            select(Task)
            .where(Task.job_id == job.id, Task.name == "imports.list_files")
            .with_for_update()
        )
        assert listing is not None
        listing.folders_failed -= count
        if listing.state == TaskState.DONE:
            listing.state, listing.run_at, listing.published_at = TaskState.QUEUED, 0, None
    return count
