"""Poison: a chunk on which workers keep crashing is halved until the file that does it is alone."""

from uuid import UUID

import pytest
from jobs.rows import add_items, add_job, add_task, balance_of, expire, take
from sqlalchemy import select

from pixharbor.imports.split_chunk import CRASHES_ALONE, is_poisoned, split_chunk
from pixharbor.jobs.leases import Lease, complete, record
from pixharbor.jobs.models import Item, Task
from pixharbor.jobs.resume_stalled import resume_stalled
from pixharbor.jobs.states import ItemState, TaskState
from pixharbor.unit_of_work import Work


async def chunk_of(work: Work, count: int) -> UUID:
    job_id = await add_job(work)
    await add_items(work, job_id, count)
    return await add_task(work, job_id, lo=1, hi=count, listed=count)


async def lose(work: Work, task_id: UUID, times: int) -> None:
    """Claim it and die, again and again."""
    for _ in range(times):
        await take(work, task_id)
        await expire(work, task_id)
        await resume_stalled(work)


async def waiting(work: Work, job_id: UUID) -> list[Task]:
    async with work.read() as session:
        found = await session.scalars(
            select(Task)
            .where(Task.job_id == job_id, Task.state != TaskState.DONE)
            .order_by(Task.lo)
        )
        return list(found)


async def test_two_crashes_do_not_split_a_chunk_and_three_do(work: Work) -> None:
    task_id = await chunk_of(work, 10)
    await lose(work, task_id, 2)
    assert not is_poisoned(await take(work, task_id))
    await expire(work, task_id)
    await resume_stalled(work)
    assert is_poisoned(await take(work, task_id))


async def test_progress_between_crashes_keeps_a_chunk_whole(work: Work) -> None:
    """Hundreds of random kills fail no innocent file."""
    task_id = await chunk_of(work, 10)
    for _ in range(10):
        await lose(work, task_id, 1)
        lease = await take(work, task_id)
        assert not is_poisoned(lease)
        async with work() as unit:
            await record(unit.session, lease, stored=0)
        await expire(work, task_id)
        await resume_stalled(work)


async def test_halves_cover_the_chunk_without_overlapping(work: Work) -> None:
    task_id = await chunk_of(work, 7)
    await lose(work, task_id, 3)
    lease = await take(work, task_id)
    await split_chunk(lease, work=work)
    halves = await waiting(work, lease.job_id)
    covered = [seq for half in halves for seq in range(half.lo, half.hi + 1)]
    assert covered == list(range(1, 8))
    assert len(halves) == 2
    assert all(half.crashes == 0 for half in halves)
    assert (await balance_of(work, lease.job_id)).pending == 7


async def test_the_file_that_kills_is_found_and_all_others_are_innocent(work: Work) -> None:
    task_id = await chunk_of(work, 20)
    async with work.read() as session:
        job_id = (await session.get_one(Task, task_id)).job_id
    killer = 13
    for _ in range(200):
        tasks = await waiting(work, job_id)
        if not tasks or tasks[0].name != "imports.fetch_chunk":
            break
        for task in tasks:
            await work_until_killed(work, await take(work, task.id), killer)
        await resume_stalled(work)
    async with work.read() as session:
        failed = (await session.scalars(select(Item).where(Item.state == "failed"))).all()
    assert [(item.seq, item.reason) for item in failed] == [(killer, "too_many_crashes")]
    assert failed[0].attempts == CRASHES_ALONE
    balance = await balance_of(work, job_id)
    assert (balance.listed, balance.failed, balance.stored, balance.pending) == (20, 1, 19, 0)


async def work_until_killed(work: Work, lease: Lease, killer: int) -> None:
    """As fetch_chunk, with a file that kills the process before anything is written down."""
    if is_poisoned(lease):
        await split_chunk(lease, work=work)
        return
    async with work() as unit:
        items = (
            await unit.session.scalars(
                select(Item).where(
                    Item.job_id == lease.job_id,
                    Item.seq.between(lease.lo, lease.hi),
                    Item.state == ItemState.PENDING,
                )
            )
        ).all()
        if not any(item.seq == killer for item in items):
            await record(unit.session, lease, stored=len(items))
            for item in items:
                item.state = ItemState.STORED
            await complete(unit.session, lease)
            return
    await expire(work, lease.id)


@pytest.mark.parametrize("size", [1, 2])
async def test_only_five_crashes_alone_give_a_file_up(work: Work, size: int) -> None:
    task_id = await chunk_of(work, size)
    await lose(work, task_id, 4)
    lease = await take(work, task_id)
    assert is_poisoned(lease) == (size > 1)
