"""Step 4 of an import: the last one out closes the job and says how it went."""

from datetime import UTC, datetime
from typing import Any

import structlog

from pixharbor.failpoints import reached
from pixharbor.imports.mark_changes import mark_changes
from pixharbor.imports.plan_import import plan_import
from pixharbor.jobs.balance import read_balances
from pixharbor.jobs.control import lock_job
from pixharbor.jobs.finish import has_unfinished
from pixharbor.jobs.leases import Lease, complete
from pixharbor.jobs.models import Job
from pixharbor.jobs.states import ACTIVE, JobState
from pixharbor.unit_of_work import Work

log = structlog.get_logger()


async def finish_import(lease: Lease, *, work: Work) -> None:
    """completed, or partial when an item or a folder failed; a state set before stays.

    A dry run has fetched nothing: what it counted is written down as its plan.
    """
    plan = await _look_back(lease, work)
    async with work() as unit:
        job = await lock_job(unit.session, lease.job_id)
        balance = (await read_balances(unit.session, [job.id]))[job.id]
        # A retry may have come in between; then the last of its tasks queues this step again.
        open_again = await has_unfinished(unit.session, lease)
        if not open_again and (job.state in ACTIVE or job.state == JobState.PAUSED):
            failed = balance.failed + balance.folders_failed
            job.state = JobState.PARTIAL if failed else JobState.COMPLETED
            job.finished_at = datetime.now(UTC)
            if plan is not None:
                job.options = {**job.options, "plan": plan}
            job.paused_from = job.pause_reason = job.pause_message = job.pause_until = None
        await complete(unit.session, lease)
    reached("job_closed")
    log.info(
        "import.finished",
        job=str(job.id),
        state=job.state,
        listed=balance.listed,
        stored=balance.stored,
        failed=balance.failed,
    )


async def _look_back(lease: Lease, work: Work) -> dict[str, Any] | None:
    """Mark what has changed at the source since the last import; answers a dry run's plan."""
    async with work.read() as session:
        job = await session.get_one(Job, lease.job_id)
        if job.options.get("dry_run"):
            return await plan_import(session, job.id)
        balance = (await read_balances(session, [job.id]))[job.id]
    listed = job.state not in (JobState.FAILED, JobState.CANCELLED)
    complete = listed and not balance.folders_failed
    await mark_changes(lease, job, work=work, complete=complete)
    return None
