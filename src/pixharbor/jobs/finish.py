"""The end of a job: the last task out queues the step that closes it, exactly once a round."""

from uuid import uuid5

from sqlalchemy import bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.base import table_of
from pixharbor.db.locks import lock_names
from pixharbor.db.upsert import insert_into
from pixharbor.jobs.leases import Lease, complete
from pixharbor.jobs.models import Job, Task
from pixharbor.jobs.states import TaskState
from pixharbor.transports.base import Queue

_tasks = table_of(Task)
_IS_UNFINISHED = select(
    exists().where(
        _tasks.c.job_id == bindparam("of_job"),
        _tasks.c.id != bindparam("but"),
        _tasks.c.state != TaskState.DONE,
    )
)


async def complete_task(session: AsyncSession, lease: Lease) -> None:
    """The task is done; when it was the job's last, the job's finish is queued."""
    await complete(session, lease)
    # Of two last ones, the second waits here until it can see that the first is done.
    await lock_names(session, f"end of {lease.job_id}")
    if not await has_unfinished(session, lease):
        job = await session.get_one(Job, lease.job_id)
        await queue_finish(session, job)


async def has_unfinished(session: AsyncSession, lease: Lease) -> bool:
    """Whether the job has tasks besides this one that are not done."""
    return bool(await session.scalar(_IS_UNFINISHED, {"of_job": lease.job_id, "but": lease.id}))


async def queue_finish(session: AsyncSession, job: Job) -> None:
    """Queue `imports.finish_import` (or the like for the job's kind), unless it is there already.

    Its id is made of the job's id and round, so that two who are last together queue it once.
    One that came too early, before a retry brought more to do, comes again.
    """
    finish_id = uuid5(job.id, f"finish {job.round}")
    connection = await session.connection()
    finish = insert_into(Task, dialect=connection.dialect.name).values(
        id=finish_id,
        name=f"{job.kind}s.finish_{job.kind}",
        queue=Queue.INTERACTIVE,
        owner=job.owner,
        job_id=job.id,
        priority=job.priority,
    )
    await connection.execute(
        finish.on_conflict_do_update(
            index_elements=["id"],
            set_={"state": TaskState.QUEUED, "published_at": None},
            where=Task.state == TaskState.DONE,
        )
    )
