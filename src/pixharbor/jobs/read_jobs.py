"""Questions about jobs and their items, by keyset: the millionth page costs what the first does."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.jobs.models import Folder, Item, Job


async def list_jobs(
    session: AsyncSession,
    owner: int,
    *,
    before: UUID | None,
    state: str | None,
    limit: int,
) -> Sequence[Job]:
    """The owner's jobs, newest first (their ids are made in the order of time)."""
    wanted = select(Job).where(Job.owner == owner)
    if state:
        wanted = wanted.where(Job.state == state)
    if before:
        wanted = wanted.where(Job.id < before)
    return (await session.scalars(wanted.order_by(Job.id.desc()).limit(limit))).all()


async def list_items(
    session: AsyncSession,
    job_id: UUID,
    *,
    state: str | None,
    reason: str | None,
    after: int,
    limit: int,
) -> Sequence[Item]:
    """The job's items behind number `after`, in the order they were listed."""
    wanted = select(Item).where(Item.job_id == job_id, Item.seq > after)
    if state:
        wanted = wanted.where(Item.state == state)
    if reason:
        wanted = wanted.where(Item.reason == reason)
    return (await session.scalars(wanted.order_by(Item.seq).limit(limit))).all()


async def list_failed_folders(
    session: AsyncSession, job_id: UUID, *, after: Folder | None = None, limit: int
) -> Sequence[Folder]:
    """The folders that could not be listed, those behind `after`, in the order of their paths."""
    order = (Folder.path, Folder.provider_id)
    failed = select(Folder).where(Folder.job_id == job_id, Folder.state == "failed")
    if after:
        failed = failed.where(tuple_(*order) > tuple_(after.path, after.provider_id))
    return (await session.scalars(failed.order_by(*order).limit(limit))).all()


async def count_reasons(session: AsyncSession, job_id: UUID) -> list[tuple[str, str, int]]:
    """(state, reason, how many), most frequent first; read from the index alone.

    `> ''` where IS NOT NULL would do: it is by this that SQLite finds the small index of reasons.
    """
    rows = await session.execute(
        select(Item.state, Item.reason, func.count())
        .where(Item.job_id == job_id, Item.reason > "")
        .group_by(Item.state, Item.reason)
        .order_by(func.count().desc(), Item.state, Item.reason)
    )
    return [(state, reason, count) for state, reason, count in rows if reason]
