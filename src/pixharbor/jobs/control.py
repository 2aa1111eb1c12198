"""What a person does to a job: pause, resume, cancel, delete; and pauses that end by themselves."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.errors import Conflict, NotFound
from pixharbor.jobs.models import Folder, IdempotencyKey, Item, Job, Task
from pixharbor.jobs.states import ACTIVE, FINISHED, JobState, TaskState

# Rows deleted at a time, so that a million-item job does not hold the write lock for seconds.
DELETE_SLICE = 10_000
# FOR NO KEY UPDATE: new items and tasks may refer to the job meanwhile.
FOR_CHANGE = {"key_share": True}


async def find_job(
    session: AsyncSession, owner: int, job_id: UUID, *, for_change: bool = False
) -> Job:
    """This owner's job, locked if it is to be changed. Raises NotFound, also for other people's."""
    job = await session.get(Job, job_id, with_for_update=FOR_CHANGE if for_change else None)
    if job is None or job.owner != owner:
        raise NotFound(f"There is no job {job_id}.", code="job_not_found")
    return job


async def lock_job(session: AsyncSession, job_id: UUID) -> Job:
    """The job, which nobody else changes until this transaction ends."""
    return await session.get_one(Job, job_id, with_for_update=FOR_CHANGE)


async def is_active(session: AsyncSession, job_id: UUID) -> bool:
    """Whether its tasks may go on: nobody has paused or cancelled it."""
    return await session.scalar(select(Job.state).where(Job.id == job_id)) in ACTIVE


async def pause(
    session: AsyncSession,
    job: Job,
    *,
    reason: str = "by_person",
    message: str | None = None,
    until: datetime | None = None,
) -> None:
    """Take no further item of the job; those under way are finished (≤ 2 s)."""
    if job.state not in ACTIVE:
        raise Conflict(f"A job that is {job.state} cannot be paused.", code="job_not_active")
    job.paused_from = job.state
    job.state = JobState.PAUSED
    job.pause_reason, job.pause_message, job.pause_until = reason, message, until
    await session.execute(
        update(Task)
        .where(Task.job_id == job.id, Task.state == TaskState.QUEUED)
        .values(published_at=None)
    )


async def resume(job: Job) -> None:
    """Go on where the pause began."""
    if job.state != JobState.PAUSED:
        raise Conflict(f"A job that is {job.state} cannot be resumed.", code="job_not_paused")
    job.state = job.paused_from or JobState.RUNNING
    job.paused_from = job.pause_reason = job.pause_message = job.pause_until = None


async def resume_due_pauses(session: AsyncSession) -> None:
    """End the pauses that had a time and have reached it."""
    due = select(Job).where(Job.state == JobState.PAUSED, Job.pause_until <= datetime.now(UTC))
    for job in await session.scalars(due.with_for_update(key_share=True, skip_locked=True)):
        await resume(job)


async def cancel(job: Job) -> None:
    """End the job here. What is stored stays; each task marks its own rest as cancelled."""
    if job.state in FINISHED:
        raise Conflict(f"The job is {job.state} already.", code="job_finished")
    job.state = JobState.CANCELLED
    job.finished_at = datetime.now(UTC)
    job.paused_from = job.pause_reason = job.pause_message = job.pause_until = None


async def advance(job: Job, state: JobState) -> None:
    """Move an active job on to its next state, also below a pause."""
    if job.state in ACTIVE:
        job.state = state
    elif job.state == JobState.PAUSED:
        job.paused_from = state


async def delete_items(session: AsyncSession, job: Job) -> bool:
    """Delete a slice of a finished job's items. True: there are more."""
    if job.state not in FINISHED:
        raise Conflict("Cancel the job before deleting it.", code="job_active")
    first = await session.scalar(select(Item.seq).where(Item.job_id == job.id).order_by(Item.seq))
    if first is None:
        return False
    # A worker that has not heard of the end yet writes its task first, and then its items.
    held = select(Task.id).where(Task.job_id == job.id, Task.state == TaskState.RUNNING)
    await session.execute(held.order_by(Task.id).with_for_update())
    await session.execute(
        delete(Item).where(Item.job_id == job.id, Item.seq < first + DELETE_SLICE)
    )
    return True


async def delete_record(session: AsyncSession, job: Job) -> None:
    """Delete what is left of the record once its items are gone. Its images stay."""
    await session.execute(delete(Task).where(Task.job_id == job.id))
    await session.execute(delete(Folder).where(Folder.job_id == job.id))
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.job_id == job.id))
    await session.delete(job)
