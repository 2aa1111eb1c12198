"""The books of a job: the sum over its tasks' counters, which were written with their items."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.jobs.models import Task


@dataclass(frozen=True, slots=True)
class Balance:
    """listed = pending + stored + duplicate + skipped + failed + gone + cancelled, always."""

    listed: int = 0
    stored: int = 0
    duplicate: int = 0
    skipped: int = 0
    failed: int = 0
    gone: int = 0
    cancelled: int = 0
    bytes_stored: int = 0
    folders_listed: int = 0
    folders_failed: int = 0
    marked_gone: int = 0
    marked_back: int = 0
    superseded: int = 0

    @property
    def settled(self) -> int:
        """Items whose fate is known."""
        return (
            self.stored + self.duplicate + self.skipped + self.failed + self.gone + self.cancelled
        )

    @property
    def pending(self) -> int:
        """Items still to be done."""
        return self.listed - self.settled


COUNTERS = tuple(Balance.__dataclass_fields__)


async def read_balances(session: AsyncSession, job_ids: Sequence[UUID]) -> dict[UUID, Balance]:
    """Each job's balance, in one statement, so that it adds up even while the job runs."""
    sums = [func.coalesce(func.sum(getattr(Task, name)), 0) for name in COUNTERS]
    rows = await session.execute(
        select(Task.job_id, *sums).where(Task.job_id.in_(job_ids)).group_by(Task.job_id)
    )
    found = {row[0]: Balance(*(int(value) for value in row[1:])) for row in rows}
    return {job_id: found.get(job_id, Balance()) for job_id in job_ids}
