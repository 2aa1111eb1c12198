"""Rows of the engine for tests: jobs, their items and tasks, and the books counted by hand."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pixharbor.db.clock import now_ms
from pixharbor.jobs.balance import Balance, read_balances
from pixharbor.jobs.leases import Lease, claim
from pixharbor.jobs.models import Item, Job, Task
from pixharbor.jobs.states import ItemState, JobState
from pixharbor.transports.base import Queue
from pixharbor.unit_of_work import Work


async def add_job(work: Work, **given: Any) -> UUID:
    """A running import; answers its id."""
    values: dict[str, Any] = {
        "id": uuid7(),
        "owner": 1,
        "kind": "import",
        "state": JobState.RUNNING,
        "source": "google_drive",
        "location": "https://drive.google.com/drive/folders/abc",
        "options": {},
        "created_at": datetime.now(UTC),
    } | given
    async with work() as unit:
        unit.session.add(Job(place=str(values["id"]), **values))
    job_id: UUID = values["id"]
    return job_id


async def add_task(work: Work, job_id: UUID, **given: Any) -> UUID:
    """A queued chunk of the job; answers its id."""
    return (await add_tasks(work, job_id, [given]))[0]


async def add_tasks(work: Work, job_id: UUID, given: Sequence[dict[str, Any]]) -> list[UUID]:
    """Queued chunks of the job; answers their ids."""
    rows: list[dict[str, Any]] = [
        {
            "id": uuid7(),
            "name": "imports.fetch_chunk",
            "queue": Queue.IMPORT,
            "owner": 1,
            "job_id": job_id,
        }
        | values
        for values in given
    ]
    async with work() as unit:
        await unit.session.execute(insert(Task), rows)
    return [row["id"] for row in rows]


async def add_items(work: Work, job_id: UUID, count: int, *, first: int = 1) -> None:
    """Pending items of the job, numbered from `first`. The listing's counter is the caller's."""
    rows = [
        {
            "job_id": job_id,
            "seq": seq,
            "provider_id": f"file-{seq}",
            "name": f"{seq}.jpg",
            "path": f"{seq}.jpg",
            "mime_type": "image/jpeg",
            "state": ItemState.PENDING,
        }
        for seq in range(first, first + count)
    ]
    async with work() as unit:
        await unit.session.execute(insert(Item), rows)


async def take(work: Work, task_id: UUID) -> Lease:
    """Claim a task that is to be had."""
    async with work() as unit:
        lease = await claim(unit.session, task_id)
    assert lease is not None
    return lease


async def expire(work: Work, task_id: UUID) -> None:
    """Let the task's lease run out, as if its holder had been silent for long."""
    async with work() as unit:
        await unit.session.execute(
            update(Task).where(Task.id == task_id).values(lease_until=now_ms() - 1)
        )


async def task_of(work: Work, task_id: UUID) -> Task:
    async with work.read() as session:
        return await session.get_one(Task, task_id)


async def job_of(work: Work, job_id: UUID) -> Job:
    async with work.read() as session:
        return await session.get_one(Job, job_id)


async def balance_of(work: Work, job_id: UUID) -> Balance:
    """The books as the API tells them, from the tasks' counters."""
    async with work.read() as session:
        return (await read_balances(session, [job_id]))[job_id]


async def count_items(session: AsyncSession, job_id: UUID) -> Counter[str]:
    """The books by hand: count(*) of the items by state."""
    rows = await session.execute(
        select(Item.state, func.count().label("number"))
        .where(Item.job_id == job_id)
        .group_by(Item.state)
    )
    return Counter({row.state: row.number for row in rows})
