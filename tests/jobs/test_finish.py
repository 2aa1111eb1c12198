"""The end of a job: the last task out queues its finish, once a round."""

import asyncio
from uuid import UUID

from jobs.rows import add_job, add_task, job_of, take
from sqlalchemy import select

from pixharbor.imports.finish_import import finish_import
from pixharbor.jobs.finish import complete_task, queue_finish
from pixharbor.jobs.leases import Lease, complete, record
from pixharbor.jobs.models import Job, Task
from pixharbor.jobs.resume_stalled import resume_stalled
from pixharbor.jobs.states import JobState, TaskState
from pixharbor.unit_of_work import Work


async def finishes(work: Work, job_id: UUID) -> list[Task]:
    async with work.read() as session:
        found = await session.scalars(
            select(Task).where(Task.job_id == job_id, Task.name == "imports.finish_import")
        )
        return list(found)


async def end(work: Work, lease: Lease) -> None:
    async with work() as unit:
        await complete_task(unit.session, lease)


async def test_only_the_last_task_out_queues_the_finish(work: Work) -> None:
    job_id = await add_job(work)
    first, last = [await take(work, await add_task(work, job_id)) for _ in range(2)]
    await end(work, first)
    assert await finishes(work, job_id) == []
    await end(work, last)
    (finish,) = await finishes(work, job_id)
    assert (finish.state, finish.queue) == (TaskState.QUEUED, "interactive")


async def test_tasks_that_end_together_queue_one_finish_t12(work: Work) -> None:
    job_id = await add_job(work)
    held = [await take(work, await add_task(work, job_id)) for _ in range(8)]
    await asyncio.gather(*(end(work, lease) for lease in held))
    assert len(await finishes(work, job_id)) == 1


async def test_two_who_each_saw_the_other_leave_the_finish_to_the_reconciler(work: Work) -> None:
    """As on PostgreSQL, where neither of two transactions sees the other's commit."""
    job_id = await add_job(work)
    for lease in [await take(work, await add_task(work, job_id)) for _ in range(2)]:
        async with work() as unit:
            await complete(unit.session, lease)
    await resume_stalled(work)
    await resume_stalled(work)
    assert len(await finishes(work, job_id)) == 1


async def test_a_finish_is_queued_once_a_round(work: Work) -> None:
    job_id = await add_job(work)
    for expected in (1, 1, 2):
        async with work() as unit:
            job = await unit.session.get_one(Job, job_id)
            job.round = expected - 1
            await queue_finish(unit.session, job)
        assert len(await finishes(work, job_id)) == expected


async def test_a_finish_that_came_too_early_comes_again(work: Work) -> None:
    """A retry between the last task's end and the finish brings more to do in the same round."""
    job_id = await add_job(work)
    await end(work, await take(work, await add_task(work, job_id)))
    (finish,) = await finishes(work, job_id)
    early = await take(work, finish.id)
    async with work() as unit:
        await complete(unit.session, early)
    await end(work, await take(work, await add_task(work, job_id)))
    (finish,) = await finishes(work, job_id)
    assert (finish.state, finish.published_at) == (TaskState.QUEUED, None)


async def close(work: Work, job_id: UUID) -> Job:
    """Run the job's finish to its end."""
    (finish,) = await finishes(work, job_id)
    await finish_import(await take(work, finish.id), work=work)
    return await job_of(work, job_id)


async def test_a_job_without_a_failure_is_completed(work: Work) -> None:
    job_id = await add_job(work)
    lease = await take(work, await add_task(work, job_id))
    async with work() as unit:
        await record(unit.session, lease, listed=3, stored=1, gone=1, skipped=1)
    await end(work, lease)
    job = await close(work, job_id)
    assert job.state == JobState.COMPLETED
    assert job.finished_at


async def test_a_job_with_a_failed_item_or_folder_is_partial(work: Work) -> None:
    for counts in ({"listed": 1, "failed": 1}, {"folders_failed": 1}):
        job_id = await add_job(work)
        lease = await take(work, await add_task(work, job_id))
        async with work() as unit:
            await record(unit.session, lease, **counts)
        await end(work, lease)
        assert (await close(work, job_id)).state == JobState.PARTIAL


async def test_a_cancelled_job_stays_cancelled(work: Work) -> None:
    job_id = await add_job(work)
    lease = await take(work, await add_task(work, job_id))
    async with work() as unit:
        (await unit.session.get_one(Job, job_id)).state = JobState.CANCELLED
    await end(work, lease)
    assert (await close(work, job_id)).state == JobState.CANCELLED
    for _ in range(2):
        await resume_stalled(work)
    (finish,) = await finishes(work, job_id)
    assert finish.state == TaskState.DONE
