"""Answer list_folder and list_folder/continue: cut a page, keep the rendered entries."""

import asyncio
import base64
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import orjson

from pixharbor_emulators import dropbox_errors as errors
from pixharbor_emulators.drive_errors import Refused, Reply
from pixharbor_emulators.dropbox_metadata import metadata
from pixharbor_emulators.dropbox_tree import DropboxEntry, DropboxTree
from pixharbor_emulators.faults import EmptyPage, OneEntryPage

LARGEST_PAGE: Final = 2000
_THREADS: Final = 4


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a listing stands: all that a cursor holds. Ids, for paths change while one lists.

    `below` is the linked folder, "" in an account; `size` is the most entries of a page.
    """

    folder: str
    below: str
    recursive: bool
    papers: bool
    size: int
    start: int = 0
    follows_empty: bool = False

    def cursor(self, start: int, *, is_empty: bool) -> str:
        """Make the cursor of the page that begins at `start`; no two empty ones follow another."""
        packed = orjson.dumps(
            [self.folder, self.below, self.recursive, self.papers, self.size, start, is_empty]
        )
        return "AA" + base64.urlsafe_b64encode(packed).decode()


def read_cursor(cursor: str) -> Listing:
    """Understand a cursor. Raises ValueError for a made-up one."""
    try:
        return Listing(*orjson.loads(base64.urlsafe_b64decode(cursor.removeprefix("AA"))))
    except TypeError as error:
        raise ValueError(cursor) from error


def begin(
    folder: DropboxEntry, below: DropboxEntry | None, arguments: Mapping[str, Any]
) -> Listing:
    """Make the listing that the arguments of list_folder ask for."""
    return Listing(
        folder=folder.id,
        below=below.id if below else "",
        recursive=arguments.get("recursive", False),
        papers=arguments.get("include_non_downloadable_files", True),
        size=arguments.get("limit") or LARGEST_PAGE,
    )


class Lister:
    """Renders pages of one tree."""

    def __init__(self, tree: DropboxTree) -> None:
        self._tree = tree
        self._generation = tree.generation
        self._rendered: dict[tuple[str, str], bytes] = {}
        self._threads = ThreadPoolExecutor(_THREADS, "dropbox-hash")

    async def answer(self, listing: Listing, spoil: EmptyPage | OneEntryPage | None) -> Reply:
        """Render a page. Hashes that are not yet known are made in threads.

        Raises Refused with `reset` when the folder is gone since the cursor was made.
        """
        folder = self._tree.by_id.get(listing.folder)
        below = self._tree.by_id.get(listing.below)
        if folder is None or (listing.below and below is None):
            raise Refused(errors.route_error("reset"))
        entries = _entries(folder, listing)
        is_empty = isinstance(spoil, EmptyPage) and not listing.follows_empty
        size = 1 if isinstance(spoil, OneEntryPage) else 0 if is_empty else listing.size
        page = entries[listing.start : listing.start + size]
        end = listing.start + len(page)
        rendered = await self._render(page, below)
        cursor = orjson.dumps(listing.cursor(end, is_empty=is_empty))
        has_more = b"true" if end < len(entries) else b"false"
        body = b'{"entries":[%b],"cursor":%b,"has_more":%b}'
        return Reply(200, body % (b",".join(rendered), cursor, has_more), [errors.JSON_TYPE])

    async def warm(self) -> None:
        """Hash every file now, so that no listing waits for it."""
        await self._hash(list(self._tree.by_id.values()))

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    async def _render(self, entries: list[DropboxEntry], below: DropboxEntry | None) -> list[bytes]:
        if self._generation != self._tree.generation:
            self._generation = self._tree.generation
            self._rendered.clear()
        place = below.id if below else ""
        new = [entry for entry in entries if (place, entry.id) not in self._rendered]
        await self._hash(new)
        for entry in new:
            # Copied, because orjson's own bytes keep the 4 KiB they were written into.
            rendered = memoryview(orjson.dumps(metadata(entry, below=below)))
            self._rendered[place, entry.id] = rendered.tobytes()
        return [self._rendered[place, entry.id] for entry in entries]

    async def _hash(self, entries: list[DropboxEntry]) -> None:
        missing = [each for each in entries if each.disk_path and each.known_hash is None]
        # One call a slice instead of one a file: 10,000 hand-overs cost more than the hashes.
        slices = [missing[start::_THREADS] for start in range(_THREADS)]
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(loop.run_in_executor(self._threads, _hash_all, each) for each in slices if each)
        )


def _entries(folder: DropboxEntry, listing: Listing) -> list[DropboxEntry]:
    entries = list(folder.children)
    if listing.recursive:
        for entry in entries:  # grows while it is walked
            entries += entry.children
    if listing.papers:
        return entries
    return [entry for entry in entries if entry.is_folder or entry.disk_path]


def _hash_all(entries: list[DropboxEntry]) -> None:
    for entry in entries:
        entry.content_hash()
