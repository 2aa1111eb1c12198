"""Have a place imported again: make its schedule, or change the one that it has."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pixharbor.db.locks import lock_names
from pixharbor.jobs.models import Job
from pixharbor.schedules.due_times import next_due, to_cron
from pixharbor.schedules.models import Schedule
from pixharbor.schedules.schemas import ScheduleChange, ScheduleRequest


async def set_schedule(
    session: AsyncSession,
    job: Job,
    wanted: ScheduleRequest,
    *,
    options: dict[str, Any],
    priority: int,
) -> Schedule:
    """Have what this job imports imported again, by these options. Raises BadSchedule.

    They need not be the job's own: it may have been running before they were asked for.
    """
    now = datetime.now(UTC)
    cron = to_cron(wanted.every, wanted.timezone, now=now)
    await lock_names(session, f"schedule {job.owner} {job.source} {job.place}")
    schedule = await session.scalar(
        select(Schedule).where(
            Schedule.owner == job.owner,
            Schedule.source == job.source,
            Schedule.place == job.place,
        )
    )
    if schedule is None:
        schedule = Schedule(
            id=uuid7(), owner=job.owner, source=job.source, place=job.place, created_at=now
        )
        session.add(schedule)
    schedule.location, schedule.name = job.location, job.name
    schedule.options, schedule.priority = options, priority
    schedule.every, schedule.cron, schedule.timezone = wanted.every, cron, wanted.timezone
    schedule.next_at = next_due(cron, wanted.timezone, after=now)
    schedule.last_job_id, schedule.last_error = job.id, None
    return schedule


def change_schedule(schedule: Schedule, wanted: ScheduleChange) -> None:
    """Another time, a pause, or its end: the next run is counted from now. Raises BadSchedule."""
    now = datetime.now(UTC)
    timezone = wanted.timezone or schedule.timezone
    if wanted.every or wanted.timezone:
        schedule.every = wanted.every or schedule.every
        schedule.cron = to_cron(schedule.every, timezone, now=now)
        schedule.timezone = timezone
    paused = schedule.next_at is None if wanted.paused is None else wanted.paused
    schedule.next_at = None if paused else next_due(schedule.cron, timezone, after=now)
