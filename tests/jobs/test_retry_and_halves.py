"""A retry between the last task and the finish, and after a chunk was halved."""

from jobs.rows import add_items, add_job, add_task, job_of, take
from sqlalchemy import select, update

from pixharbor.imports.finish_import import finish_import
from pixharbor.imports.retry_failed import retry_failed
from pixharbor.imports.split_chunk import split_chunk
from pixharbor.jobs.control import find_job
from pixharbor.jobs.finish import complete_task
from pixharbor.jobs.leases import record
from pixharbor.jobs.models import Item, Task
from pixharbor.unit_of_work import Work

FAILED = {"state": "failed", "reason": "timeout"}


async def test_a_finish_that_a_retry_overtook_leaves_the_job_open(work: Work) -> None:
    job_id = await add_job(work)
    await add_items(work, job_id, 1)
    chunk = await add_task(work, job_id, lo=1, hi=1, listed=1)
    lease = await take(work, chunk)
    async with work() as unit:
        await record(unit.session, lease, failed=1)
        await unit.session.execute(update(Item).values(FAILED))
        await complete_task(unit.session, lease)
    async with work() as unit:
        assert await retry_failed(unit, await find_job(unit.session, 1, job_id)) == 1
    async with work.read() as session:
        named = select(Task.id).where(Task.name == "imports.finish_import")
        finish = (await session.scalars(named)).one()
    await finish_import(await take(work, finish), work=work)
    assert (await job_of(work, job_id)).state == "running"


async def test_a_retry_never_gives_one_file_to_two_tasks(work: Work) -> None:
    job_id = await add_job(work)
    await add_items(work, job_id, 4)
    chunk = await add_task(work, job_id, lo=1, hi=4, listed=4, crashes=3)
    await split_chunk(await take(work, chunk), work=work)
    async with work.read() as session:
        queued = select(Task.id).where(Task.lo == 1, Task.state == "queued")
        lower = (await session.scalars(queued)).one()
    lease = await take(work, lower)
    async with work() as unit:
        await record(unit.session, lease, failed=2)
        await unit.session.execute(update(Item).where(Item.seq < 3).values(FAILED))
        await complete_task(unit.session, lease)
    async with work() as unit:
        await retry_failed(unit, await find_job(unit.session, 1, job_id))
    async with work.read() as session:
        chunks = Task.name == "imports.fetch_chunk"
        unfinished = await session.scalars(select(Task).where(Task.state != "done", chunks))
        covered = sorted(n for task in unfinished for n in range(task.lo, task.hi + 1))
    assert covered == [1, 2, 3, 4]
