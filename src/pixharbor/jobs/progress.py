"""How fast a job goes and how long it will take, from its balance and its source's quota."""

import time
from collections import OrderedDict, deque
from datetime import UTC, datetime
from uuid import UUID

from pixharbor.jobs.balance import Balance
from pixharbor.jobs.estimate_import import estimate_import
from pixharbor.jobs.models import Job
from pixharbor.jobs.retryable import refuse_retry
from pixharbor.jobs.schemas import (
    GovernorState,
    JobAnswer,
    Plan,
    QuotaEstimate,
    SourceChanges,
    error_of,
    note_of,
    pause_of,
    running_seconds,
    sheet_of,
)
from pixharbor.jobs.states import ACTIVE, FINISHED, JobState
from pixharbor.sources.accounts import SourcesOfJobs
from pixharbor.sources.base import Governed, Source

# The speed is measured over this long, from the samples that answers have left behind.
MEASURED_SECONDS = 10
REMEMBERED_JOBS = 256


class Speedometer:
    """Items per second of the jobs that are being looked at; only a cache, the books are in SQL."""

    def __init__(self) -> None:
        self._samples: OrderedDict[UUID, deque[tuple[float, int]]] = OrderedDict()

    def measure(self, job_id: UUID, done: int) -> float | None:
        """The speed over the last seconds, None on the first look at a job."""
        now = time.monotonic()
        samples = self._samples.setdefault(job_id, deque(maxlen=256))
        self._samples.move_to_end(job_id)
        if len(self._samples) > REMEMBERED_JOBS:
            self._samples.popitem(last=False)
        while len(samples) > 1 and samples[0][0] < now - MEASURED_SECONDS:
            samples.popleft()
        samples.append((now, done))
        elapsed = now - samples[0][0]
        return (done - samples[0][1]) / elapsed if elapsed >= 1 else None


_speedometer = Speedometer()


async def describe_job(job: Job, balance: Balance, sources: SourcesOfJobs) -> JobAnswer:
    """The job as the API answers it. Call it outside of sessions: it asks the governor's row."""
    source = await sources.look_up(job.source, job.options.get("connection_id"))
    governed = source if isinstance(source, Governed) else None
    speed = _speed(job, balance)
    quota = _quota(job, balance, source)
    return JobAnswer(
        id=job.id,
        kind="import" if job.kind == "import" else "batch",
        state=JobState(job.state),
        source=job.source,
        location=job.location,
        name=job.name,
        priority=job.priority,
        connection_id=job.options.get("connection_id"),
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        balance=sheet_of(balance),
        bytes_stored=balance.bytes_stored,
        images_per_second=round(speed, 1) if speed is not None else None,
        eta_seconds=_eta(job, balance, speed, quota),
        quota=quota,
        pause=pause_of(job),
        note=note_of(job, datetime.now(UTC)),
        governor=await _governor(job, governed),
        error=error_of(job),
        filters=job.options.get("filters", {}),
        dry_run=bool(job.options.get("dry_run")),
        retryable=refuse_retry(job, source, folders_failed=balance.folders_failed) is None,
        plan=_plan(job, source),
        at_source=SourceChanges(
            gone=balance.marked_gone, back=balance.marked_back, superseded=balance.superseded
        ),
    )


def _plan(job: Job, source: Source | None) -> Plan | None:
    plan = job.options.get("plan")
    if plan is None:
        return None
    quota = None
    if source:
        quota = estimate_import(source, job.location, files=plan["files"], size=plan["bytes"])
    return Plan(**plan, quota=quota)


def _speed(job: Job, balance: Balance) -> float | None:
    """Over the last seconds while it runs; over all its time before a first sample and after."""
    elapsed = running_seconds(job, datetime.now(UTC))
    overall = balance.settled / elapsed if elapsed > 0 else None
    if job.state in FINISHED:
        return overall
    measured = _speedometer.measure(job.id, balance.settled)
    return overall if measured is None else measured


def _quota(job: Job, balance: Balance, source: Source | None) -> QuotaEstimate | None:
    """What the plan of a dry run says, of the rest: its files are taken to be as large as others.

    A million items are not summed up at each look.
    """
    if source is None or job.state in FINISHED or not balance.pending:
        return None
    mean = balance.bytes_stored / balance.stored if balance.stored else 0.0
    size = int(balance.pending * mean)
    return estimate_import(source, job.location, files=balance.pending, size=size)


async def _governor(job: Job, governed: Governed | None) -> GovernorState | None:
    if governed is None or job.state not in ACTIVE:
        return None
    quota = await governed.quota()
    if quota is None:
        return None
    return GovernorState(
        units_per_second=round(quota.units_per_second, 1),
        allowed_units_per_second=round(quota.allowed_units_per_second, 1),
    )


def _eta(
    job: Job, balance: Balance, speed: float | None, quota: QuotaEstimate | None
) -> float | None:
    """The slower of what is measured and what the quota allows, where its limit is certain."""
    if job.state not in ACTIVE or not balance.pending:
        return None
    measured = balance.pending / speed if speed else None
    allowed = quota.seconds if quota and quota.day != "waits_if_free" else None
    known = [seconds for seconds in (measured, allowed) if seconds is not None]
    return round(max(known), 1) if known else None
