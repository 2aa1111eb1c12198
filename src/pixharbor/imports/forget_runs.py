"""Forget scheduled imports that found nothing to do: a daily one of a million files adds up."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.jobs.balance import Balance, read_balances
from pixharbor.jobs.control import FOR_CHANGE, delete_items, delete_record
from pixharbor.jobs.models import Job
from pixharbor.jobs.states import JobState
from pixharbor.schedules.models import Schedule
from pixharbor.unit_of_work import Work

log = structlog.get_logger()

# The latest runs of a place stay, whatever they found.
KEPT_RUNS: Final = 10


async def forget_runs(schedule: Schedule, *, work: Work) -> None:
    """Delete the records of earlier runs that brought nothing, marked nothing and failed nothing.

    In slices; what a crash leaves, the next run finds.
    """
    async with work.read() as session:
        idle = await _find_idle(session, schedule)
    for job in idle:
        while await _forget_slice(job.id, work):
            pass
        log.info("schedule.run_forgotten", schedule=str(schedule.id), job=str(job.id))


async def _forget_slice(job_id: UUID, work: Work) -> bool:
    """True: there is more of it. Somebody else may have deleted the job meanwhile."""
    async with work() as unit:
        job = await unit.session.get(Job, job_id, with_for_update=FOR_CHANGE)
        if job is None:
            return False
        more = await delete_items(unit.session, job)
        if not more:
            await delete_record(unit.session, job)
        return more


async def _find_idle(session: AsyncSession, schedule: Schedule) -> Sequence[Job]:
    runs = await session.scalars(
        select(Job)
        .where(
            Job.owner == schedule.owner,
            Job.source == schedule.source,
            Job.place == schedule.place,
            Job.state == JobState.COMPLETED,
        )
        .order_by(Job.id.desc())
    )
    old = [job for job in runs if job.options.get("scheduled")][KEPT_RUNS:]
    balances = await read_balances(session, [job.id for job in old])
    return [job for job in old if _is_idle(balances[job.id])]


def _is_idle(balance: Balance) -> bool:
    changes = balance.marked_gone + balance.marked_back + balance.superseded
    return not (balance.stored or balance.failed or balance.gone or changes)
