"""The reconciler: plain SQL, in every process, that puts right whatever a crash left behind."""

import os

import structlog
from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.analyze import analyze_new_tables
from pixharbor.db.clock import now_ms
from pixharbor.jobs.control import resume_due_pauses
from pixharbor.jobs.fan_out import announce, free_tasks
from pixharbor.jobs.finish import queue_finish
from pixharbor.jobs.leases import MACHINE
from pixharbor.jobs.models import Job, Task
from pixharbor.jobs.states import ACTIVE, TaskState
from pixharbor.unit_of_work import Work

log = structlog.get_logger()

RECONCILE_SECONDS = 2
# A wake-up that has brought nobody for this long is taken for lost and sent again; a duplicate
# costs one refused claim.
UNHEARD_SECONDS = 15


async def resume_stalled(work: Work) -> None:
    """One round: dead leases back, unheard wake-ups again, due pauses over, done jobs closed."""
    async with work() as unit:
        await resume_due_pauses(unit.session)
        await _return_expired(unit.session)
        await _forget_unheard(unit.session, seconds=UNHEARD_SECONDS)
        await _close_finished(unit.session)
        await announce(unit)
    async with work() as unit:
        await analyze_new_tables(unit.session)


async def take_over_own(work: Work) -> None:
    """At start: what processes of this machine held that no longer live is to be had at once.

    Wake-ups may have died with such a process's memory, so all are sent again.
    """
    async with work() as unit:
        holders = await unit.session.scalars(
            select(Task.lease_holder).where(Task.state == TaskState.RUNNING).distinct()
        )
        dead = [holder for holder in holders if holder and _is_dead(holder)]
        if dead:
            log.info("leases.taken_over", holders=dead)
            await _queue_again(unit.session, Task.lease_holder.in_(dead))
        await _forget_unheard(unit.session, seconds=0)


def _is_dead(holder: str) -> bool:
    """Whether the holder is a process of this machine that has ended. Other machines: unknown."""
    pid, _, host = holder.partition("@")
    if host != MACHINE:
        return False
    if int(pid) == os.getpid():
        return True  # we have only just started: an earlier process had our number
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


async def _return_expired(session: AsyncSession) -> None:
    await _queue_again(session, Task.lease_until < now_ms())


async def _queue_again(session: AsyncSession, condition: ColumnElement[bool]) -> None:
    """A lost lease counts as one crash of its task; work that gets somewhere forgives it."""
    await session.execute(
        update(Task)
        .where(Task.id.in_(free_tasks(Task.state == TaskState.RUNNING, condition)))
        .values(
            state=TaskState.QUEUED,
            crashes=Task.crashes + 1,
            published_at=None,
            lease_token=None,
            lease_until=None,
        )
    )


async def _forget_unheard(session: AsyncSession, *, seconds: float) -> None:
    unheard = Task.published_at <= now_ms() - seconds * 1000
    await session.execute(
        update(Task)
        .where(Task.id.in_(free_tasks(Task.state == TaskState.QUEUED, unheard)))
        .values(published_at=None)
    )


async def _close_finished(session: AsyncSession) -> None:
    """Two last tasks that commit together each see the other: then nobody has closed the job."""
    unfinished = exists().where(Task.job_id == Job.id, Task.state != TaskState.DONE)
    done = select(Job).where(Job.state.in_(ACTIVE), ~unfinished).order_by(Job.id)
    for job in await session.scalars(done):
        await queue_finish(session, job)
