"""A job's report as CSV: every item with its fate, then folders that were not listed; streamed."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from pixharbor.jobs.models import Folder, Item
from pixharbor.jobs.read_jobs import list_failed_folders, list_items
from pixharbor.unit_of_work import Work

COLUMNS = (
    *("seq", "provider_id", "name", "path", "size"),
    *("state", "reason", "message", "attempts", "image_id"),
)
PAGE_ROWS = 1000
# The state of a folder's row: none of an item's, so that counted rows agree with the books.
FOLDER_FAILED = "folder_failed"
# A spreadsheet takes a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


async def write_report(job_id: UUID, *, work: Work) -> AsyncIterator[bytes]:
    """Yield the report; memory stays flat however long the job is."""
    yield _lines([COLUMNS])
    async for items in _pages_of_items(job_id, work):
        yield _lines([_item_row(item) for item in items])
    async for folders in _pages_of_folders(job_id, work):
        yield _lines([_folder_row(folder) for folder in folders])


async def _pages_of_items(job_id: UUID, work: Work) -> AsyncIterator[Sequence[Item]]:
    after = 0
    while True:
        async with work.read() as session:
            items = await list_items(
                session, job_id, state=None, reason=None, after=after, limit=PAGE_ROWS
            )
        if not items:
            return
        yield items
        after = items[-1].seq


async def _pages_of_folders(job_id: UUID, work: Work) -> AsyncIterator[Sequence[Folder]]:
    after = None
    while True:
        async with work.read() as session:
            folders = await list_failed_folders(session, job_id, after=after, limit=PAGE_ROWS)
        if not folders:
            return
        yield folders
        after = folders[-1]


def _item_row(item: Item) -> tuple[object, ...]:
    return tuple(_harmless(getattr(item, column)) for column in COLUMNS)


def _folder_row(folder: Folder) -> tuple[object, ...]:
    """The same columns; what only a file has is empty."""
    known = {
        "provider_id": folder.provider_id,
        "path": folder.path,
        "state": FOLDER_FAILED,
        "reason": folder.reason,
        "message": folder.message,
    }
    return tuple(_harmless(known.get(column)) for column in COLUMNS)


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _lines(rows: list[tuple[object, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
