"""Fan-out: announce the tasks that are due, a few of each job at a time, in turn."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate

from pixharbor.db.base import table_of
from pixharbor.db.clock import now_ms
from pixharbor.jobs.models import Job, Task
from pixharbor.jobs.states import JobState, TaskState
from pixharbor.transports.base import WakeUp
from pixharbor.unit_of_work import UnitOfWork

# So many of each job, and whatever a crash has left, go before the rest of those that wait: the
# listing of a small job, and what it finds, are not held up by a large one's chunks.
FIRST = 2

_tasks = table_of(Task)
_COUNT_PROCESSES = select(func.count(_tasks.c.lease_holder.distinct())).where(
    _tasks.c.state == TaskState.RUNNING
)


async def announce(unit: UnitOfWork) -> None:
    """Wake workers for the next due tasks: by priority, then one job after the other."""
    processes = await unit.session.scalar(_COUNT_PROCESSES) or 1
    window = unit.window * processes
    dialect = (await unit.session.connection()).dialect.name
    due = (await unit.session.execute(_due_tasks(dialect), {"window": window})).all()
    if not due:
        return
    announced = await unit.session.scalars(_publish(), {"due": [row.id for row in due]})
    ours = set(announced)
    for row in due:
        if row.id in ours:
            unit.wake(row.queue, WakeUp(row.name, row.id, urgent=row.urgent))


def announce_first(unit: UnitOfWork, task: Task) -> None:
    """Wake a worker for the first task of a new job, which is always within its window.

    Somebody waits for the answer: nothing is asked, and the row is written once.
    """
    task.published_at = now_ms()
    unit.session.add(task)
    unit.wake(task.queue, WakeUp(task.name, task.id, urgent=True))


def free_tasks(*conditions: ColumnElement[bool]) -> Select[UUID]:
    """Those of the tasks which nobody is changing just now, for changing several at once.

    Every process announces and reconciles: on PostgreSQL they pass each other by (SKIP LOCKED)
    instead of waiting for each other, and what one leaves out another sees to.
    """
    return (
        select(Task.id)
        .where(*conditions)
        .order_by(Task.id)
        .with_for_update(skip_locked=True)
        .correlate(None)
    )


@cache
def _publish() -> ReturningUpdate[UUID]:
    """Announce those that nobody has announced meanwhile."""
    due = Task.id.in_(bindparam("due", expanding=True))
    return (
        update(_tasks)
        .where(_tasks.c.id.in_(free_tasks(due, Task.published_at.is_(None))))
        .values(published_at=now_ms())
        .returning(_tasks.c.id)
    )


@cache  # made once: it is asked after every task and every page, and making it takes 2 ms
def _due_tasks(dialect: str) -> Select[UUID, str, str, bool]:
    """The tasks that may be announced now, in order, when a job may have `window` of them."""
    window = bindparam("window", type_=Integer)
    next_up, under_way = _next_up(window, dialect).subquery(), _under_way()
    place = next_up.c.turn + func.coalesce(under_way.c.tasks, 0)
    urgent = or_(next_up.c.crashes > 0, place <= FIRST)
    return (
        select(next_up.c.id, next_up.c.name, next_up.c.queue, urgent.label("urgent"))
        .outerjoin(under_way, under_way.c.job_id == next_up.c.job_id)
        .where(place <= window)
        .order_by(next_up.c.priority.desc(), next_up.c.turn, next_up.c.job_id)
    )


def _next_up(window: BindParameter[int], dialect: str) -> Select[*tuple[Any, ...]]:
    """The first `window` due tasks of each job, numbered; never all those of a million items.

    Each database has one way to look up a few rows for every row of another table: a million items
    cost 0.5 s in the other's. SQLite knows no LATERAL.
    """
    first = aliased(Task)
    firsts = (
        select(first.id)
        .where(
            first.job_id == Job.id,
            first.state == TaskState.QUEUED,
            first.published_at.is_(None),
            first.run_at <= now_ms(),
        )
        .order_by(first.lo)
        .limit(window)
        .correlate(Job)
    )
    waiting = select(Task.job_id).where(Task.state == TaskState.QUEUED, Task.published_at.is_(None))
    turn = func.row_number().over(partition_by=Job.id, order_by=Task.lo)
    wanted = select(
        *(Task.id, Task.name, Task.queue, Task.job_id, Task.priority, Task.crashes),
        turn.label("turn"),
    ).select_from(Job)
    if dialect == "postgresql":
        of_job = firsts.lateral()
        wanted = wanted.join(of_job, true()).join(Task, Task.id == of_job.c.id)
    else:
        wanted = wanted.join(Task, Task.id.in_(firsts))
    return wanted.where(Job.id.in_(waiting), Job.state != JobState.PAUSED)


def _under_way() -> Subquery:
    """How many tasks of each job are announced or running."""
    announced = and_(Task.state == TaskState.QUEUED, Task.published_at.is_not(None))
    return (
        select(Task.job_id, func.count().label("tasks"))
        .where(or_(Task.state == TaskState.RUNNING, announced))
        .group_by(Task.job_id)
        .subquery()
    )
