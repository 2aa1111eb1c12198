"""What the API answers about jobs: shapes of the contract, made from rows."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from pixharbor.db.wire import UtcWire
from pixharbor.jobs.balance import Balance
from pixharbor.jobs.models import Job
from pixharbor.jobs.states import ACTIVE, ItemState, JobState

# So many folders that could not be listed are named in an answer about their job.
TOLD_FOLDERS = 20


class FolderBalance(BaseModel):
    """What became of the folders."""

    listed: int
    failed: int


class BalanceSheet(BaseModel):
    """listed = pending + stored + duplicate + skipped + failed + gone + cancelled, always."""

    listed: int
    pending: int
    stored: int
    duplicate: int
    skipped: int
    failed: int
    gone: int
    cancelled: int
    folders: FolderBalance


class Pause(BaseModel):
    """Why the job waits; `until` is null when a person has to act."""

    reason: str
    message: str | None
    until: UtcWire | None


class GovernorState(BaseModel):
    """How fast the job's source is asked, in the provider's units, against what it allows."""

    units_per_second: float
    allowed_units_per_second: float


class QuotaEstimate(BaseModel):
    """How long the rest takes at the provider's limit, and what happens at that of a day.

    `day`: the import waits for the next day; or does so if the link's owner has a free account; or
    the provider goes on, and charges. None: a day's limit is not reached.
    """

    seconds: float
    day: Literal["waits", "waits_if_free", "charged"] | None = None
    sentence: str = Field(examples=["at Google's limit this needs 6 min 10 s"])


class PlannedType(BaseModel):
    """Files of one type, as the source declares it."""

    type: str
    files: int
    bytes: int


class Plan(BaseModel):
    """What a dry run found to be fetched; what would be left out stands among the reasons."""

    files: int
    bytes: int
    files_without_size: int = Field(description="The source does not say how large these are.")
    types: list[PlannedType]
    quota: QuotaEstimate | None


class SourceChanges(BaseModel):
    """What this import found changed of files that were imported from this place before."""

    gone: int = Field(description="No longer there; their images are kept, and marked.")
    back: int = Field(description="There again after they were gone.")
    superseded: int = Field(description="Have other content now; the image of the old is kept.")


class JobError(BaseModel):
    """Why a job could not finish."""

    code: str
    message: str
    cure: str


class ReasonCount(BaseModel):
    """How many items ended so, and what can be done about it."""

    state: ItemState
    reason: str
    count: int
    sentence: str
    cure: str


class JobAnswer(BaseModel):
    """A job and how it stands; the balance adds up in every answer."""

    id: UUID
    kind: Literal["import", "batch"]
    state: JobState
    source: str
    location: str
    name: str | None
    priority: int
    connection_id: UUID | None = None
    created_at: UtcWire
    started_at: UtcWire | None
    finished_at: UtcWire | None
    balance: BalanceSheet
    bytes_stored: int
    images_per_second: float | None
    eta_seconds: float | None
    quota: QuotaEstimate | None
    pause: Pause | None
    note: str | None = Field(description="Why an active job stands still; null when it does not.")
    governor: GovernorState | None
    error: JobError | None
    filters: dict[str, Any]
    dry_run: bool
    retryable: bool = Field(description="Whether what failed in it may be tried again.")
    plan: Plan | None = Field(description="The result of a dry run, once it has one.")
    at_source: SourceChanges


class FailedFolder(BaseModel):
    """A folder that could not be listed, so that nobody knows what is missing from it."""

    provider_id: str
    path: str = Field(description="Below the place of the job; empty for the place itself.")
    reason: str
    message: str
    sentence: str
    cure: str


class JobDetail(JobAnswer):
    """A job with its reasons counted, and the first folders that could not be listed."""

    reasons: list[ReasonCount]
    failed_folders: list[FailedFolder] = Field(
        description=f"The first {TOLD_FOLDERS}; balance.folders.failed counts them, and report.csv "
        "names them all."
    )


class JobList(BaseModel):
    """A page of jobs, newest first."""

    jobs: list[JobAnswer]
    next_cursor: str | None


class ItemAnswer(BaseModel):
    """One file of a job, with its fate."""

    seq: int
    provider_id: str
    name: str
    path: str
    also_at: list[str]
    size: int | None
    state: ItemState
    reason: str | None
    message: str | None
    cure: str
    attempts: int
    image_id: UUID | None


class ItemList(BaseModel):
    """A page of items, in the order they were listed."""

    items: list[ItemAnswer]
    next_cursor: str | None


class TaskAnswer(BaseModel):
    """A job in the words of the flat API (Celery's)."""

    task_id: UUID
    status: Literal["PENDING", "STARTED", "SUCCESS", "FAILURE", "REVOKED"]
    result: dict[str, Any] | None


def sheet_of(balance: Balance) -> BalanceSheet:
    """The balance as it goes over the wire."""
    return BalanceSheet(
        listed=balance.listed,
        pending=balance.pending,
        stored=balance.stored,
        duplicate=balance.duplicate,
        skipped=balance.skipped,
        failed=balance.failed,
        gone=balance.gone,
        cancelled=balance.cancelled,
        folders=FolderBalance(listed=balance.folders_listed, failed=balance.folders_failed),
    )


def error_of(job: Job) -> JobError | None:
    """Why the job could not finish, None for any other."""
    if job.error_code is None:
        return None
    return JobError(code=job.error_code, message=job.error_message or "", cure=job.error_cure or "")


def pause_of(job: Job) -> Pause | None:
    """Why the job waits, None when it does not."""
    if job.pause_reason is None:
        return None
    return Pause(reason=job.pause_reason, message=job.pause_message, until=job.pause_until)


def note_of(job: Job, now: datetime) -> str | None:
    """Why the job stands still, None when that is no news any more."""
    is_news = job.note_until is not None and job.note_until > now and job.state in ACTIVE
    return job.note if is_news else None


def running_seconds(job: Job, now: datetime) -> float:
    """How long the job has run so far."""
    if job.started_at is None:
        return 0.0
    return ((job.finished_at or now) - job.started_at).total_seconds()
