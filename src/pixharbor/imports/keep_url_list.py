"""Keep a list of addresses where every worker finds it, before the import of it is started."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.upsert import insert_into
from pixharbor.errors import BadInput
from pixharbor.jobs.models import Job
from pixharbor.sources.web_urls_links import LIST_PREFIX, SOURCE
from pixharbor.sources.web_urls_lists import PackedList, UrlList, UrlListPage, pack_list
from pixharbor.unit_of_work import Work

MOST_LINES: Final = 1_000_000
# Pages that are written in one transaction: whoever waits to write waits some milliseconds.
PAGES_AT_ONCE: Final = 50
# A list that no job has come from, or whose job was deleted, is kept this long.
KEEP_UNUSED: Final = timedelta(days=1)


class ListTooLong(BadInput):
    """A list has at most 1,000,000 addresses."""

    code = "list_too_long"
    cure = "Cut it in parts and import each."


class ListEmpty(BadInput):
    """There is no address in this list."""

    code = "list_empty"
    cure = "Write one address a line, such as https://example.org/photos/cat.jpg"


async def keep_url_list(lines: Iterable[str], *, owner: int, name: str, work: Work) -> UrlList:
    """Keep the lines; the same list of the same owner is kept once. Raises BadInput.

    Its location is `location_of` it. Nothing is checked here: a line that is no address becomes
    an item that says so.
    """
    packed = await asyncio.to_thread(lambda: pack_list(_bounded(lines), owner))
    if not packed.lines:
        raise ListEmpty
    kept = UrlList(
        id=packed.id,
        owner=owner,
        name=name,
        lines=packed.lines,
        pages=len(packed.pages),
        created_at=datetime.now(UTC),
    )
    async with work() as unit:
        await _forget_unused(unit.session)
        await _write_head(unit.session, kept)
    for first in range(0, len(packed.pages), PAGES_AT_ONCE):
        async with work() as unit:
            await _write_pages(unit.session, packed, first)
    return kept


def location_of(kept: UrlList) -> str:
    """How an import names the list."""
    return LIST_PREFIX + kept.id


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    for count, line in enumerate(lines):
        if count == MOST_LINES:
            raise ListTooLong
        yield line


async def _forget_unused(session: AsyncSession) -> None:
    """Delete lists that were brought long ago and that no job names."""
    used = exists().where(Job.source == SOURCE, Job.place == literal(LIST_PREFIX) + UrlList.id)
    old = UrlList.created_at < datetime.now(UTC) - KEEP_UNUSED
    unused = list(await session.scalars(select(UrlList.id).where(old, ~used).order_by(UrlList.id)))
    await session.execute(delete(UrlListPage).where(UrlListPage.list_id.in_(unused)))
    await session.execute(delete(UrlList).where(UrlList.id.in_(unused)))


async def _write_head(session: AsyncSession, kept: UrlList) -> None:
    """Before its pages, and anew if it is there: a list that somebody brings is not unused."""
    fresh = {"name": kept.name, "created_at": kept.created_at}
    rest = {"id": kept.id, "owner": kept.owner, "lines": kept.lines, "pages": kept.pages}
    connection = await session.connection()
    upsert = insert_into(UrlList, dialect=connection.dialect.name).values(fresh | rest)
    await session.execute(upsert.on_conflict_do_update(index_elements=[UrlList.id], set_=fresh))


async def _write_pages(session: AsyncSession, packed: PackedList, first: int) -> None:
    connection = await session.connection()
    pages = packed.pages[first : first + PAGES_AT_ONCE]
    rows = [
        {"list_id": packed.id, "number": first + number, "packed": page}
        for number, page in enumerate(pages)
    ]
    insert = insert_into(UrlListPage, dialect=connection.dialect.name)
    await connection.execute(insert.on_conflict_do_nothing(), rows)
