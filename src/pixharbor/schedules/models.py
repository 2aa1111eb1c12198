"""The table of schedules."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from pixharbor.db.base import Base, UtcTime


class Schedule(Base):
    """When a place is imported again, and how. A place has one schedule at most."""

    __tablename__ = "schedules"
    __table_args__ = (
        UniqueConstraint("owner", "source", "place"),
        Index("ix_schedules_next_at", "next_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    owner: Mapped[int]
    source: Mapped[str] = mapped_column(String(32))
    location: Mapped[str]  # the link as it was given
    place: Mapped[str]
    name: Mapped[str | None]
    options: Mapped[dict[str, Any]] = mapped_column(JSON)  # of the jobs that it starts
    priority: Mapped[int]
    every: Mapped[str] = mapped_column(String(100))  # as it was given: "daily"
    cron: Mapped[str] = mapped_column(String(100))  # what that means: "12 9 * * *"
    timezone: Mapped[str] = mapped_column(String(64))
    next_at: Mapped[datetime | None] = mapped_column(UtcTime)  # None while it is paused
    last_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when the last run was due
    last_job_id: Mapped[UUID | None]  # the record of the job may be deleted
    last_error: Mapped[str | None]  # why the last run started no job
    created_at: Mapped[datetime] = mapped_column(UtcTime)
