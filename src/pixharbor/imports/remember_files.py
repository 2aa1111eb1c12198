"""Remember which file of the provider became which image, so that it is not fetched again."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import case, func
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.many_rows import execute_with
from pixharbor.db.upsert import Upsert, insert_into
from pixharbor.images.models import ProviderFile
from pixharbor.imports.fates import FileFate
from pixharbor.imports.write_page import DEEPEST, deepest
from pixharbor.jobs.models import Job

_IDENTITY: Final = ("owner", "source", "provider_id")


async def remember_files(
    session: AsyncSession, job: Job, fates: Sequence[FileFate], images: Mapping[int, UUID]
) -> None:
    """Remember images, what is none, what a filter or the trash keeps out; limits may change.

    A file that was another image before says so in `replaces`, for mark_changes.py.
    """
    of_all = {"owner": job.owner, "source": job.source, "place": place_of(job), "gone_at": None}
    rows = [
        {
            **of_all,
            "provider_id": fate.item.provider_id,
            "image_id": images.get(id(fate)),
            "reason": fate.reason if id(fate) not in images else None,
            "name": fate.item.name,
            "path": fate.item.path,
            "size": fate.item.size,
            "checksum": fate.item.checksum,
            "modified_at": fate.item.modified_at,
            "version": fate.version,
            "traits": fate.traits.to_json() if fate.traits else None,
        }
        for fate in fates
        if _is_worth_it(fate, images)
    ]
    if not rows:
        return
    rows.sort(key=lambda row: str(row["provider_id"]))
    connection = await session.connection()
    await execute_with(connection, _insert_or_renew(connection.dialect.name, tuple(rows[0])), rows)


@cache
def _insert_or_renew(dialect: str, columns: tuple[str, ...]) -> Upsert:
    upsert = insert_into(ProviderFile, dialect=dialect)
    changes = {name: upsert.excluded[name] for name in columns if name not in _IDENTITY}
    was, now = ProviderFile.image_id, upsert.excluded.image_id
    replaced = case((was.is_distinct_from(now), was), else_=ProviderFile.replaces)
    return upsert.on_conflict_do_update(
        index_elements=_IDENTITY,
        set_={**changes, "replaces": func.coalesce(replaced, ProviderFile.replaces)},
    )


def _is_worth_it(fate: FileFate, images: Mapping[int, UUID]) -> bool:
    if fate.unchanged:  # what is remembered of it holds
        return False
    return bool(id(fate) in images or fate.reason in ("not_an_image", "in_trash") or fate.traits)


def place_of(job: Job) -> str:
    """The place whose files an import of this job's kind sees: less of them to a lesser depth."""
    limit = deepest(job.options)
    return job.place if limit == DEEPEST else f"{job.place} to depth {limit}"
