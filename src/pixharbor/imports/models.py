"""The table of an import's folders: the frontier of its listing, and what became of each."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pixharbor.db.base import Base


class Folder(Base):
    """A folder that an import has met. The primary key is the visited set: loops end at it."""

    __tablename__ = "folders"
    __table_args__ = (Index("ix_folders_job_state", "job_id", "state"),)

    # Goes with its job: jobs/ deletes a job's record without knowing of folders.
    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    provider_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # folder | file | unknown, as in Location
    path: Mapped[str]
    resource_key: Mapped[str | None]
    cursor: Mapped[str | None]  # where the listing goes on after a crash
    state: Mapped[str] = mapped_column(String(8))  # pending | listed | failed
    reason: Mapped[str | None] = mapped_column(String(32))
    message: Mapped[str | None]
