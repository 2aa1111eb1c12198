"""The reconciler puts right whatever a crash left behind, and only that."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fakes.recording_transport import RecordingTransport
from jobs.rows import add_job, add_task, expire, job_of, take, task_of
from sqlalchemy import update

from pixharbor.db.clock import now_ms
from pixharbor.jobs import control
from pixharbor.jobs.fan_out import announce
from pixharbor.jobs.leases import Lease, holder
from pixharbor.jobs.models import Task
from pixharbor.jobs.resume_stalled import UNHEARD_SECONDS, resume_stalled, take_over_own
from pixharbor.jobs.states import JobState, TaskState
from pixharbor.unit_of_work import Work


async def held_by(work: Work, holder: str) -> Lease:
    """A task that this holder has a living lease of."""
    lease = await take(work, await add_task(work, await add_job(work)))
    async with work() as unit:
        await unit.session.execute(
            update(Task).where(Task.id == lease.id).values(lease_holder=holder)
        )
    return lease


async def announced_ago(work: Work, task_id: UUID, seconds: float) -> None:
    async with work() as unit:
        await unit.session.execute(
            update(Task)
            .where(Task.id == task_id)
            .values(published_at=now_ms() - int(seconds * 1000))
        )


def a_dead_process() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


async def test_an_expired_lease_comes_back_at_once_and_counts_as_a_crash_r4(
    work: Work, transport: RecordingTransport
) -> None:
    lease = await take(work, await add_task(work, await add_job(work)))
    await resume_stalled(work)
    assert (await task_of(work, lease.id)).state == TaskState.RUNNING
    await expire(work, lease.id)
    await resume_stalled(work)
    task = await task_of(work, lease.id)
    assert (task.state, task.crashes, task.lease_token) == (TaskState.QUEUED, 1, None)
    assert transport.take_sent() == [lease.id]


async def test_a_wake_up_that_nobody_heard_is_sent_again(
    work: Work, transport: RecordingTransport
) -> None:
    task_id = await add_task(work, await add_job(work))
    async with work() as unit:
        await announce(unit)
    assert transport.take_sent() == [task_id]
    await announced_ago(work, task_id, UNHEARD_SECONDS - 5)
    await resume_stalled(work)
    assert transport.take_sent() == []
    await announced_ago(work, task_id, UNHEARD_SECONDS + 1)
    await resume_stalled(work)
    assert transport.take_sent() == [task_id]


async def test_what_was_committed_and_never_announced_is_announced(
    work: Work, transport: RecordingTransport
) -> None:
    """A crash between commit and publish: the rows are the outbox."""
    task_id = await add_task(work, await add_job(work))
    await resume_stalled(work)
    assert transport.take_sent() == [task_id]


async def test_a_pause_with_a_time_ends_by_itself(
    work: Work, transport: RecordingTransport
) -> None:
    job_id = await add_job(work, state=JobState.LISTING)
    task_id = await add_task(work, job_id)

    async def pause_until(until: datetime) -> None:
        async with work() as unit:
            job = await control.find_job(unit.session, 1, job_id)
            await control.pause(unit.session, job, reason="quota", until=until)

    await pause_until(datetime.now(UTC) + timedelta(hours=1))
    await resume_stalled(work)
    assert (await job_of(work, job_id)).state == JobState.PAUSED
    assert transport.take_sent() == []
    async with work() as unit:
        await control.resume(await control.find_job(unit.session, 1, job_id))
    await pause_until(datetime.now(UTC) - timedelta(seconds=1))
    await resume_stalled(work)
    job = await job_of(work, job_id)
    assert (job.state, job.pause_reason, job.pause_until) == (JobState.LISTING, None, None)
    assert transport.take_sent() == [task_id]


async def test_a_persons_pause_does_not_end_by_itself(work: Work) -> None:
    job_id = await add_job(work)
    async with work() as unit:
        await control.pause(unit.session, await control.find_job(unit.session, 1, job_id))
    await resume_stalled(work)
    assert (await job_of(work, job_id)).state == JobState.PAUSED


async def test_at_the_start_leases_of_dead_processes_are_to_be_had_at_once(
    work: Work, transport: RecordingTransport
) -> None:
    lease = await held_by(work, f"{a_dead_process()}@{socket.gethostname()}")
    await take_over_own(work)
    task = await task_of(work, lease.id)
    assert (task.state, task.crashes) == (TaskState.QUEUED, 1)
    await resume_stalled(work)
    assert transport.take_sent() == [lease.id]


async def test_at_the_start_an_earlier_process_with_our_number_is_dead(work: Work) -> None:
    lease = await held_by(work, holder())
    await take_over_own(work)
    assert (await task_of(work, lease.id)).state == TaskState.QUEUED


async def test_at_the_start_leases_of_the_living_and_of_other_machines_are_left(
    work: Work,
) -> None:
    parent = await held_by(work, f"{os.getppid()}@{socket.gethostname()}")
    init = await held_by(work, f"1@{socket.gethostname()}")
    elsewhere = await held_by(work, f"{a_dead_process()}@another-machine")
    await take_over_own(work)
    for lease in (parent, init, elsewhere):
        task = await task_of(work, lease.id)
        assert (task.state, task.lease_token) == (TaskState.RUNNING, lease.token)


async def test_at_the_start_wake_ups_that_died_with_a_process_are_sent_again(
    work: Work, transport: RecordingTransport
) -> None:
    """Stopped by Ctrl-C just after announcing: the next start does not wait for 15 s."""
    task_id = await add_task(work, await add_job(work))
    async with work() as unit:
        await announce(unit)
    transport.take_sent()
    await take_over_own(work)
    await resume_stalled(work)
    assert transport.take_sent() == [task_id]


async def test_a_healthy_house_is_left_as_it_is(work: Work, transport: RecordingTransport) -> None:
    job_id = await add_job(work)
    lease = await take(work, await add_task(work, job_id))
    await add_task(work, job_id, run_at=1 << 50)
    finished = await add_job(work, state=JobState.COMPLETED)
    await add_task(work, finished, state=TaskState.DONE)
    for _ in range(3):
        await resume_stalled(work)
    assert transport.take_sent() == []
    assert (await task_of(work, lease.id)).lease_token == lease.token
    assert (await job_of(work, finished)).state == JobState.COMPLETED
