"""The tables of the engine: jobs, their items and folders, and the tasks that workers claim."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from pixharbor.db.base import Base, UtcTime


class Job(Base):
    """Long work seen from outside. How it stands is the sum over its tasks (balance.py)."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_owner_created", "owner", "created_at", "id"),
        Index("ix_jobs_state", "state"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    owner: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(32))
    location: Mapped[str]  # the link as it was given
    place: Mapped[str]  # the provider's id for it: two links to one folder have one place
    resource_key: Mapped[str | None]
    name: Mapped[str | None]  # what the source calls the folder, once known
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    priority: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    paused_from: Mapped[str | None] = mapped_column(String(16))  # where resuming goes back to
    pause_reason: Mapped[str | None] = mapped_column(String(32))
    pause_message: Mapped[str | None]
    pause_until: Mapped[datetime | None] = mapped_column(UtcTime)
    note: Mapped[str | None]  # why it stands still, though nothing has stopped it
    note_until: Mapped[datetime | None] = mapped_column(UtcTime)  # then the note is no news
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None]
    error_cure: Mapped[str | None]
    round: Mapped[int] = mapped_column(default=0)  # how often a retry has opened it again
    next_seq: Mapped[int] = mapped_column(BigInteger, default=1)


class Item(Base):
    """One file of a job, with its fate."""

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("job_id", "provider_id"),
        Index("ix_items_job_state", "job_id", "state", "seq"),
        # Most items have none: they are stored.
        Index(
            "ix_items_job_reason",
            *("job_id", "reason", "seq", "state"),
            sqlite_where=text("reason IS NOT NULL"),
            postgresql_where=text("reason IS NOT NULL"),
        ),
    )

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    provider_id: Mapped[str]
    name: Mapped[str]
    path: Mapped[str]
    also_at: Mapped[list[str] | None] = mapped_column(JSON)  # further paths, through shortcuts
    size: Mapped[int | None] = mapped_column(BigInteger)
    mime_type: Mapped[str]
    checksum: Mapped[str | None]
    modified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    resource_key: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(32))
    message: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    image_id: Mapped[UUID | None]


class Folder(Base):
    """A folder that a job has met, with its fate: the frontier of its listing.

    The primary key is the visited set: loops end at it.
    """

    __tablename__ = "folders"
    __table_args__ = (Index("ix_folders_job_state", "job_id", "state"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    provider_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # folder | file | unknown, as in Location
    path: Mapped[str]
    depth: Mapped[int] = mapped_column(default=0)  # below the place; names may hold "/"
    resource_key: Mapped[str | None]
    cursor: Mapped[str | None]  # where the listing goes on after a crash
    state: Mapped[str] = mapped_column(
        String(8)
    )  # pending | again (a second time) | listed | failed
    reason: Mapped[str | None] = mapped_column(String(32))
    message: Mapped[str | None]


class Task(Base):
    """A row of work that a worker claims. Its counters are what it has done so far.

    `run_at`, `lease_until` and `published_at` are the database's clock in epoch milliseconds.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_job_state", "job_id", "state", "lo"),
        Index("ix_tasks_state", "state", "published_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    queue: Mapped[str] = mapped_column(String(16))
    owner: Mapped[int]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    lo: Mapped[int] = mapped_column(BigInteger, default=0)
    hi: Mapped[int] = mapped_column(BigInteger, default=0)
    priority: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default="queued")
    run_at: Mapped[int] = mapped_column(BigInteger, default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[UUID | None]
    lease_holder: Mapped[str | None]
    lease_until: Mapped[int | None] = mapped_column(BigInteger)
    published_at: Mapped[int | None] = mapped_column(BigInteger)
    listed: Mapped[int] = mapped_column(BigInteger, default=0)
    stored: Mapped[int] = mapped_column(BigInteger, default=0)
    duplicate: Mapped[int] = mapped_column(BigInteger, default=0)
    skipped: Mapped[int] = mapped_column(BigInteger, default=0)
    failed: Mapped[int] = mapped_column(BigInteger, default=0)
    gone: Mapped[int] = mapped_column(BigInteger, default=0)
    cancelled: Mapped[int] = mapped_column(BigInteger, default=0)
    bytes_stored: Mapped[int] = mapped_column(BigInteger, default=0)
    folders_listed: Mapped[int] = mapped_column(BigInteger, default=0)
    folders_failed: Mapped[int] = mapped_column(BigInteger, default=0)
    # Files of earlier imports of this place that are no longer there, are back, have other content.
    marked_gone: Mapped[int] = mapped_column(BigInteger, default=0)
    marked_back: Mapped[int] = mapped_column(BigInteger, default=0)
    superseded: Mapped[int] = mapped_column(BigInteger, default=0)


class IdempotencyKey(Base):
    """The answer to a request that created work, so that the same request creates it once."""

    __tablename__ = "idempotency_keys"

    owner: Mapped[int] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_sha256: Mapped[str] = mapped_column(String(64))
    job_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
