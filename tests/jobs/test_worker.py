"""The worker's runner: claim, run, announce what comes next; and it never falls over itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest
from fakes.recording_transport import RecordingTransport
from jobs.rows import add_job, add_task, add_tasks, expire, job_of, take, task_of
from sqlalchemy import text

from pixharbor.jobs.finish import complete_task
from pixharbor.jobs.give_up import MOST_CRASHES
from pixharbor.jobs.leases import Handler, Heartbeat, Lease, record
from pixharbor.jobs.resume_stalled import resume_stalled
from pixharbor.jobs.states import JobState, TaskState
from pixharbor.runtime import Runtime
from pixharbor.storage.base import Store
from pixharbor.transports.base import WakeUp
from pixharbor.unit_of_work import Work
from pixharbor.worker import TaskRunner, tidy_up_every

Runner = Callable[[Handler], TaskRunner]


@pytest.fixture
async def runner_of(work: Work, database_url: str) -> AsyncIterator[Runner]:
    """Makes a runner whose chunks are handled so."""
    async with Heartbeat(database_url).running() as heartbeat:
        yield lambda handler: TaskRunner({"imports.fetch_chunk": handler}, work, heartbeat)


def for_task(task_id: UUID) -> WakeUp:
    return WakeUp("imports.fetch_chunk", task_id)


async def test_a_wake_up_that_comes_twice_runs_its_task_once(work: Work, runner_of: Runner) -> None:
    task_id = await add_task(work, await add_job(work))
    runs: list[Lease] = []

    async def handle(lease: Lease) -> None:
        runs.append(lease)
        await asyncio.sleep(0)
        async with work() as unit:
            await complete_task(unit.session, lease)

    runner = runner_of(handle)
    await asyncio.gather(*(runner.run(for_task(task_id)) for _ in range(10)))
    assert [lease.id for lease in runs] == [task_id]
    assert (await task_of(work, task_id)).state == TaskState.DONE


async def test_what_comes_next_is_announced_when_a_task_is_done(
    work: Work, runner_of: Runner, transport: RecordingTransport
) -> None:
    job_id = await add_job(work)
    tasks = await add_tasks(work, job_id, [{"lo": n} for n in range(3)])

    async def handle(lease: Lease) -> None:
        async with work() as unit:
            await complete_task(unit.session, lease)

    await runner_of(handle).run(for_task(tasks[0]))
    assert transport.take_sent() == tasks[1:]


async def test_a_handler_that_falls_over_is_a_crash_and_tries_again_later(
    work: Work, runner_of: Runner
) -> None:
    task_id = await add_task(work, await add_job(work))

    async def handle(_lease: Lease) -> None:
        raise ZeroDivisionError

    await runner_of(handle).run(for_task(task_id))
    task = await task_of(work, task_id)
    assert (task.state, task.crashes, task.lease_token) == (TaskState.QUEUED, 1, None)
    assert task.run_at > 0


async def test_a_task_that_crashes_without_end_fails_its_job_and_is_left_alone(
    work: Work, runner_of: Runner
) -> None:
    job_id = await add_job(work, state=JobState.LISTING)
    task_id = await add_task(work, job_id, crashes=MOST_CRASHES)

    async def handle(_lease: Lease) -> None:
        pytest.fail("it has been tried often enough")

    await runner_of(handle).run(for_task(task_id))
    job = await job_of(work, job_id)
    assert (job.state, job.error_code) == (JobState.FAILED, "too_many_crashes")
    assert "20 times in a row at imports.fetch_chunk" in (job.error_message or "")
    assert (await task_of(work, task_id)).state == TaskState.DONE
    await resume_stalled(work)
    assert (await task_of(work, task_id)).state == TaskState.DONE


async def test_a_lost_lease_ends_the_handler_and_is_no_crash_of_its_heir(
    work: Work, runner_of: Runner
) -> None:
    task_id = await add_task(work, await add_job(work))
    heirs: list[Lease] = []

    async def handle(lease: Lease) -> None:
        await expire(work, lease.id)
        heirs.append(await take(work, lease.id))
        async with work() as unit:
            await record(unit.session, lease, stored=1)

    await runner_of(handle).run(for_task(task_id))
    task = await task_of(work, task_id)
    assert (task.state, task.lease_token, task.crashes) == (TaskState.RUNNING, heirs[0].token, 1)
    assert task.stored == 0


async def test_a_handler_that_falls_over_after_it_lost_its_lease_harms_nobody(
    work: Work, runner_of: Runner
) -> None:
    task_id = await add_task(work, await add_job(work))

    async def handle(lease: Lease) -> None:
        await expire(work, lease.id)
        await take(work, lease.id)
        raise ZeroDivisionError

    await runner_of(handle).run(for_task(task_id))
    assert (await task_of(work, task_id)).state == TaskState.RUNNING


async def test_a_wake_up_for_a_task_that_is_gone_is_nothing(work: Work, runner_of: Runner) -> None:
    async def handle(_lease: Lease) -> None:
        raise AssertionError

    await runner_of(handle).run(for_task(UUID(int=7)))


async def test_a_database_that_is_away_does_not_end_the_worker(
    work: Work, runner_of: Runner
) -> None:
    """Its lease runs out, and the reconciler brings the task back."""
    task_id = await add_task(work, await add_job(work))

    async def handle(_lease: Lease) -> None:
        async with work() as unit:
            await unit.session.execute(text("ALTER TABLE tasks RENAME TO tasks_away"))
        raise ZeroDivisionError

    await runner_of(handle).run(for_task(task_id))
    await runner_of(handle).run(for_task(task_id))
    async with work() as unit:
        await unit.session.execute(text("ALTER TABLE tasks_away RENAME TO tasks"))
    assert (await task_of(work, task_id)).state == TaskState.RUNNING


async def test_after_the_stop_nothing_is_tidied_up_any_more() -> None:
    stop, begun, tidied = asyncio.Event(), asyncio.Event(), 0

    async def tidy(_work: Work, _store: Store) -> None:
        nonlocal tidied
        tidied += 1
        begun.set()

    runtime = cast("Runtime", SimpleNamespace(work=None, store=None))
    tidying = asyncio.create_task(tidy_up_every(3600, tidy, runtime, stop))
    await begun.wait()
    for _ in range(20):  # turns of the loop, after which it waits for the next time
        await asyncio.sleep(0)
    stop.set()
    await tidying
    assert tidied == 1
