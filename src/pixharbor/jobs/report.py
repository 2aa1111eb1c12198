"""A job's report as CSV: every item with its fate, streamed page by page."""

import csv
import io
from collections.abc import AsyncIterator
from uuid import UUID

from pixharbor.jobs.models import Item
from pixharbor.jobs.read_jobs import list_items
from pixharbor.unit_of_work import Work

COLUMNS = (
    *("seq", "provider_id", "name", "path", "size"),
    *("state", "reason", "message", "attempts", "image_id"),
)
PAGE_ITEMS = 1000
# A spreadsheet takes a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


async def write_report(job_id: UUID, *, work: Work) -> AsyncIterator[bytes]:
    """Yield the report; memory stays flat however long the job is."""
    yield _lines([COLUMNS])
    after = 0
    while True:
        async with work.read() as session:
            items = await list_items(
                session, job_id, state=None, reason=None, after=after, limit=PAGE_ITEMS
            )
        if not items:
            return
        yield _lines([_row(item) for item in items])
        after = items[-1].seq


def _row(item: Item) -> tuple[object, ...]:
    return tuple(_harmless(getattr(item, column)) for column in COLUMNS)


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _lines(rows: list[tuple[object, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
