"""A task on which workers crash without end: its job fails, and says so, instead of going round."""

from datetime import UTC, datetime

import structlog

from pixharbor.jobs.control import lock_job
from pixharbor.jobs.leases import Lease, complete
from pixharbor.jobs.states import ACTIVE, JobState
from pixharbor.unit_of_work import Work

log = structlog.get_logger()

# Crashes in a row, with nothing done between them. A chunk is cut in halves long before
# (imports/split_chunk.py); for listing and closing there is nothing to cut.
MOST_CRASHES = 20


async def give_up(lease: Lease, *, work: Work) -> None:
    """Fail the job that the task belongs to; what it has stored stays."""
    log.error("task.given_up", task=lease.name, id=str(lease.id), crashes=lease.crashes)
    async with work() as unit:
        job = await lock_job(unit.session, lease.job_id)
        if job.state in ACTIVE:
            job.state, job.finished_at = JobState.FAILED, datetime.now(UTC)
            job.error_code = "too_many_crashes"
            job.error_message = f"Workers crashed {lease.crashes} times in a row at {lease.name}."
            job.error_cure = "The logs of that time say why; import again when it is mended."
        await complete(unit.session, lease)
