"""Fan-out: announce the tasks that are due, a few of each job at a time, in turn."""

from sqlalchemy import ScalarSelect, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from pixharbor.db.clock import now_ms
from pixharbor.jobs.models import Job, Task
from pixharbor.jobs.states import JobState, TaskState
from pixharbor.transports.base import WakeUp
from pixharbor.unit_of_work import UnitOfWork

# Tasks of one job that are announced and not done, at most: no queue ever holds a million of
# anything, and a small job behind a large one waits for a few tasks only (R15).
WINDOW = 4


async def announce(unit: UnitOfWork) -> None:
    """Wake workers for the next due tasks: by priority, then one job after the other."""
    waiting = (
        select(
            Task.id,
            Task.name,
            Task.queue,
            Task.priority,
            func.row_number()
            .over(partition_by=Task.job_id, order_by=(Task.priority.desc(), Task.lo))
            .label("turn"),
            _under_way().label("under_way"),
        )
        .join(Job, Job.id == Task.job_id)
        .where(
            Task.state == TaskState.QUEUED,
            Task.published_at.is_(None),
            Task.run_at <= now_ms(),
            Job.state != JobState.PAUSED,
        )
        .subquery()
    )
    due = (
        await unit.session.execute(
            select(waiting.c.id, waiting.c.name, waiting.c.queue)
            .where(waiting.c.turn + waiting.c.under_way <= WINDOW)
            .order_by(waiting.c.priority.desc(), waiting.c.turn)
        )
    ).all()
    if not due:
        return
    await unit.session.execute(
        update(Task).where(Task.id.in_([row.id for row in due])).values(published_at=now_ms())
    )
    for row in due:
        unit.wake(row.queue, WakeUp(row.name, row.id))


def _under_way() -> ScalarSelect[int]:
    """How many tasks of the same job are announced or running."""
    other = aliased(Task)
    return (
        select(func.count())
        .where(
            other.job_id == Task.job_id,
            or_(
                other.state == TaskState.RUNNING,
                and_(other.state == TaskState.QUEUED, other.published_at.is_not(None)),
            ),
        )
        .scalar_subquery()
    )
