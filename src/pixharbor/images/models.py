"""The tables of images: originals and their variants, how many there are, what was imported."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from pixharbor.db.base import Base, BigId, UtcTime, by_byte

# Lists show no deleted images, so their indexes have none.
LIVING: Final[dict[str, Any]] = {
    "sqlite_where": text("deleted_at IS NULL"),
    "postgresql_where": text("deleted_at IS NULL"),
}
TRASHED: Final[dict[str, Any]] = {
    "sqlite_where": text("deleted_at IS NOT NULL"),
    "postgresql_where": text("deleted_at IS NOT NULL"),
}


class Image(Base):
    """An original. `number` is the small id of the flat API; `id` names it everywhere else.

    `width` and `height` are in pixels as stored, before `orientation` (EXIF, 1-8) is applied.
    """

    __tablename__ = "images"
    __table_args__ = (
        # One living image for each content; a second import of a deleted one makes a new row.
        Index(
            "uq_images_content",
            "owner",
            "sha256",
            unique=True,
            **LIVING,
        ),
        # Newest first; a filter without an index of its own walks this one instead of the rows.
        Index(
            "ix_images_newest",
            *("owner", "created_at", "number", "format", "width", "taken_at", "name_folded"),
            **LIVING,
        ),
        Index("ix_images_source", "owner", "source", "created_at", "number", **LIVING),
        Index("ix_images_job", "job_id", "created_at", "number", **LIVING),
        Index("ix_images_name", "owner", "name_folded", **LIVING),
        Index("ix_images_trash", "owner", "deleted_at", "number", **TRASHED),
        Index("ix_images_trashed_content", "owner", "sha256", **TRASHED),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    owner: Mapped[int]
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(by_byte())  # lower case, for the search by prefix
    size: Mapped[int] = mapped_column(BigInteger)
    mime_type: Mapped[str] = mapped_column(String(64))
    format: Mapped[str] = mapped_column(String(16))
    width: Mapped[int | None]
    height: Mapped[int | None]
    frames: Mapped[int | None]
    orientation: Mapped[int] = mapped_column(default=1)
    # As the camera wrote it (ISO 8601): most cameras do not know their time zone.
    taken_at: Mapped[str | None] = mapped_column(by_byte(32))
    camera: Mapped[str | None]
    sha256: Mapped[str] = mapped_column(String(64))
    provider_hash: Mapped[str | None]
    source: Mapped[str] = mapped_column(String(32))
    provider_id: Mapped[str]
    source_path: Mapped[str]
    job_id: Mapped[UUID | None]  # the record of the job may be deleted; its images stay
    storage_key: Mapped[str]
    damaged: Mapped[str | None]  # why its bytes cannot be shown, once a decode has told
    source_checksum_mismatch: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)  # since when it is in the trash
    gone_at: Mapped[datetime | None] = mapped_column(UtcTime)  # no file at the source has it now
    superseded_by: Mapped[UUID | None]  # its file has other content now: that image


class ImageCount(Base):
    """How many living images each job has brought: totals without counting a million rows."""

    __tablename__ = "image_counts"

    owner: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    images: Mapped[int] = mapped_column(BigInteger)


class Variant(Base):
    """What a recipe made of an image. One row for each pair: asked again, it is found."""

    __tablename__ = "variants"

    image_id: Mapped[UUID] = mapped_column(ForeignKey("images.id"), primary_key=True)
    recipe: Mapped[str] = mapped_column(String(255), primary_key=True)
    storage_key: Mapped[str]
    mime_type: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class PurgedObject(Base):
    """An object that nobody's row names any more: to be deleted (images/purged_objects.py).

    An original's stays here after that, with its content: no schedule brings it back.
    """

    __tablename__ = "purged_objects"
    __table_args__ = (
        Index("ix_purged_objects_content", "owner", "sha256"),
        Index(
            "ix_purged_objects_waiting",
            "claimed_at",
            sqlite_where=text("gone_at IS NULL"),
            postgresql_where=text("gone_at IS NULL"),
        ),
    )

    storage_key: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(String(64))  # of an original; a variant has none
    claimed_at: Mapped[datetime | None] = mapped_column(UtcTime)  # a process is deleting it since
    gone_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ProviderFile(Base):
    """A file of a provider that was fetched, and the image that it became or why it did not.

    Identity is provider id and content: this is how a second import fetches nothing. `place` is
    where it was listed last (imports/mark_changes.py); `replaces` waits there to be marked.
    """

    __tablename__ = "provider_files"
    __table_args__ = (
        Index("ix_provider_files_place", "owner", "source", "place"),
        # Few are gone at a time, and only these are looked for in every listing.
        Index(
            "ix_provider_files_gone",
            *("owner", "source"),
            sqlite_where=text("gone_at IS NOT NULL"),
            postgresql_where=text("gone_at IS NOT NULL"),
        ),
        Index(
            "ix_provider_files_replaces",
            *("owner", "source"),
            sqlite_where=text("replaces IS NOT NULL"),
            postgresql_where=text("replaces IS NOT NULL"),
        ),
    )

    owner: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    provider_id: Mapped[str] = mapped_column(primary_key=True)
    image_id: Mapped[UUID | None] = mapped_column(ForeignKey("images.id"), index=True)
    reason: Mapped[str | None] = mapped_column(String(32))  # why it became no image
    name: Mapped[str]
    path: Mapped[str]
    size: Mapped[int | None] = mapped_column(BigInteger)
    checksum: Mapped[str | None]
    modified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    traits: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # if filtered
    version: Mapped[str | None]  # what its host calls it, to ask whether it still is that one
    place: Mapped[str] = mapped_column(default="")
    gone_at: Mapped[datetime | None] = mapped_column(UtcTime)
    replaces: Mapped[UUID | None]  # the image that the file was before its content changed
