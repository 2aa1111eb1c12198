"""Leases: one holder at a time, kept alive by a thread, and nothing written without one."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import structlog
from harbour import until
from jobs.rows import add_job, add_task, add_tasks, balance_of, expire, take, task_of
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.engine import open_database
from pixharbor.jobs import control, leases
from pixharbor.jobs.finish import complete_task
from pixharbor.jobs.leases import (
    Heartbeat,
    Lease,
    LeaseLost,
    claim,
    complete,
    crashed,
    give_back,
    record,
)
from pixharbor.jobs.states import TaskState
from pixharbor.transports.registry import open_transport
from pixharbor.unit_of_work import Work

Act = Callable[[AsyncSession, Lease], Awaitable[None]]


async def try_to_take(work: Work, lease: Lease) -> Lease | None:
    async with work() as unit:
        return await claim(unit.session, lease.id)


async def do(work: Work, act: Act, lease: Lease) -> None:
    async with work() as unit:
        await act(unit.session, lease)


async def test_of_a_hundred_who_claim_one_task_one_gets_it(work: Work, database_url: str) -> None:
    task_id = await add_task(work, await add_job(work))

    async def claim_once(by: Work) -> Lease | None:
        async with by() as unit:
            return await claim(unit.session, task_id)

    async with (
        open_database(database_url) as second,
        open_database(database_url) as third,
        open_transport("embedded:") as transport,
    ):
        works = [work, *(Work(other, transport) for other in (second, third))]
        claims = await asyncio.gather(*(claim_once(works[n % 3]) for n in range(100)))
    (won,) = [lease for lease in claims if lease]
    task = await task_of(work, task_id)
    assert (task.state, task.lease_token) == (TaskState.RUNNING, won.token)


async def test_a_claim_brings_what_the_task_is_about(work: Work) -> None:
    job_id = await add_job(work, owner=3)
    task_id = await add_task(work, job_id, owner=3, lo=251, hi=500, priority=7, crashes=2)
    lease = await take(work, task_id)
    assert (lease.id, lease.name, lease.owner, lease.job_id) == (
        task_id, "imports.fetch_chunk", 3, job_id,
    )  # fmt: skip
    assert (lease.lo, lease.hi, lease.priority, lease.crashes) == (251, 500, 7, 2)
    left = (await task_of(work, task_id)).lease_until or 0
    assert 0 < left - time.time() * 1000 <= leases.LEASE_SECONDS * 1000 + 1000


@pytest.mark.parametrize("given", [{"run_at": 1 << 50}, {"state": "done"}])
async def test_a_task_that_is_not_due_is_not_to_be_had(
    work: Work, given: dict[str, object]
) -> None:
    task_id = await add_task(work, await add_job(work), **given)
    async with work() as unit:
        assert await claim(unit.session, task_id) is None


async def test_a_task_of_a_paused_job_is_not_to_be_had(work: Work) -> None:
    job_id = await add_job(work)
    task_id = await add_task(work, job_id)
    async with work() as unit:
        await control.pause(unit.session, await control.find_job(unit.session, 1, job_id))
        assert await claim(unit.session, task_id) is None


async def test_a_dead_holders_task_is_to_be_had_and_counts_as_a_crash(work: Work) -> None:
    first = await take(work, await add_task(work, await add_job(work)))
    assert await try_to_take(work, first) is None
    await expire(work, first.id)
    second = await try_to_take(work, first)
    assert second
    assert second.token != first.token
    assert second.crashes == (await task_of(work, first.id)).crashes == 1


async def _record(session: AsyncSession, lease: Lease) -> None:
    await record(session, lease, stored=5)


async def _crashed(session: AsyncSession, lease: Lease) -> None:
    await crashed(session, lease, seconds=1)


@pytest.mark.parametrize("act", [_record, complete, complete_task, give_back, _crashed])
@pytest.mark.parametrize("then", ["running", "queued", "done"])
async def test_who_lost_a_lease_writes_nothing_r5(work: Work, act: Act, then: str) -> None:
    zombie = await take(work, await add_task(work, await add_job(work)))
    await expire(work, zombie.id)
    heir = await take(work, zombie.id)
    if then == "queued":
        await do(work, give_back, heir)
    elif then == "done":
        await do(work, complete, heir)
    before = vars(await task_of(work, zombie.id))
    with pytest.raises(LeaseLost):
        await do(work, act, zombie)
    assert zombie.lost.is_set()
    after = vars(await task_of(work, zombie.id))
    before.pop("_sa_instance_state"), after.pop("_sa_instance_state")
    assert after == before


async def test_what_is_counted_is_undone_with_what_it_counts(work: Work) -> None:
    job_id = await add_job(work)
    zombie = await take(work, await add_task(work, job_id))
    await expire(work, zombie.id)
    await take(work, zombie.id)

    async def write_and_count(session: AsyncSession, lease: Lease) -> None:
        (await control.find_job(session, 1, job_id)).name = "written by a zombie"
        await session.flush()
        await record(session, lease, listed=1)

    with pytest.raises(LeaseLost):
        await do(work, write_and_count, zombie)
    async with work.read() as session:
        assert (await control.find_job(session, 1, job_id)).name is None


async def test_counters_add_up_and_progress_forgives_crashes_t10(work: Work) -> None:
    job_id = await add_job(work)
    lease = await take(work, await add_task(work, job_id, crashes=2))
    for _ in range(3):
        async with work() as unit:
            await record(unit.session, lease, listed=2, stored=1, bytes_stored=10)
    balance = await balance_of(work, job_id)
    assert (balance.listed, balance.stored, balance.pending, balance.bytes_stored) == (6, 3, 3, 30)
    assert (await task_of(work, lease.id)).crashes == 0


async def test_what_is_given_back_is_to_be_had_again_when_its_time_has_come(work: Work) -> None:
    lease = await take(work, await add_task(work, await add_job(work)))
    async with work() as unit:
        await give_back(unit.session, lease, seconds=3600)
    assert await try_to_take(work, lease) is None
    again = await take(work, await add_task(work, lease.job_id))
    await do(work, give_back, again)
    assert (await take(work, again.id)).crashes == 0


async def test_a_crash_is_counted_and_waits(work: Work) -> None:
    lease = await take(work, await add_task(work, await add_job(work)))
    async with work() as unit:
        await crashed(unit.session, lease, seconds=3600)
    assert await try_to_take(work, lease) is None
    assert (await task_of(work, lease.id)).crashes == 1


@pytest.fixture
def quick_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease of 1.5 s that is kept alive thirty times in its life."""
    monkeypatch.setattr(leases, "LEASE_SECONDS", 1.5)
    monkeypatch.setattr(leases, "HEARTBEAT_SECONDS", 0.05)


async def test_leases_live_on_while_the_loop_is_blocked(
    work: Work, database_url: str, quick_heart: None
) -> None:
    job_id = await add_job(work)
    held = [await take(work, task) for task in await add_tasks(work, job_id, [{"lo": 1}] * 5)]
    async with Heartbeat(database_url).running() as heart, AsyncExitStack() as keeping:
        for lease in held:
            await keeping.enter_async_context(heart.keeping(lease))
        time.sleep(2)  # noqa: ASYNC251 - the loop is to stand still, longer than a lease lives
        assert [await try_to_take(work, lease) for lease in held] == [None] * 5
    assert not any(lease.lost.is_set() for lease in held)


async def test_a_lease_that_is_not_kept_runs_out(
    work: Work, database_url: str, quick_heart: None
) -> None:
    lease = await take(work, await add_task(work, await add_job(work)))
    async with Heartbeat(database_url).running() as heart:
        async with heart.keeping(lease):
            pass
        taken = await until(lambda: try_to_take(work, lease), seconds=5)
    assert taken.crashes == 1


async def test_the_holder_is_told_that_its_lease_is_lost(
    work: Work, database_url: str, quick_heart: None
) -> None:
    lease = await take(work, await add_task(work, await add_job(work)))
    await expire(work, lease.id)
    heir = await take(work, lease.id)
    async with Heartbeat(database_url).running() as heart, heart.keeping(lease):
        await asyncio.wait_for(lease.lost.wait(), 5)
        before = (await task_of(work, heir.id)).lease_until
    assert before is not None
    assert (await task_of(work, heir.id)).lease_token == heir.token


async def test_a_task_that_we_lost_and_hold_again_is_kept_alive(
    work: Work, database_url: str, quick_heart: None
) -> None:
    """A laptop that slept wakes up, takes its own dead lease over, and the old handler ends."""
    lease = await take(work, await add_task(work, await add_job(work)))
    async with Heartbeat(database_url).running() as heart, AsyncExitStack() as keeping:
        async with heart.keeping(lease):
            await expire(work, lease.id)
            again = await take(work, lease.id)
            await keeping.enter_async_context(heart.keeping(again))
        await is_kept(work, again)


async def test_a_heart_goes_on_after_the_database_was_away(
    work: Work, database_url: str, quick_heart: None
) -> None:
    async def rename(old: str, new: str) -> None:
        async with work() as unit:
            await unit.session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    lease = await take(work, await add_task(work, await add_job(work)))
    async with Heartbeat(database_url).running() as heart, heart.keeping(lease):
        with structlog.testing.capture_logs() as told:
            await rename("tasks", "tasks_away")

            async def has_failed() -> bool | None:
                return any(line["event"] == "heartbeat.failed" for line in told) or None

            await until(has_failed, seconds=5)
            await rename("tasks_away", "tasks")
        await is_kept(work, lease)


async def is_kept(work: Work, lease: Lease) -> None:
    """See its time move on, by more than a beat that was under way could do."""
    before = (await task_of(work, lease.id)).lease_until or 0

    async def moved_on() -> bool | None:
        return ((await task_of(work, lease.id)).lease_until or 0) > before + 200 or None

    await until(moved_on, seconds=5)


def test_a_forked_child_holds_leases_in_its_own_name_r4() -> None:
    forking = (
        "import os; from pixharbor.jobs.leases import holder; child = os.fork();"
        "child and os.waitpid(child, 0); print(os.getpid(), holder())"  # the child's line is first
    )
    ran = subprocess.run(
        [sys.executable, "-c", forking], capture_output=True, text=True, check=True, timeout=60
    )
    said = [line.split() for line in ran.stdout.splitlines()]
    assert len({pid for pid, _ in said}) == 2
    assert all(name.startswith(f"{pid}@") for pid, name in said)
