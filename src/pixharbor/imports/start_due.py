"""Start the imports that are due by their schedules, each once, whoever looks first."""

from datetime import UTC, datetime

import structlog
from sqlalchemy import Select, select

from pixharbor.connections.connected_sources import ConnectedSources
from pixharbor.errors import PixharborError
from pixharbor.imports.forget_runs import forget_runs
from pixharbor.imports.start_import import ImportOrder, locate, queue_import
from pixharbor.schedules.due_times import next_due
from pixharbor.schedules.models import Schedule
from pixharbor.unit_of_work import UnitOfWork, Work

log = structlog.get_logger()


async def start_due(work: Work, connected: ConnectedSources) -> None:
    """Every process looks, every 2 s. Times that were missed while all were down run once."""
    while True:
        async with work.read() as session:
            if await session.scalar(_due()) is None:
                return
        # One transaction has the row, moves its time on and makes the job: whoever comes second
        # finds another time there, and a crash before the commit leaves all of it as it was.
        async with work() as unit:
            schedule = await unit.session.scalar(_due().with_for_update(skip_locked=True))
            if schedule is None:
                return
            await _start(unit, schedule, connected)
        await forget_runs(schedule, work=work)


def _due() -> Select[Schedule]:
    due = select(Schedule).where(Schedule.next_at <= datetime.now(UTC))
    return due.order_by(Schedule.next_at).limit(1)


async def _start(unit: UnitOfWork, schedule: Schedule, connected: ConnectedSources) -> None:
    """Queue the import; a place that cannot be imported any more says why, and waits for its turn.

    An import of the place that is still running is this run as well.
    """
    schedule.last_at = schedule.next_at
    schedule.next_at = next_due(schedule.cron, schedule.timezone, after=datetime.now(UTC))
    schedule.last_error = None
    options = {**schedule.options, "scheduled": True}
    order = ImportOrder(schedule.owner, schedule.location, options, schedule.priority)
    try:
        connection_id = schedule.options.get("connection_id")
        source = await connected.source_for(schedule.source, connection_id)
        location = locate(source, schedule.location, schedule.options)
        schedule.last_job_id = await queue_import(unit, order, location, name=schedule.name)
    except KeyError:
        schedule.last_error = f"This server has no source {schedule.source} any more."
    except PixharborError as error:
        schedule.last_error = f"{error.message} {error.cure}".strip()
        log.warning("schedule.refused", schedule=str(schedule.id), code=error.code)
    else:
        log.info("schedule.started", schedule=str(schedule.id), job=str(schedule.last_job_id))
