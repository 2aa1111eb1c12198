"""Turn a dry run into the import that it planned: its listing is there, only chunks are missing."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.errors import Conflict
from pixharbor.imports.settle_known import Renamed, follow_names
from pixharbor.imports.start_import import find_running
from pixharbor.imports.write_page import CHUNK_ITEMS, insert_chunks
from pixharbor.jobs.fan_out import announce
from pixharbor.jobs.finish import queue_finish
from pixharbor.jobs.models import Item, Job
from pixharbor.jobs.put_away import PLAN_HOLDS
from pixharbor.jobs.states import ItemState, JobState
from pixharbor.unit_of_work import UnitOfWork


async def run_plan(unit: UnitOfWork, job: Job) -> None:
    """Fetch what the dry run has listed, under the same id. The job is locked (find_job).

    Raises Conflict when there is nothing to go by, or the same place is being imported just now.
    """
    await _check(unit.session, job)
    session = unit.session
    numbers = await session.scalars(
        select(Item.seq)
        .where(Item.job_id == job.id, Item.state == ItemState.PENDING)
        .order_by(Item.seq)
    )
    pending = numbers.all()
    await follow_names(session, job, await _renamed(session, job))
    job.options = {
        name: value for name, value in job.options.items() if name not in ("dry_run", "plan")
    }
    job.state, job.finished_at = JobState.RUNNING, None
    job.round += 1
    parts = [pending[start : start + CHUNK_ITEMS] for start in range(0, len(pending), CHUNK_ITEMS)]
    await insert_chunks(session, job, job.id, [(part[0], part[-1]) for part in parts])
    await session.flush()
    if not pending:
        await queue_finish(session, job)
    await announce(unit)


async def _check(session: AsyncSession, job: Job) -> None:
    if not job.options.get("dry_run"):
        raise Conflict("This job is no dry run.", code="no_dry_run")
    if job.state not in (JobState.COMPLETED, JobState.PARTIAL):
        raise Conflict(
            f"The dry run is {job.state}.",
            code="dry_run_unfinished",
            cure="Wait until it is completed, or import without dry_run.",
        )
    if job.finished_at is None or job.finished_at < datetime.now(UTC) - PLAN_HOLDS:
        raise Conflict(
            "This dry run is older than a day; much may have changed at the source.",
            code="plan_outdated",
            cure="Import again, without dry_run.",
        )
    running = await find_running(session, job.owner, job.source, job.place, dry_run=False)
    if running:
        raise Conflict(
            f"Job {running.id} is importing this place just now.",
            code="import_running",
            cure="Wait for its end, or cancel it.",
        )


async def _renamed(session: AsyncSession, job: Job) -> Sequence[Renamed]:
    rows = await session.execute(
        select(Item.provider_id, Item.image_id, Item.name, Item.path).where(
            Item.job_id == job.id, Item.reason == "renamed"
        )
    )
    return [Renamed(*row) for row in rows]
