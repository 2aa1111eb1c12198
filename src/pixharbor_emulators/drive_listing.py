"""Answer files.list: find what matches, cut a page, keep the rendered entries for the next time."""

import asyncio
import base64
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import orjson

from pixharbor_emulators.drive_errors import (
    Refused,
    Reply,
    error,
    invalid_parameter,
    invalid_value,
)
from pixharbor_emulators.drive_fields import Selection, list_selection
from pixharbor_emulators.drive_query import Query
from pixharbor_emulators.drive_resource import DIGEST_FIELDS, resource
from pixharbor_emulators.drive_tree import DriveFile, DriveTree
from pixharbor_emulators.faults import EmptyPage, LoseParent, RepeatedEntries, ShortPage

SpoiltPage = EmptyPage | LoseParent | RepeatedEntries | ShortPage

LARGEST_PAGE: Final = 1000
LARGEST_PAGE_WITH_PERMISSIONS: Final = 100
DEFAULT_PAGE: Final = 100
_KEPT_QUERIES: Final = 256
_KEPT_SELECTIONS: Final = 8
_TOKEN_PREFIX: Final = "~!!~"  # noqa: S105 - the look of Drive's page tokens, no secret

_ORDERS: Final[dict[str, Callable[[DriveFile], object]]] = {
    "name": lambda file: file.name.casefold(),
    "name_natural": lambda file: file.name.casefold(),
    "folder": lambda file: not file.is_folder,
    "createdTime": lambda file: file.modified_ns,
    "modifiedTime": lambda file: file.modified_ns,
    "modifiedByMeTime": lambda file: file.modified_ns,
    "viewedByMeTime": lambda file: file.modified_ns,
    "sharedWithMeTime": lambda file: file.modified_ns,
    "recency": lambda file: file.modified_ns,
    "quotaBytesUsed": lambda file: file.size or 0,
    "starred": lambda _: False,
}


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of which search is asked for; two empty pages never follow each other.

    `drive_id` is the one shared drive that is searched, if any.
    """

    query: Query
    key: str
    start: int
    follows_empty: bool
    size: int
    selection: Selection
    fields: str
    signed_in: bool = False
    drive_id: str | None = None


class Listing:
    """The searches over one tree, with what is worth keeping between two pages."""

    def __init__(self, tree: DriveTree) -> None:
        self._tree = tree
        self._generation = tree.generation
        self._matches: OrderedDict[str, list[DriveFile]] = OrderedDict()
        self._rendered: OrderedDict[str, dict[str, bytes]] = OrderedDict()
        self._threads = ThreadPoolExecutor(4, "drive-hash")

    def understand(
        self, parameters: Mapping[str, str], query: Query, *, signed_in: bool = False
    ) -> Page:
        """Read the parameters of files.list. Raises Refused."""
        fields = parameters.get("fields")
        selection = list_selection(fields)
        order = parameters.get("orderBy", "")
        if query.full_text and order:
            message = (
                "Sorting is not supported for queries with fullText terms. "
                "Results are always in descending relevance order."
            )
            raise Refused(error(403, "forbidden", message, location="orderBy"))
        key = f"{parameters.get('q', '')}\0{order}\0{parameters.get('includeItemsFromAllDrives')}"
        searched = _searched_drive(parameters)
        key += f"\0{parameters.get('supportsAllDrives')}\0{searched}\0{signed_in}"
        start, follows_empty = _read_token(parameters.get("pageToken"), key)
        return Page(
            query=query,
            key=key,
            start=start,
            follows_empty=follows_empty,
            size=_page_size(parameters.get("pageSize"), selection),
            selection=selection,
            fields=fields or "",
            signed_in=signed_in,
            drive_id=searched,
        )

    async def answer(
        self, page: Page, *, shared_drives: bool, spoil: SpoiltPage | None = None
    ) -> Reply:
        """Render a page. Hashes that are asked for and not yet known are made in threads.

        Items of shared drives are among them with `shared_drives`.
        """
        matches = self._find(page, shared_drives=shared_drives)
        if isinstance(spoil, LoseParent):
            matches = [file for file in matches if file.parent_id != spoil.parent_id]
        is_empty = isinstance(spoil, EmptyPage) and not page.follows_empty
        size = 0 if is_empty else page.size
        if isinstance(spoil, ShortPage):
            size = max(1, int(size * spoil.share))
        end = min(page.start + size, len(matches))
        repeated = spoil.entries if isinstance(spoil, RepeatedEntries) else 0
        files = matches[max(0, page.start - repeated) : end]
        parts: list[bytes] = []
        if "kind" in page.selection:
            parts.append(b'"kind":"drive#fileList"')
        if "nextPageToken" in page.selection and end < len(matches):
            token = _make_token(end, page.key, is_empty=is_empty)
            parts.append(b'"nextPageToken":' + orjson.dumps(token))
        if "incompleteSearch" in page.selection:
            parts.append(b'"incompleteSearch":false')
        if "files" in page.selection:
            rendered = await self._render(files, page)
            parts.append(b'"files":[' + b",".join(rendered) + b"]")
        return Reply(200, b"{" + b",".join(parts) + b"}")

    def listed_before(self, page: Page, *, shared_drives: bool) -> list[DriveFile]:
        """Return what the pages before this one held."""
        return self._find(page, shared_drives=shared_drives)[: page.start]

    async def warm(self, algorithm: str = "md5") -> None:
        """Hash every file now, so that no listing waits for it."""
        await self._hash(list(self._tree.files.values()), [algorithm])

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    def _find(self, page: Page, *, shared_drives: bool) -> list[DriveFile]:
        if self._generation != self._tree.generation:
            self._generation = self._tree.generation
            self._matches.clear()
            self._rendered.clear()
        if page.key in self._matches:
            self._matches.move_to_end(page.key)
            return self._matches[page.key]
        tree, parent = self._tree, page.query.only_parent
        pool = tree.files.values() if parent is None else tree.children.get(parent, [])
        found = [
            file
            for file in pool
            if (shared_drives or file.drive_id is None)
            and (page.signed_in or not file.private)
            and page.drive_id in (None, file.drive_id)
            and page.query.matches(file)
        ]
        self._matches[page.key] = _ordered(found, page.key.split("\0")[1])
        if len(self._matches) > _KEPT_QUERIES:
            self._matches.popitem(last=False)
        return self._matches[page.key]

    async def _render(self, files: list[DriveFile], page: Page) -> list[bytes]:
        known = self._rendered.setdefault(page.fields, {})
        self._rendered.move_to_end(page.fields)
        if len(self._rendered) > _KEPT_SELECTIONS:
            self._rendered.popitem(last=False)
        new = [file for file in files if file.id not in known]
        selection = page.selection["files"]
        await self._hash(new, [DIGEST_FIELDS[name] for name in selection if name in DIGEST_FIELDS])
        for file in new:
            # Copied, because orjson's own bytes keep the 4 KiB they were written into.
            entry = memoryview(orjson.dumps(resource(file, selection, self._tree)))
            known[file.id] = entry.tobytes()
        return [known[file.id] for file in files]

    async def _hash(self, files: list[DriveFile], algorithms: list[str]) -> None:
        loop = asyncio.get_running_loop()
        for algorithm in algorithms:
            missing = [each for each in files if each.is_binary and algorithm not in each.digests]
            # One call a slice instead of one a file: 10,000 hand-overs cost more than the hashes.
            slices = [missing[start::4] for start in range(4)]
            await asyncio.gather(
                *(
                    loop.run_in_executor(self._threads, _digest_all, each, algorithm)
                    for each in slices
                    if each
                )
            )


def _searched_drive(parameters: Mapping[str, str]) -> str | None:
    """Return the shared drive that is searched. Raises Refused for one without corpora=drive."""
    drive_id, corpora = parameters.get("driveId"), parameters.get("corpora")
    if (drive_id is None) != (corpora != "drive"):
        message = "The driveId parameter must be specified if and only if corpora is set to drive."
        location = "driveId" if drive_id is None else "corpora"
        raise Refused(error(400, "invalid", message, location=location))
    return drive_id


def _digest_all(files: list[DriveFile], algorithm: str) -> None:
    for file in files:
        file.digest(algorithm)


def _ordered(files: list[DriveFile], order: str) -> list[DriveFile]:
    """Sort by `orderBy`: keys by comma, each with an optional `desc`. Raises Refused."""
    for key in reversed([key.split() for key in order.split(",") if key.strip()]):
        if key[0] not in _ORDERS or key[1:] not in ([], ["desc"]):
            raise Refused(invalid_value("orderBy"))
        files = sorted(files, key=_ORDERS[key[0]], reverse=len(key) > 1)  # type: ignore[arg-type]  # a coroutine of either kind
    return files


def _page_size(text: str | None, selection: Selection) -> int:
    largest = LARGEST_PAGE
    if "permissions" in selection.get("files", {}):
        largest = LARGEST_PAGE_WITH_PERMISSIONS
    if text is None:
        return min(DEFAULT_PAGE, largest)
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise Refused(invalid_parameter("pageSize", text))
    return min(int(text), largest)  # coerced, as the discovery document says


def _make_token(start: int, key: str, *, is_empty: bool) -> str:
    packed = f"{start}.{_digest(key)}.{is_empty:d}".encode()
    return _TOKEN_PREFIX + base64.urlsafe_b64encode(packed).decode()


def _read_token(token: str | None, key: str) -> tuple[int, bool]:
    """Return where the page starts and whether the page before was empty.

    A token of another search is refused like a made-up one.
    """
    if token is None:
        return 0, False
    try:
        packed = base64.urlsafe_b64decode(token.removeprefix(_TOKEN_PREFIX)).decode()
        start, digest, follows_empty = packed.split(".")
        if digest != _digest(key):
            raise Refused(invalid_value("pageToken"))
        return int(start), follows_empty == "1"
    except ValueError:
        raise Refused(invalid_value("pageToken")) from None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]
