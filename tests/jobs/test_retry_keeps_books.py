"""Retry: failed and vanished items and folders, all or by reason, and the books stay balanced."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from fakes.recording_transport import RecordingTransport
from jobs.rows import add_items, add_job, add_task, balance_of, count_items, job_of, take, task_of
from sqlalchemy import select, update

from pixharbor.errors import Conflict
from pixharbor.imports.retry_failed import retry_failed
from pixharbor.jobs.balance import Balance
from pixharbor.jobs.control import find_job
from pixharbor.jobs.models import Folder, Item, Task
from pixharbor.jobs.states import JobState, TaskState
from pixharbor.unit_of_work import Work


async def ended_job(work: Work, **given: Any) -> tuple[UUID, UUID]:
    """A partial import of ten files in one chunk: 4 stored, 3 timed out, 2 wrong, 1 gone."""
    job_id = await add_job(work, **({"state": JobState.PARTIAL} | given))
    await add_items(work, job_id, 10)
    fates = [("stored", None)] * 4 + [("failed", "timeout")] * 3 + [("failed", "checksum")] * 2
    async with work() as unit:
        for seq, (state, reason) in enumerate([*fates, ("gone", "vanished")], start=1):
            await unit.session.execute(
                update(Item)
                .where(Item.job_id == job_id, Item.seq == seq)
                .values(state=state, reason=reason, message="said", attempts=8)
            )
    chunk = await add_task(
        work, job_id, lo=1, hi=10, state="done", listed=10, stored=4, failed=5, gone=1, crashes=2
    )
    return job_id, chunk


async def retry(work: Work, job_id: UUID, reason: str | None = None) -> int:
    async with work() as unit:
        job = await find_job(unit.session, 1, job_id)
        return await retry_failed(unit, job, reason=reason)


async def books(work: Work, job_id: UUID) -> Balance:
    """The balance; it agrees with the items counted by hand."""
    balance = await balance_of(work, job_id)
    async with work.read() as session:
        counted = await count_items(session, job_id)
    fates = ("pending", "stored", "duplicate", "skipped", "failed", "gone", "cancelled")
    assert Counter({fate: getattr(balance, fate) for fate in fates}) == counted
    return balance


@pytest.mark.parametrize(
    ("reason", "retried", "failed", "gone"),
    [(None, 6, 0, 0), ("timeout", 3, 2, 1), ("checksum", 2, 3, 1), ("vanished", 1, 5, 0)],
)
async def test_what_failed_is_pending_again_under_the_same_job(
    work: Work,
    transport: RecordingTransport,
    reason: str | None,
    retried: int,
    failed: int,
    gone: int,
) -> None:
    job_id, chunk = await ended_job(work)
    assert await retry(work, job_id, reason) == retried
    balance = await books(work, job_id)
    assert (balance.pending, balance.failed, balance.gone) == (retried, failed, gone)
    job, task = await job_of(work, job_id), await task_of(work, chunk)
    assert (job.state, job.finished_at, job.round) == (JobState.RUNNING, None, 1)
    assert (task.state, task.crashes) == (TaskState.QUEUED, 0)
    assert transport.take_sent() == [chunk]
    async with work.read() as session:
        pending = (await session.scalars(select(Item).where(Item.state == "pending"))).all()
    assert {(item.reason, item.message, item.attempts) for item in pending} == {(None, None, 0)}


async def test_a_retry_of_nothing_changes_nothing(
    work: Work, transport: RecordingTransport
) -> None:
    job_id, _ = await ended_job(work)
    assert await retry(work, job_id, "abusive") == 0
    assert (await books(work, job_id)).failed == 5
    assert ((await job_of(work, job_id)).state, transport.take_sent()) == (JobState.PARTIAL, [])


async def test_a_retry_asked_for_twice_is_one(work: Work) -> None:
    job_id, _ = await ended_job(work)
    assert [await retry(work, job_id), await retry(work, job_id)] == [6, 0]
    assert (await books(work, job_id)).pending == 6


async def test_a_running_job_is_retried_without_another_round(work: Work) -> None:
    job_id, _ = await ended_job(work, state=JobState.RUNNING)
    assert await retry(work, job_id) == 6
    assert ((await job_of(work, job_id)).round, (await books(work, job_id)).pending) == (0, 6)


async def test_a_chunk_that_a_worker_holds_is_left_for_the_next_time(work: Work) -> None:
    job_id, chunk = await ended_job(work, state=JobState.RUNNING)
    async with work() as unit:
        (await unit.session.get_one(Task, chunk)).state = TaskState.QUEUED
    lease = await take(work, chunk)
    assert await retry(work, job_id) == 0
    assert (await task_of(work, chunk)).lease_token == lease.token
    assert (await books(work, job_id)).failed == 5


async def test_a_cancelled_job_is_not_retried(work: Work) -> None:
    job_id, _ = await ended_job(work, state=JobState.CANCELLED)
    with pytest.raises(Conflict):
        await retry(work, job_id)


async def test_folders_that_could_not_be_listed_are_listed_again(
    work: Work, transport: RecordingTransport
) -> None:
    job_id = await add_job(work, state=JobState.PARTIAL)
    listing = await add_task(
        work, job_id, name="imports.list_files", state="done", folders_listed=1, folders_failed=2
    )
    async with work() as unit:
        for name, reason in (("a", "forbidden"), ("b", "timeout"), ("c", None)):
            unit.session.add(
                Folder(
                    job_id=job_id, provider_id=name, kind="folder", path=name, reason=reason,
                    state="failed" if reason else "listed", message=reason and "said",
                )
            )  # fmt: skip
    await retry(work, job_id, "timeout")
    balance = await books(work, job_id)
    assert (balance.folders_failed, balance.folders_listed) == (1, 1)
    assert ((await job_of(work, job_id)).state, transport.take_sent()) == (
        JobState.LISTING,
        [listing],
    )
    await retry(work, job_id)
    assert (await books(work, job_id)).folders_failed == 0
