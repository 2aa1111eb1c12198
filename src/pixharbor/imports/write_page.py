"""Write one listed page down: its items, its sub-folders and its chunks, with the next cursor."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pixharbor.db.among import among
from pixharbor.db.base import table_of
from pixharbor.db.insert_rows import insert_rows
from pixharbor.db.upsert import insert_into
from pixharbor.imports.filters import filters_of
from pixharbor.imports.settle_known import (
    Settled,
    follow_names,
    keepable,
    renamed_among,
    settle_known,
)
from pixharbor.jobs.fan_out import announce
from pixharbor.jobs.leases import Lease, record
from pixharbor.jobs.models import Folder, Item, Job, Task
from pixharbor.jobs.states import ItemState
from pixharbor.sources.base import Location, SourceFile, SourcePage
from pixharbor.transports.base import Queue
from pixharbor.unit_of_work import Work

# Items of one chunk: what a crash may cost again, against rows and wake-ups for a million.
CHUNK_ITEMS = 250
# Of folders, where nobody sets a limit: Google's nest to 100, and a folder that leads to ever new
# ones (a mount inside itself, say) has an end.
DEEPEST = 1000

_items, _jobs, _folders = table_of(Item), table_of(Job), table_of(Folder)
_INSERT_TASKS = insert(table_of(Task))
_LOCK_JOB = (
    select(_jobs.c.id).where(_jobs.c.id == bindparam("of_job")).with_for_update(key_share=True)
)
_FIND_LISTED = select(_items.c.provider_id, _items.c.path, _items.c.also_at).where(
    _items.c.job_id == bindparam("of_job"), among(_items.c.provider_id, "ids")
)
_TAKE_NUMBERS = (
    update(_jobs)
    .where(_jobs.c.id == bindparam("of_job"))
    .values(next_seq=_jobs.c.next_seq + bindparam("count"))
    .returning(_jobs.c.next_seq)
)
_WRITE_FOLDER = (
    update(_folders)
    .where(
        _folders.c.job_id == bindparam("of_job"), _folders.c.provider_id == bindparam("of_folder")
    )
    .values(cursor=bindparam("cursor"), state=bindparam("state"))
)


async def write_page(
    lease: Lease,
    job: Job,
    folder: Folder,
    page: SourcePage,
    *,
    work: Work,
    once_more: bool = False,
) -> None:
    """All of the page or nothing of it, so that a killed listing goes on at this page's cursor.

    After a last page that is to be listed `once_more` the folder begins again at its first page.
    What is known of its files is asked before: the transaction is short, and others' writes wait.
    """
    async with work.read(briefly=True) as session:
        settled = await settle_known(session, job, page.files, filters_of(job.options))
    async with work() as unit:
        session = unit.session
        # Pages of several folders come side by side. As lock_job, without the object: 0.3 ms not 1.
        await session.execute(_LOCK_JOB, {"of_job": lease.job_id})
        files = await _not_yet_listed(session, lease.job_id, page.files)
        items = await _number_items(session, lease.job_id, files, settled)
        last_page = page.next_cursor is None and not once_more
        if not job.options.get("dry_run"):
            await follow_names(session, job, renamed_among(files, settled))
        state = "listed" if last_page else "again" if once_more else folder.state
        await record(session, lease, **_counts(items), folders_listed=int(last_page))
        await insert_rows(session, Item, items)
        if folder.depth < deepest(job.options):
            await _insert_folders(session, folder, page.folders)
        if not job.options.get("dry_run"):
            await insert_chunks(session, lease, lease.job_id, _ranges_to_fetch(items))
        await session.execute(
            _WRITE_FOLDER,
            {
                "of_job": lease.job_id,
                "of_folder": folder.provider_id,
                "cursor": page.next_cursor,
                "state": state,
            },
        )
        await announce(unit)


async def _not_yet_listed(
    session: AsyncSession, job_id: UUID, files: list[SourceFile]
) -> list[SourceFile]:
    """Leave out what has an item: one item per provider file; a shortcut to it adds a path.

    A file that was met through a shortcut first moves to its own place when that is listed.
    """
    known = {
        provider_id: (path, also_at or [])
        for provider_id, path, also_at in await session.execute(
            _FIND_LISTED, {"of_job": job_id, "ids": [file.id for file in files]}
        )
    }
    fresh: dict[str, SourceFile] = {}
    for file in files:
        if file.id not in known:
            fresh.setdefault(file.id, file)
            continue
        path, also_at = known[file.id]
        if file.path == path or file.path in also_at:
            continue
        places: dict[str, object] = {"also_at": [*also_at, file.path]}
        if not file.through_shortcut:
            places = {"also_at": [*also_at, path], "path": file.path}
        await session.execute(
            update(Item).where(Item.job_id == job_id, Item.provider_id == file.id).values(places)
        )
    return list(fresh.values())


async def _number_items(
    session: AsyncSession,
    job_id: UUID,
    files: Sequence[SourceFile],
    settled: Mapping[str, Settled],
) -> list[dict[str, Any]]:
    """The files' items, with the next numbers of the job."""
    after = await session.scalar(_TAKE_NUMBERS, {"of_job": job_id, "count": len(files)})
    assert after is not None
    first = int(after) - len(files)
    return [_item(job_id, first + n, file, settled[file.id]) for n, file in enumerate(files)]


def _item(job_id: UUID, seq: int, file: SourceFile, settled: Settled) -> dict[str, Any]:
    return {
        "job_id": job_id,
        "seq": seq,
        "provider_id": file.id,
        "name": keepable(file.name),
        "path": keepable(file.path),
        "size": file.size,
        "mime_type": file.mime_type,
        "checksum": file.checksum,
        "modified_at": file.modified_at,
        "resource_key": file.resource_key,
        "state": settled.state,
        "reason": settled.reason,
        "message": settled.message,
        "attempts": 0,
        "image_id": settled.image_id,
    }


def _counts(items: list[dict[str, Any]]) -> dict[str, int]:
    counts = {"listed": len(items)}
    for item in items:
        if item["state"] != ItemState.PENDING:
            counts[str(item["state"])] = counts.get(str(item["state"]), 0) + 1
    return counts


async def _insert_folders(session: AsyncSession, parent: Folder, folders: list[Location]) -> None:
    """Put them on the frontier, unless the import has met them: that is where loops end."""
    if not folders:
        return
    connection = await session.connection()
    rows = [
        {
            "job_id": parent.job_id,
            "provider_id": folder.ref,
            "kind": folder.kind,
            "path": keepable(folder.path),
            "depth": parent.depth + 1,
            "resource_key": folder.resource_key,
            "state": "pending",
        }
        for folder in folders
    ]
    upsert = insert_into(Folder, dialect=connection.dialect.name)
    await connection.execute(upsert.on_conflict_do_nothing(), rows)


def deepest(options: Mapping[str, Any]) -> int:
    """How far below the place an import goes."""
    if not options.get("recursive", True):
        return 0
    limit: int | None = (options.get("filters") or {}).get("max_depth")
    return DEEPEST if limit is None else limit


def _ranges_to_fetch(items: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Cut the items into chunks, and leave out those that have nothing to fetch in them."""
    parts = [items[start : start + CHUNK_ITEMS] for start in range(0, len(items), CHUNK_ITEMS)]
    return [
        (part[0]["seq"], part[-1]["seq"])
        for part in parts
        if any(item["state"] == ItemState.PENDING for item in part)
    ]


async def insert_chunks(
    session: AsyncSession, whose: Job | Lease, job_id: UUID, ranges: Sequence[tuple[int, int]]
) -> None:
    """The tasks that each fetch what is pending of the items from the first to the last number."""
    rows = [
        {
            "id": uuid7(),
            "name": "imports.fetch_chunk",
            "queue": Queue.IMPORT,
            "owner": whose.owner,
            "job_id": job_id,
            "lo": lo,
            "hi": hi,
            "priority": whose.priority,
        }
        for lo, hi in ranges
    ]
    if rows:
        await session.execute(_INSERT_TASKS, rows)
