"""What a person does to a job: which acts are possible in which state, and what each does."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from jobs.rows import add_items, add_job, add_task, job_of
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from pixharbor.errors import Conflict, NotFound
from pixharbor.images.models import Image
from pixharbor.jobs import control
from pixharbor.jobs.models import Folder, IdempotencyKey, Item, Job, Task
from pixharbor.jobs.states import JobState
from pixharbor.unit_of_work import Work

ACTS = ("pause", "resume", "cancel", "delete")
ALLOWED = {
    JobState.QUEUED: {"pause", "cancel"},
    JobState.LISTING: {"pause", "cancel"},
    JobState.RUNNING: {"pause", "cancel"},
    JobState.PAUSED: {"resume", "cancel"},
    JobState.COMPLETED: {"delete"},
    JobState.PARTIAL: {"delete"},
    JobState.FAILED: {"delete"},
    JobState.CANCELLED: {"delete"},
}


async def act_on(work: Work, job_id: UUID, act: str) -> None:
    async with work() as unit:
        job = await control.find_job(unit.session, 1, job_id)
        if act == "pause":
            await control.pause(unit.session, job)
        elif act == "resume":
            await control.resume(job)
        elif act == "cancel":
            await control.cancel(job)
        elif not await control.delete_items(unit.session, job):
            await control.delete_record(unit.session, job)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", list(JobState))
async def test_an_act_is_done_or_refused_as_the_state_allows(
    work: Work, state: JobState, act: str
) -> None:
    given = {"paused_from": JobState.LISTING} if state == JobState.PAUSED else {}
    job_id = await add_job(work, state=state, **given)
    if act not in ALLOWED[state]:
        with pytest.raises(Conflict):
            await act_on(work, job_id, act)
        assert (await job_of(work, job_id)).state == state
        return
    await act_on(work, job_id, act)
    if act == "delete":
        with pytest.raises(NotFound):
            await act_on(work, job_id, act)
    else:
        then = {"pause": JobState.PAUSED, "resume": JobState.LISTING, "cancel": JobState.CANCELLED}
        assert (await job_of(work, job_id)).state == then[act]


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.LISTING, JobState.RUNNING])
async def test_a_job_goes_on_where_its_pause_began(work: Work, state: JobState) -> None:
    job_id = await add_job(work, state=state)
    await act_on(work, job_id, "pause")
    paused = await job_of(work, job_id)
    assert (paused.state, paused.pause_reason) == (JobState.PAUSED, "by_person")
    await act_on(work, job_id, "resume")
    job = await job_of(work, job_id)
    assert (job.state, job.pause_reason, job.paused_from) == (state, None, None)


async def test_the_listing_ends_below_a_pause(work: Work) -> None:
    job_id = await add_job(work, state=JobState.LISTING)
    await act_on(work, job_id, "pause")
    async with work() as unit:
        await control.advance(await control.find_job(unit.session, 1, job_id), JobState.RUNNING)
    assert (await job_of(work, job_id)).state == JobState.PAUSED
    await act_on(work, job_id, "resume")
    assert (await job_of(work, job_id)).state == JobState.RUNNING


async def test_a_cancelled_job_does_not_advance(work: Work) -> None:
    job_id = await add_job(work, state=JobState.LISTING)
    await act_on(work, job_id, "cancel")
    async with work() as unit:
        await control.advance(await control.find_job(unit.session, 1, job_id), JobState.RUNNING)
    job = await job_of(work, job_id)
    assert job.state == JobState.CANCELLED
    assert job.finished_at


async def test_other_peoples_jobs_are_not_found_x3(work: Work) -> None:
    job_id = await add_job(work, owner=2)
    with pytest.raises(NotFound):
        await act_on(work, job_id, "cancel")


async def test_a_deleted_record_leaves_its_images_and_nothing_else(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "DELETE_SLICE", 10)
    kept, job_id = [await add_job(work, state=JobState.PARTIAL) for _ in range(2)]
    for job in (kept, job_id):
        await add_task(work, job, state="done")
        await add_items(work, job, 25)
        async with work() as unit:
            unit.session.add(
                Folder(job_id=job, provider_id="f", kind="folder", path="", state="listed")
            )
            unit.session.add(
                IdempotencyKey(
                    owner=1, route="r", key=str(job), body_sha256="", job_id=job,
                    created_at=datetime.now(UTC),
                )
            )  # fmt: skip
    async with work() as unit:
        unit.session.add(image_of(job_id))
    rounds = 0
    while await still_there(work, job_id):
        await act_on(work, job_id, "delete")
        rounds += 1
    assert rounds == 4  # three slices of ten and the record
    async with work.read() as session:
        for table, left in ((Job, 1), (Item, 25), (Task, 1), (Folder, 1), (IdempotencyKey, 1)):
            assert await session.scalar(select(func.count()).select_from(table)) == left, table
        assert await session.scalar(select(func.count()).select_from(Image)) == 1


async def still_there(work: Work, job_id: UUID) -> bool:
    async with work.read() as session:
        return await session.get(Job, job_id) is not None


def image_of(job_id: UUID) -> Image:
    return Image(
        id=uuid7(), owner=1, name="a", name_folded="a", size=1, mime_type="image/jpeg",
        format="jpeg", sha256="ab", source="google_drive", provider_id="p", source_path="a",
        job_id=job_id, storage_key="k", created_at=datetime.now(UTC),
    )  # fmt: skip
