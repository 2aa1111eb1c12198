"""Web addresses: the lists that people bring, kept as rows for as long as an import needs them.

A list may have a million lines and every worker has to read it, on whichever machine: the database
is the one thing all of them reach (a source knows no store). A row is a page of lines, packed, so
that a million lines are a thousand rows and some 15 MB.
"""

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from pixharbor.db.base import Base, UtcTime
from pixharbor.db.engine import Database

LINES_OF_A_PAGE: Final = 1000
# Level 1 packs a million addresses in a second; higher ones take five for a tenth less.
_PACKING: Final = 1


class UrlList(Base):
    """A list; its id is made from its lines and its owner, so the same list is there once."""

    __tablename__ = "url_lists"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[int]
    name: Mapped[str]  # as people know it: the file's name
    lines: Mapped[int]
    pages: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class UrlListPage(Base):
    """LINES_OF_A_PAGE lines of a list (the last page has what is left), packed."""

    __tablename__ = "url_list_pages"

    list_id: Mapped[str] = mapped_column(ForeignKey("url_lists.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    packed: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class PackedList:
    """A list as it will be kept: its id, how many lines, and its pages."""

    id: str
    lines: int
    pages: list[bytes]


def pack_list(lines: Iterable[str], owner: int) -> PackedList:
    """Pack lines, none of which may hold a line break. A second for a million: use a thread."""
    digest = hashlib.sha256(f"{owner}\n".encode())
    pages: list[bytes] = []
    count = 0
    remaining = iter(lines)
    while page := list(islice(remaining, LINES_OF_A_PAGE)):
        text = "\n".join(page).encode()
        digest.update(text + b"\n")
        pages.append(zlib.compress(text, _PACKING))
        count += len(page)
    return PackedList(digest.hexdigest(), count, pages)


async def find_list(database: Database, list_id: str) -> UrlList | None:
    """The list without its lines; None when it is not kept (any more)."""
    async with database.read() as session:
        return await session.get(UrlList, list_id)


async def read_page(database: Database, list_id: str, number: int) -> list[str] | None:
    """The lines of one page, in the order they were given; None without such a page."""
    async with database.read() as session:
        packed = await session.scalar(
            select(UrlListPage.packed).where(
                UrlListPage.list_id == list_id, UrlListPage.number == number
            )
        )
    return None if packed is None else zlib.decompress(packed).decode().split("\n")
