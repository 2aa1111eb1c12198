"""Step 1 of an import: understand the link, look whether it opens, and write the job down."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pixharbor.db.locks import lock_names
from pixharbor.errors import BadInput, Conflict, Fate
from pixharbor.jobs.fan_out import announce_first
from pixharbor.jobs.models import Folder, Job, Task
from pixharbor.jobs.states import ACTIVE, JobState
from pixharbor.jobs.work_once import RequestKey, job_of_request, remember_request
from pixharbor.sources.base import Location, Source, SourceError
from pixharbor.sources.link_passwords import PasswordProtected
from pixharbor.transports.base import Queue
from pixharbor.unit_of_work import UnitOfWork, Work

log = structlog.get_logger()

# How long a caller waits for the source's own word; after that the job finds out (contract.md).
CHECK_SECONDS = 0.8
# The options that decide which files an import brings in, and in whose name, with what they are
# when nobody says.
DECISIVE: Final[dict[str, Any]] = {"recursive": True, "filters": {}, "connection_id": None}


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What the caller wants: a link at a source, and how."""

    owner: int
    link: str
    options: dict[str, Any]
    priority: int = 0


async def start_import(
    order: ImportOrder, *, source: Source, work: Work, request_key: RequestKey | None = None
) -> UUID:
    """Queue the import and answer its job's id; the running one's for a folder being imported.

    Raises the source's errors when the link is no link, is refused or leads nowhere.
    """
    location = locate(source, order.link, order.options)
    async with work.read() as session:
        known = await _find_known(session, order, location, request_key)
    name = None if known else await _look(source, location)
    async with work() as unit:
        job_id = await queue_import(unit, order, location, name=name, request_key=request_key)
    log.info("import.queued", job=str(job_id), source=location.source)
    return job_id


async def queue_import(
    unit: UnitOfWork,
    order: ImportOrder,
    location: Location,
    *,
    name: str | None,
    request_key: RequestKey | None = None,
) -> UUID:
    """Write the job down, unless it is there already: then its id. The link is understood.

    Raises Conflict when the place is being imported with other options.
    """
    await lock_names(unit.session, *_names(order, location, request_key))
    known = await _find_known(unit.session, order, location, request_key)
    job_id = known or await _write_down(unit, order, location, name)
    await remember_request(unit.session, request_key, job_id)
    return job_id


def locate(source: Source, link: str, options: Mapping[str, Any]) -> Location:
    """Where a link leads, opened by its password if one was given (sealed, among the options)."""
    location = source.locate(link)
    sealed = options.get("link_password")
    if sealed is None:
        return location
    if not isinstance(source, PasswordProtected):
        raise BadInput(
            f"Links of {source.name} have no passwords.",
            code="no_link_passwords",
            field="link_password",
            cure="Leave link_password out.",
        )
    return source.with_password(location, sealed)


def _names(order: ImportOrder, location: Location, request_key: RequestKey | None) -> list[str]:
    """What must not be written down twice by two calls that come at once."""
    names = [f"import {order.owner} {location.source} {location.ref}"]
    if request_key:
        names.append(f"request {request_key.owner} {request_key.route} {request_key.key}")
    return names


async def _find_known(
    session: AsyncSession, order: ImportOrder, location: Location, request_key: RequestKey | None
) -> UUID | None:
    """The job that this same request made, or that is bringing this folder in just now.

    Raises Conflict when that one was asked for otherwise: it may bring in other files.
    """
    made = await job_of_request(session, request_key)
    if made:
        return made
    dry_run = bool(order.options.get("dry_run"))
    running = await find_running(
        session, order.owner, location.source, location.ref, dry_run=dry_run
    )
    if running is None:
        return None
    differs = [
        name
        for name, default in DECISIVE.items()
        if running.options.get(name, default) != order.options.get(name, default)
    ]
    if differs:
        raise Conflict(
            f"Job {running.id} is importing this place just now, with {_others(differs)}.",
            code="import_running",
            cure="Wait for its end, or cancel it.",
        )
    return running.id


def _others(differs: list[str]) -> str:
    told = {
        "filters": "other filters",
        "recursive": "the opposite of “recursive”",
        "connection_id": "another connection",
    }
    return " and ".join(told[name] for name in differs)


async def find_running(
    session: AsyncSession, owner: int, source: str, place: str, *, dry_run: bool
) -> Job | None:
    """The owner's import of this place that has not ended; dry runs stand apart from imports."""
    running = await session.scalars(
        select(Job).where(
            Job.owner == owner,
            Job.kind == "import",
            Job.source == source,
            Job.place == place,
            Job.state.in_([*ACTIVE, JobState.PAUSED]),
        )
    )
    same = (job for job in running if bool(job.options.get("dry_run")) is dry_run)
    return next(same, None)


async def _look(source: Source, location: Location) -> str | None:
    """The folder's name, if the source tells in time. Errors that will pass are left to the job."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return (await source.check(location)).name
    except TimeoutError:
        return None
    except SourceError as error:
        if error.fate is Fate.STOP:
            raise
        return None


async def _write_down(
    unit: UnitOfWork, order: ImportOrder, location: Location, name: str | None
) -> UUID:
    job_id = uuid7()
    unit.session.add(
        Job(
            id=job_id,
            owner=order.owner,
            kind="import",
            state=JobState.QUEUED,
            source=location.source,
            location=order.link,
            place=location.ref,
            resource_key=location.resource_key,
            name=name,
            options=order.options,
            priority=order.priority,
            created_at=datetime.now(UTC),
        )
    )
    await unit.session.flush()  # folder and task refer to it
    unit.session.add(
        Folder(
            job_id=job_id,
            provider_id=location.ref,
            kind=location.kind,
            path="",
            resource_key=location.resource_key,
            state="pending",
        )
    )
    first = Task(
        id=uuid7(),
        name="imports.list_files",
        queue=Queue.IMPORT,
        owner=order.owner,
        job_id=job_id,
        priority=order.priority,
    )
    announce_first(unit, first)
    await unit.session.flush()
    return job_id
