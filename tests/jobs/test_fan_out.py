"""Fan-out: a window of each job's tasks is announced, in turn, by priority, and cheaply."""

from collections import Counter
from uuid import UUID

import pytest
from fakes.recording_transport import RecordingTransport
from jobs.rows import add_job, add_task, add_tasks, expire, job_of, take, task_of
from sqlalchemy import text

from pixharbor.jobs import control
from pixharbor.jobs.fan_out import FIRST, announce
from pixharbor.jobs.finish import complete_task
from pixharbor.jobs.leases import LeaseLost, complete
from pixharbor.jobs.models import Task
from pixharbor.jobs.resume_stalled import resume_stalled
from pixharbor.jobs.states import JobState
from pixharbor.transports.embedded import EmbeddedTransport
from pixharbor.unit_of_work import Work

WINDOW = EmbeddedTransport.window


async def announced(work: Work, transport: RecordingTransport) -> list[UUID]:
    """What one round announces, in its order."""
    transport.take_sent()
    async with work() as unit:
        await announce(unit)
    return transport.take_sent()


def chunks(count: int) -> list[dict[str, int]]:
    return [{"lo": 250 * n + 1, "hi": 250 * n + 250} for n in range(count)]


async def test_a_window_of_a_job_is_announced_and_no_more(
    work: Work, transport: RecordingTransport
) -> None:
    tasks = await add_tasks(work, await add_job(work), chunks(10))
    assert await announced(work, transport) == tasks[:WINDOW]
    assert await announced(work, transport) == []


async def test_running_tasks_fill_the_window_and_a_finished_one_makes_room(
    work: Work, transport: RecordingTransport
) -> None:
    tasks = await add_tasks(work, await add_job(work), chunks(10))
    await announced(work, transport)
    lease = await take(work, tasks[0])
    assert await announced(work, transport) == []
    async with work() as unit:
        await complete_task(unit.session, lease)
    assert await announced(work, transport) == [tasks[WINDOW]]


async def test_each_process_at_work_widens_the_window(
    work: Work, transport: RecordingTransport
) -> None:
    tasks = await add_tasks(work, await add_job(work), chunks(20))
    await announced(work, transport)
    for number, task in enumerate(tasks[:3]):
        await take(work, task)
        await set_holder(work, task, f"{number}@another")
    assert await announced(work, transport) == tasks[WINDOW : 3 * WINDOW]


async def set_holder(work: Work, task_id: UUID, holder: str) -> None:
    async with work() as unit:
        task = await unit.session.get_one(Task, task_id)
        task.lease_holder = holder


async def test_jobs_take_turns_r15_t48(work: Work, transport: RecordingTransport) -> None:
    large, small = await add_job(work), await add_job(work)
    of_large = await add_tasks(work, large, chunks(400))
    of_small = await add_tasks(work, small, chunks(2))
    order = await announced(work, transport)
    assert order[:4] == [of_large[0], of_small[0], of_large[1], of_small[1]]
    assert Counter(task in of_large for task in order) == {True: WINDOW, False: 2}


async def test_a_jobs_first_tasks_and_what_a_crash_has_left_go_before_the_rest_r4_r15(
    work: Work, transport: RecordingTransport
) -> None:
    tasks = await add_tasks(work, await add_job(work), chunks(WINDOW + 1))
    async with work() as unit:
        await announce(unit)
    assert [wake_up.urgent for _, wake_up in transport.sent] == [True] * FIRST + [False] * (
        WINDOW - FIRST
    )
    transport.take_sent()
    await take(work, tasks[3])
    await expire(work, tasks[3])
    small = await add_task(work, await add_job(work))
    await resume_stalled(work)
    assert {wake_up.task_id for _, wake_up in transport.sent} == {tasks[3], small}
    assert all(wake_up.urgent for _, wake_up in transport.sent)


async def test_a_higher_priority_goes_first(work: Work, transport: RecordingTransport) -> None:
    ordinary, urgent = await add_job(work), await add_job(work, priority=5)
    of_ordinary = await add_tasks(work, ordinary, chunks(2))
    of_urgent = await add_tasks(work, urgent, [c | {"priority": 5} for c in chunks(2)])
    assert await announced(work, transport) == [*of_urgent, *of_ordinary]


async def test_a_task_is_not_announced_before_its_time(
    work: Work, transport: RecordingTransport
) -> None:
    job_id = await add_job(work)
    await add_task(work, job_id, lo=1, hi=5, run_at=1 << 50)
    due = await add_task(work, job_id, lo=6, hi=9)
    assert await announced(work, transport) == [due]


async def test_a_paused_job_is_announced_only_when_it_is_resumed(
    work: Work, transport: RecordingTransport
) -> None:
    job_id = await add_job(work)
    tasks = await add_tasks(work, job_id, chunks(2))
    async with work() as unit:
        await control.pause(unit.session, await control.find_job(unit.session, 1, job_id))
    assert await announced(work, transport) == []
    async with work() as unit:
        await control.resume(await control.find_job(unit.session, 1, job_id))
    assert await announced(work, transport) == tasks


async def test_what_was_announced_before_a_pause_is_announced_again_after_it(
    work: Work, transport: RecordingTransport
) -> None:
    job_id = await add_job(work)
    tasks = await add_tasks(work, job_id, chunks(2))
    assert await announced(work, transport) == tasks
    async with work() as unit:
        await control.pause(unit.session, await control.find_job(unit.session, 1, job_id))
        await control.resume(await control.find_job(unit.session, 1, job_id))
    assert await announced(work, transport) == tasks


async def test_the_tasks_of_a_cancelled_job_are_announced_so_that_each_marks_its_rest(
    work: Work, transport: RecordingTransport
) -> None:
    job_id = await add_job(work)
    task = await add_task(work, job_id, lo=1, hi=5)
    async with work() as unit:
        await control.cancel(await control.find_job(unit.session, 1, job_id))
    assert (await job_of(work, job_id)).state == JobState.CANCELLED
    assert await announced(work, transport) == [task]


async def test_nothing_is_announced_when_the_transaction_fails(
    work: Work, transport: RecordingTransport
) -> None:
    job_id = await add_job(work)
    lost = await take(work, await add_task(work, job_id, lo=1, hi=5))
    await expire(work, lost.id)
    await take(work, lost.id)
    task = await add_task(work, job_id, lo=6, hi=9)

    async def announce_and_fail() -> None:
        async with work() as unit:
            await announce(unit)
            await complete(unit.session, lost)

    with pytest.raises(LeaseLost):
        await announce_and_fail()
    assert transport.take_sent() == []
    assert (await task_of(work, task)).published_at is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_announcing_costs_the_same_for_a_million_items_r16(
    work: Work, transport: RecordingTransport
) -> None:
    """Counted in steps of SQLite's machine, which are the same on every computer."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1000
        return 0

    await add_tasks(work, await add_job(work), chunks(4000))
    await announced(work, transport)
    async with work() as unit:
        raw = await (await unit.session.connection()).get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver.set_progress_handler(count, 1000)
        await announce(unit)
        await driver.set_progress_handler(None, 0)
    assert 0 < steps < 200_000  # a look at all tasks for each task takes 200,000,000


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_announcing_costs_the_same_for_a_million_items_on_postgresql_too_r16(
    work: Work, transport: RecordingTransport
) -> None:
    """Counted in rows that the statements of one announcement look at."""
    looked_at = text("SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables")
    await add_tasks(work, await add_job(work), chunks(4000))
    await announced(work, transport)
    async with work() as unit:
        await announce(unit)
        rows = await unit.session.scalar(looked_at) or 0
    assert 0 < rows < 20_000  # once for each of three questions, not for each task
