"""When a chunk makes way: for another job's task, and for what a dead worker held."""

import pytest
from jobs.rows import add_job, add_task, take
from sqlalchemy import update

from pixharbor.db.clock import now_ms
from pixharbor.imports.fetch_chunk import others_wait
from pixharbor.jobs.models import Task
from pixharbor.unit_of_work import Work


@pytest.mark.parametrize(
    ("of_same_job", "crashes", "does_more", "makes_way"),
    [
        (False, 0, False, True),
        (False, 0, True, True),
        (True, 0, False, False),
        (True, 1, False, True),
        (True, 1, True, False),
    ],
    ids=["another job's", "with more", "the same job's", "left by a crash", "left, with more"],
)
async def test_a_chunk_makes_way_for_others_and_for_what_a_crash_left_r4_r15(
    work: Work, *, of_same_job: bool, crashes: int, does_more: bool, makes_way: bool
) -> None:
    job_id = await add_job(work)
    lease = await take(work, await add_task(work, job_id))
    if does_more:
        await take(work, await add_task(work, job_id))
    other = await add_task(work, job_id if of_same_job else await add_job(work), crashes=crashes)
    async with work.read() as session:
        assert not await others_wait(session, lease)  # nobody was woken for it yet
    async with work() as unit:
        announced = update(Task).where(Task.id == other).values(published_at=now_ms())
        await unit.session.execute(announced)
    async with work.read() as session:
        assert await others_wait(session, lease) is makes_way
