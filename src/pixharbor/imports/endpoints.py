"""The imports' part of the API: start one, and retry what failed of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from pydantic import SecretStr
from starlette.datastructures import URL

from pixharbor.connections.connected_sources import ConnectedSources
from pixharbor.connections.dependencies import TheConnected
from pixharbor.db.sealed import Sealer
from pixharbor.dependencies import TheCaller, TheSealer, TheSources, TheWork
from pixharbor.errors import BadInput
from pixharbor.imports.keep_url_list import keep_url_list, location_of
from pixharbor.imports.read_url_list import split_addresses
from pixharbor.imports.retry_failed import retry_failed
from pixharbor.imports.run_plan import run_plan
from pixharbor.imports.schemas import (
    DropboxFolderRequest,
    FolderAnswer,
    FolderRequest,
    ImportRequest,
    RetryRequest,
)
from pixharbor.imports.start_import import ImportOrder, start_import
from pixharbor.jobs.balance import read_balances
from pixharbor.jobs.control import find_job
from pixharbor.jobs.progress import describe_job
from pixharbor.jobs.schemas import JobAnswer
from pixharbor.jobs.states import REASONS
from pixharbor.jobs.work_once import RequestKey
from pixharbor.schedules.due_times import to_cron
from pixharbor.schedules.set_schedule import set_schedule
from pixharbor.sources.accounts import SourcesOfJobs
from pixharbor.sources.base import Source
from pixharbor.sources.link_passwords import seal_password
from pixharbor.sources.registry import recognise

router = APIRouter(tags=["imports"])

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255)]


@router.post("/import/google-drive", status_code=202, tags=["flat"])
async def import_google_drive(
    wanted: FolderRequest,
    request: Request,
    caller: TheCaller,
    work: TheWork,
    sources: TheSources,
    idempotency_key: IdempotencyKey = None,
) -> FolderAnswer:
    """Import a public Google Drive folder. Answers at once; the work goes on in the background."""
    order = ImportOrder(caller.owner, wanted.folder_url, {"recursive": True})
    job_id = await start_import(
        order,
        source=sources["google_drive"],
        work=work,
        request_key=await _request_key(request, caller.owner, idempotency_key),
    )
    return FolderAnswer(task_id=job_id)


@router.post("/import/dropbox", status_code=202, tags=["flat"])
async def import_dropbox(
    wanted: DropboxFolderRequest,
    request: Request,
    caller: TheCaller,
    work: TheWork,
    sources: TheSources,
    sealer: TheSealer,
    idempotency_key: IdempotencyKey = None,
) -> FolderAnswer:
    """Import a shared Dropbox folder. Answers at once; the work goes on in the background."""
    options = {"recursive": True, **_sealed(wanted.link_password, sealer)}
    order = ImportOrder(caller.owner, wanted.folder_url, options)
    job_id = await start_import(
        order,
        source=sources["dropbox"],
        work=work,
        request_key=await _request_key(request, caller.owner, idempotency_key),
    )
    return FolderAnswer(task_id=job_id)


@router.post("/api/v1/imports", status_code=202)
async def post_import(
    wanted: ImportRequest,
    request: Request,
    caller: TheCaller,
    work: TheWork,
    sources: TheSources,
    connected: TheConnected,
    sealer: TheSealer,
    idempotency_key: IdempotencyKey = None,
) -> JobAnswer:
    """Import a folder, a file or a list of addresses. Answers the job; the work goes on behind.

    With `dry_run` nothing is fetched: the job lists and counts, and its `plan` says what an import
    would bring; /api/v1/jobs/{job_id}/run makes it that import. With a `schedule` the place is
    imported now, and then again and again.
    """
    if wanted.schedule:  # a time that never comes is told before anything is begun
        to_cron(wanted.schedule.every, wanted.schedule.timezone, now=datetime.now(UTC))
    location = await _location_of(wanted, caller, work)
    options = wanted.options | _sealed(wanted.link_password, sealer)
    order = ImportOrder(caller.owner, location, options, wanted.priority)
    if wanted.connection_id:
        source = await _find_connected(connected, caller.owner, wanted.connection_id, wanted)
    else:
        source = _find_source(sources, wanted.source, location)
    job_id = await start_import(
        order,
        source=source,
        work=work,
        request_key=await _request_key(request, caller.owner, idempotency_key),
    )
    if wanted.schedule:
        async with work() as unit:
            job = await find_job(unit.session, caller.owner, job_id)
            await set_schedule(
                unit.session, job, wanted.schedule, options=options, priority=wanted.priority
            )
    return await answer_job(job_id, caller, work, connected)


@router.post("/api/v1/jobs/{job_id}/run", tags=["jobs"])
async def post_run(
    job_id: UUID, caller: TheCaller, work: TheWork, connected: TheConnected
) -> JobAnswer:
    """Fetch what a dry run has listed, under the same id."""
    async with work() as unit:
        job = await find_job(unit.session, caller.owner, job_id, for_change=True)
        await run_plan(unit, job)
    return await answer_job(job_id, caller, work, connected)


@router.post("/api/v1/jobs/{job_id}/retry", tags=["jobs"])
async def post_retry(
    job_id: UUID,
    caller: TheCaller,
    work: TheWork,
    connected: TheConnected,
    wanted: RetryRequest | None = None,
) -> JobAnswer:
    """Try failed and vanished files again, all or those of one reason, under the same id."""
    reason = wanted.reason if wanted else None
    if reason is not None and reason not in REASONS:
        raise BadInput(
            f"There is no reason {reason!r}.",
            code="unknown_reason",
            field="reason",
            cure=f"Known reasons: {', '.join(REASONS)}.",
        )
    async with work.read() as session:
        told = await find_job(session, caller.owner, job_id)
    source = await connected.look_up(told.source, told.options.get("connection_id"))
    async with work() as unit:
        job = await find_job(unit.session, caller.owner, job_id, for_change=True)
        await retry_failed(unit, job, source=source, reason=reason)
    return await answer_job(job_id, caller, work, connected)


def _sealed(password: SecretStr | None, sealer: Sealer) -> dict[str, str]:
    """A link's password as it is kept with the job: nobody can read it there."""
    if password is None:
        return {}
    return {"link_password": seal_password(sealer, password.get_secret_value())}


async def _location_of(wanted: ImportRequest, caller: TheCaller, work: TheWork) -> str:
    """Where the import looks; a list of addresses is kept first, and named."""
    if wanted.listed is None:
        assert wanted.location is not None
        return wanted.location
    lines = (address for line in wanted.listed for address in split_addresses(line))
    kept = await keep_url_list(lines, owner=caller.owner, name="List", work=work)
    return location_of(kept)


async def _find_connected(
    connected: ConnectedSources, owner: int, connection_id: UUID, wanted: ImportRequest
) -> Source:
    """The source as the wanted connection's account sees it."""
    source = await connected.open(connection_id, owner=owner)
    if wanted.source and wanted.source.replace("-", "_") != source.name:
        raise BadInput(
            f"This connection is one to {source.name}, not to {wanted.source}.",
            code="other_source",
            field="connection_id",
            cure="Leave the source out, or choose a connection to it.",
        )
    return source


def _find_source(sources: Mapping[str, Source], given: str | None, location: str) -> Source:
    if given is None:
        return sources[recognise(sources, location).source]
    name = given.replace("-", "_")
    if name not in sources:
        raise BadInput(
            f"Cannot import from {given!r}.",
            code="unknown_source",
            field="source",
            cure=f"Sources of this server: {', '.join(sources)}.",
        )
    return sources[name]


async def _request_key(request: Request, owner: int, key: str | None) -> RequestKey | None:
    return request_key_of(request, owner, key, await request.body())


def request_key_of(
    request: Request, owner: int, key: str | None, asked: bytes
) -> RequestKey | None:
    """The caller's key for this route; `asked` tells a repeated request from another one."""
    if key is None:
        return None
    url: URL = request.url
    return RequestKey(owner, f"POST {url.path}"[:64], key, asked)


async def answer_job(
    job_id: UUID, caller: TheCaller, work: TheWork, sources: SourcesOfJobs
) -> JobAnswer:
    """The job as it stands now."""
    async with work.read() as session:
        job = await find_job(session, caller.owner, job_id)
        balance = (await read_balances(session, [job.id]))[job.id]
    return await describe_job(job, balance, sources)
