"""The jobs' part of the API: how each stands, its items, and what a person does to it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.wire import BadCursor, pack_cursor, unpack_cursor
from pixharbor.dependencies import TheCaller, TheJobSources, TheWork
from pixharbor.errors import NotFound
from pixharbor.jobs import control
from pixharbor.jobs.balance import Balance, read_balances
from pixharbor.jobs.control import find_job
from pixharbor.jobs.fan_out import announce
from pixharbor.jobs.models import Folder, Item, Job
from pixharbor.jobs.progress import describe_job
from pixharbor.jobs.put_away import place_of, put_away
from pixharbor.jobs.read_jobs import count_reasons, list_failed_folders, list_items, list_jobs
from pixharbor.jobs.report import write_report
from pixharbor.jobs.schemas import (
    TOLD_FOLDERS,
    FailedFolder,
    ItemAnswer,
    ItemList,
    JobDetail,
    JobList,
    ReasonCount,
    TaskAnswer,
)
from pixharbor.jobs.states import FINISHED, REASONS, ItemState, JobState, cure_of

router = APIRouter(tags=["jobs"])

# The flat API speaks Celery's words (C3 of the documents' conflicts).
CELERY_WORDS: dict[str, Literal["PENDING", "STARTED", "SUCCESS", "FAILURE", "REVOKED"]] = {
    JobState.QUEUED: "PENDING",
    JobState.LISTING: "STARTED",
    JobState.RUNNING: "STARTED",
    JobState.PAUSED: "STARTED",
    JobState.COMPLETED: "SUCCESS",
    JobState.PARTIAL: "SUCCESS",
    JobState.FAILED: "FAILURE",
    JobState.CANCELLED: "REVOKED",
}
TOLD_ERRORS = 20


@router.get("/api/v1/jobs")
async def get_jobs(
    caller: TheCaller,
    work: TheWork,
    sources: TheJobSources,
    state: JobState | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> JobList:
    """Jobs, newest first."""
    before = _job_before(cursor) if cursor else None
    async with work.read() as session:
        jobs = await list_jobs(session, caller.owner, before=before, state=state, limit=limit + 1)
        balances = await read_balances(session, [job.id for job in jobs[:limit]])
    return JobList(
        jobs=[await describe_job(job, balances[job.id], sources) for job in jobs[:limit]],
        next_cursor=pack_cursor(str(jobs[limit - 1].id)) if len(jobs) > limit else None,
    )


@router.get("/api/v1/jobs/{job_id}")
async def get_job(
    job_id: UUID, caller: TheCaller, work: TheWork, sources: TheJobSources
) -> JobDetail:
    """A job: its balance sheet, which adds up at every moment, its speed and its time to go."""
    return await _detail(job_id, caller, work, sources)


@router.get("/api/v1/jobs/{job_id}/items")
async def get_items(
    job_id: UUID,
    caller: TheCaller,
    work: TheWork,
    state: ItemState | None = None,
    reason: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ItemList:
    """The files of a job, each with its fate, in the order they were listed."""
    after = int(unpack_cursor(cursor, int)[0]) if cursor else 0
    async with work.read() as session:
        job = await find_job(session, caller.owner, job_id)
        items = await list_items(
            session, job_id, state=state, reason=reason, after=after, limit=limit + 1
        )
    return ItemList(
        items=[_item_answer(item, job) for item in items[:limit]],
        next_cursor=pack_cursor(items[limit - 1].seq) if len(items) > limit else None,
    )


@router.get("/api/v1/jobs/{job_id}/report.csv", response_class=StreamingResponse)
async def get_report(job_id: UUID, caller: TheCaller, work: TheWork) -> StreamingResponse:
    """Every file of the job with its fate, then the folders that could not be listed, as CSV."""
    async with work.read() as session:
        await find_job(session, caller.owner, job_id)
    return StreamingResponse(
        write_report(job_id, work=work),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="job-{job_id}.csv"'},
    )


@router.post("/api/v1/jobs/{job_id}/pause")
async def post_pause(
    job_id: UUID, caller: TheCaller, work: TheWork, sources: TheJobSources
) -> JobDetail:
    """Take no further file; those under way are finished or put back within 2 s."""
    async with work() as unit:
        job = await find_job(unit.session, caller.owner, job_id, for_change=True)
        await control.pause(unit.session, job)
    return await _detail(job_id, caller, work, sources)


@router.post("/api/v1/jobs/{job_id}/resume")
async def post_resume(
    job_id: UUID, caller: TheCaller, work: TheWork, sources: TheJobSources
) -> JobDetail:
    """Go on with a paused job where it stopped."""
    async with work() as unit:
        job = await find_job(unit.session, caller.owner, job_id, for_change=True)
        await control.resume(job)
        await unit.session.flush()
        await announce(unit)
    return await _detail(job_id, caller, work, sources)


@router.post("/api/v1/jobs/{job_id}/cancel")
async def post_cancel(
    job_id: UUID, caller: TheCaller, work: TheWork, sources: TheJobSources
) -> JobDetail:
    """End the job here. What is stored stays; the rest becomes cancelled."""
    async with work() as unit:
        job = await find_job(unit.session, caller.owner, job_id, for_change=True)
        await control.cancel(job)
        await unit.session.flush()
        await announce(unit)
    return await _detail(job_id, caller, work, sources)


@router.delete("/api/v1/jobs/{job_id}", status_code=204)
async def delete_job(
    job_id: UUID, caller: TheCaller, work: TheWork, sources: TheJobSources
) -> Response:
    """Delete the record of a finished job. Its images stay."""
    more = True
    while more:
        async with work() as unit:
            job = await find_job(unit.session, caller.owner, job_id, for_change=True)
            place = place_of(job)
            more = await control.delete_items(unit.session, job)
            if not more:
                await control.delete_record(unit.session, job)
    await put_away(place, sources, work=work)
    return Response(status_code=204)


@router.get("/task/{task_id}", tags=["flat"])
async def get_task(task_id: UUID, caller: TheCaller, work: TheWork) -> TaskAnswer:
    """An import in the words of the flat API. `result` is null until the end."""
    async with work.read() as session:
        try:
            job = await find_job(session, caller.owner, task_id)
        except NotFound as error:
            raise NotFound(f"There is no task {task_id}.", code="task_not_found") from error
        balance = (await read_balances(session, [job.id]))[job.id]
        errors = await _first_errors(session, job, balance) if job.state in FINISHED else []
    return TaskAnswer(
        task_id=job.id,
        status=CELERY_WORDS[job.state],
        result=_result(job, balance, errors) if job.state in FINISHED else None,
    )


async def _detail(
    job_id: UUID, caller: TheCaller, work: TheWork, sources: TheJobSources
) -> JobDetail:
    async with work.read() as session:
        job = await find_job(session, caller.owner, job_id)
        balance = (await read_balances(session, [job.id]))[job.id]
        counted = await count_reasons(session, job.id)
        folders = await list_failed_folders(session, job.id, limit=TOLD_FOLDERS)
    reasons = [
        ReasonCount(
            state=ItemState(state),
            reason=reason,
            count=count,
            sentence=REASONS[reason][0],
            cure=cure_of(reason, job.source),
        )
        for state, reason, count in counted
    ]
    answer = await describe_job(job, balance, sources)
    failed_folders = [_folder_answer(folder, job) for folder in folders]
    return JobDetail(**answer.model_dump(), reasons=reasons, failed_folders=failed_folders)


def _folder_answer(folder: Folder, job: Job) -> FailedFolder:
    reason = folder.reason or ""
    ended_job = folder.provider_id == job.place and job.error_cure
    return FailedFolder(
        provider_id=folder.provider_id,
        path=folder.path,
        reason=reason,
        message=folder.message or "",
        sentence=REASONS[reason][0] if reason in REASONS else "",
        cure=ended_job or cure_of(reason, job.source),
    )


def _job_before(cursor: str) -> UUID:
    try:
        return UUID(str(unpack_cursor(cursor, str)[0]))
    except ValueError as error:
        raise BadCursor from error


def _item_answer(item: Item, job: Job) -> ItemAnswer:
    return ItemAnswer(
        seq=item.seq,
        provider_id=item.provider_id,
        name=item.name,
        path=item.path,
        also_at=item.also_at or [],
        size=item.size,
        state=ItemState(item.state),
        reason=item.reason,
        message=item.message,
        cure=cure_of(item.reason or "", job.source),
        attempts=item.attempts,
        image_id=item.image_id,
    )


async def _first_errors(session: AsyncSession, job: Job, balance: Balance) -> list[str]:
    """Why the job could not finish, what failed, folders first; the last line tells of more."""
    folders = await list_failed_folders(session, job.id, limit=TOLD_FOLDERS)
    files = await list_items(
        session, job.id, state=ItemState.FAILED, reason=None, after=0, limit=TOLD_ERRORS
    )
    errors = [job.error_message] if job.error_message else []
    # What ended the job is said of its place, too.
    errors += [
        f"{folder.path or job.name or job.place}/: {folder.message}"
        for folder in folders
        if folder.provider_id != job.place or not job.error_message
    ]
    errors += [f"{item.path}: {item.message}" for item in files]
    untold = balance.folders_failed + balance.failed - len(folders) - len(files)
    if untold > 0:
        errors.append(f"And {untold:,} more: /api/v1/jobs/{job.id}/report.csv names them all.")
    return errors


def _result(job: Job, balance: Balance, errors: list[str]) -> dict[str, object]:
    return {
        "imported": balance.stored,
        "listed": balance.listed,
        "duplicates": balance.duplicate,
        "skipped": balance.skipped,
        "failed": balance.failed,
        "gone": balance.gone,
        "cancelled": balance.cancelled,
        "folders": {"listed": balance.folders_listed, "failed": balance.folders_failed},
        "errors": errors,
        "source": job.source,
    }
