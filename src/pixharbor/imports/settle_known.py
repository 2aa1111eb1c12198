"""Settle what a listing shows to be known: unchanged, renamed or filtered, and never fetched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.among import among
from pixharbor.db.base import table_of
from pixharbor.images.models import Image, ProviderFile
from pixharbor.imports.filters import Filters, Traits, judge_listed, judge_traits
from pixharbor.jobs.models import Job
from pixharbor.jobs.states import REASONS, ItemState
from pixharbor.sources.base import SourceFile

_files, _images = table_of(ProviderFile), table_of(Image)
# What is remembered of a file; plain columns, for a folder may have a million.
_REMEMBERED = [
    _files.c[name]
    for name in (
        *("provider_id", "image_id", "reason", "name", "path"),
        *("size", "checksum", "modified_at", "version", "traits"),
    )
]
_FIND_KNOWN = (
    select(*_REMEMBERED, _images.c.deleted_at)
    .outerjoin(_images, _images.c.id == _files.c.image_id)
    .where(
        _files.c.owner == bindparam("of_owner"),
        _files.c.source == bindparam("of_source"),
        among(_files.c.provider_id, "ids"),
    )
)
_RENAME_FILE = (
    update(_files)
    .where(
        _files.c.owner == bindparam("of_owner"),
        _files.c.source == bindparam("of_source"),
        _files.c.provider_id == bindparam("of_file"),
    )
    .values(name=bindparam("new_name"), path=bindparam("new_path"))
)
# Another file of the same content only changes its own row.
_RENAME_IMAGE = (
    update(_images)
    .where(_images.c.id == bindparam("of_image"), _images.c.provider_id == bindparam("of_file"))
    .values(
        name=bindparam("new_name"),
        name_folded=bindparam("folded"),
        source_path=bindparam("new_path"),
    )
)


@dataclass(frozen=True, slots=True)
class Settled:
    """A listed file's fate, or that it is pending; `image_id` is the image it is known as."""

    state: str = ItemState.PENDING
    reason: str | None = None
    message: str | None = None
    image_id: UUID | None = None


_PENDING = Settled()


async def settle_known(
    session: AsyncSession, job: Job, files: Sequence[SourceFile], filters: Filters
) -> dict[str, Settled]:
    """The fates of listed files, by their provider's ids; one question for all of them."""
    known = await find_known(session, job, [file.id for file in files if file.fate is None])
    return {file.id: _settle(file, known.get(file.id), filters) for file in files}


class Renamed(NamedTuple):
    """A known file with another name or place, and the image that it became."""

    provider_id: str
    image_id: UUID | None
    name: str
    path: str


def renamed_among(files: Sequence[SourceFile], settled: Mapping[str, Settled]) -> Sequence[Renamed]:
    """Those of the listed files that were renamed or moved."""
    return [
        Renamed(file.id, settled[file.id].image_id, keepable(file.name), keepable(file.path))
        for file in files
        if settled[file.id].reason == "renamed"
    ]


async def follow_names(session: AsyncSession, job: Job, files: Sequence[Renamed]) -> None:
    """Give the files their new names and places, and the images that they became."""
    rows: list[dict[str, Any]] = [
        {
            "of_owner": job.owner,
            "of_source": job.source,
            "of_file": file.provider_id,
            "of_image": file.image_id,
            "new_name": file.name,
            "new_path": file.path,
            "folded": file.name.casefold(),
        }
        for file in sorted(files)
    ]
    if rows:
        connection = await session.connection()
        await connection.execute(_RENAME_IMAGE, sorted(rows, key=lambda row: str(row["of_image"])))
        await connection.execute(_RENAME_FILE, rows)


def keepable(name: str) -> str:
    """PostgreSQL keeps no NUL; everything else of a name is data and stays as given."""
    return name.replace("\0", "")


async def find_known(session: AsyncSession, job: Job, ids: Sequence[str]) -> dict[str, Any]:
    """What is remembered of these files; a person who imports them brings back what is deleted."""
    if not ids:
        return {}
    about = {"of_owner": job.owner, "of_source": job.source, "ids": list(ids)}
    found = await session.execute(_FIND_KNOWN, about)
    with_trash = bool(job.options.get("scheduled"))
    return {row.provider_id: row for row in found if with_trash or not _is_thrown_away(row)}


def _is_thrown_away(known: Any) -> bool:
    """Whether its image is in the trash, or was in it for too long (images/purge_trash.py)."""
    return known.deleted_at is not None or known.reason == "in_trash"


def _settle(file: SourceFile, known: Any, filters: Filters) -> Settled:
    if file.fate:
        return Settled(*file.fate)
    left_out = judge_listed(file, filters)
    if left_out:
        return filtered(left_out)
    if known is None or not _is_unchanged(file, known):
        return _PENDING
    settled = settle_unchanged(known, filters)
    names = (keepable(file.name), keepable(file.path))
    if settled.reason == "unchanged" and names != (known.name, known.path):
        return replace(settled, reason="renamed")
    return settled


def settle_unchanged(known: Any, filters: Filters) -> Settled:
    """The fate of a file that is as it was; pending when the filters let it pass now."""
    if _is_thrown_away(known):
        return Settled(ItemState.SKIPPED, "in_trash", REASONS["in_trash"][0])
    if known.reason == "filtered":
        left_out = judge_traits(Traits.from_json(known.traits), filters)
        return filtered(left_out) if left_out else _PENDING
    if known.image_id is None:
        reason = known.reason or "not_an_image"
        return Settled(ItemState.SKIPPED, reason, REASONS[reason][0])
    return Settled(ItemState.DUPLICATE, "unchanged", image_id=known.image_id)


def filtered(why: str) -> Settled:
    """Left out by a filter, whose name the message begins with."""
    return Settled(ItemState.SKIPPED, "filtered", f"Left out by the filter {why}")


def _is_unchanged(file: SourceFile, known: Any) -> bool:
    """By the source's checksum, or by size and time where it states none."""
    if file.checksum and known.checksum:
        return bool(file.checksum == known.checksum and file.size == known.size)
    return (
        file.size is not None
        and file.size == known.size
        and file.modified_at is not None
        and file.modified_at == known.modified_at
    )
