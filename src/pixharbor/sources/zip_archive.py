"""ZIP archives: one that was uploaded, or that a web address ending in .zip leads to."""

import asyncio
import re
import zipfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar, TypeVarTuple
from urllib.parse import quote, unquote

from pydantic import ByteSize
from uuid_utils.compat import uuid7
from yarl import URL

from pixharbor.db.engine import Database
from pixharbor.errors import Fate
from pixharbor.sources.base import (
    FileRefused,
    FileVanished,
    FolderMissing,
    FolderRefused,
    LinkNotUnderstood,
    Location,
    Source,
    SourceError,
    SourceFile,
    SourceInfo,
    SourcePage,
)
from pixharbor.sources.safe_http import (
    Answer,
    AnswerRefused,
    SafeHttp,
    SafeHttpSettings,
    open_safe_http,
)
from pixharbor.sources.safe_http_answers import error_for
from pixharbor.sources.shelf import Shelf
from pixharbor.sources.zip_archive_files import (
    ArchiveRefused,
    list_entries,
    open_archive,
    read_entry,
)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

SOURCE: Final = "zip_archive"
THREADS: Final = 4
PAGE_ENTRIES: Final = 1000
_UPLOAD: Final = re.compile(r"upload:([0-9a-f]{32})/(.*)", re.DOTALL)


class ZipArchiveSettings(SafeHttpSettings):
    """`limit_archive_bytes`: the largest archive that is taken."""

    limit_archive_bytes: ByteSize = ByteSize(10 << 30)


@dataclass
class _Opened:
    """An archive that is being read, or was a moment ago."""

    archive: zipfile.ZipFile
    stack: AsyncExitStack
    users: int = 0


@dataclass
class _Place:
    """One archive on the shelf; `turn` keeps it from being opened twice at once."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    opened: _Opened | None = None


class ZipArchive:
    """Implements Source and Shelving; see sources/base.py and shelf.py.

    The archive lies on the shelf while its import runs, so that every worker can read it there. An
    entry is known by the archive's place and its own name, of several of one name also by which it
    is; the cursor is the number of the next entry.
    """

    name = SOURCE

    def __init__(self, http: SafeHttp, limit_bytes: int) -> None:
        self._http = http
        self._limit_bytes = limit_bytes
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="zip-archive")
        self._places: dict[str, _Place] = {}
        self._shelf: Shelf | None = None

    def use_shelf(self, shelf: Shelf) -> None:
        """Where archives lie while they are imported."""
        self._shelf = shelf

    def locate(self, link: str) -> Location:
        """Understand what an upload answered, or a web address. Raises LinkNotUnderstood."""
        link = link.strip()
        if uploaded := _UPLOAD.fullmatch(link):
            return Location(SOURCE, link, "folder", resource_key=uploaded[1])
        try:
            url = URL(link)
        except ValueError:
            url = URL()
        if url.scheme not in ("http", "https") or not url.path.lower().endswith(".zip"):
            raise LinkNotUnderstood(
                "This is no address of a ZIP archive. One looks like https://example.org/album.zip",
                cure="Give its address, or upload it: POST /api/v1/imports/zip.",
            )
        # What is downloaded is this import's own: another one of the same address has another key.
        return Location(SOURCE, str(url), "folder", resource_key=uuid7().hex)

    async def check(self, location: Location) -> SourceInfo:
        """See whether it is there; of an address, by the head of its answer."""
        if self.brings(location):
            with _errors_of_the_place():
                async with self._http.get(URL(location.ref)) as answer:
                    self._look_at(answer)
        return SourceInfo(unquote(location.ref.rpartition("/")[2]), "folder")

    async def list_pages(self, location: Location, cursor: str | None) -> AsyncIterator[SourcePage]:
        """Yield the entries in the archive's order; a linked archive is brought here first."""
        key = location.resource_key or ""
        if cursor is None and self.brings(location):
            await self._bring(location)
        first = int(cursor or 0)
        try:
            async with self._opened(key) as archive:
                while True:
                    files = await self._run(_list, archive, first, location.ref, key)
                    first += PAGE_ENTRIES
                    is_last = first >= len(archive.infolist())
                    yield SourcePage(files, [], None if is_last else str(first))
                    if is_last:
                        return
        except FileVanished as error:
            raise FolderMissing(error.message, cure="Import it again.") from None

    @asynccontextmanager
    async def open(self, file: SourceFile) -> AsyncIterator[AsyncIterator[bytes]]:
        """Unpack one entry, block by block."""
        key, _, number = (file.resource_key or "").partition(":")
        async with self._opened(key) as archive:
            blocks = read_entry(archive, int(number))
            try:
                yield self._blocks(blocks)
            finally:
                await self._run(blocks.close)

    async def receive(self, chunks: AsyncIterator[bytes], name: str) -> str:
        """Take an upload to the shelf; answers the link that imports it. Raises ArchiveRefused."""
        async with self._on_shelf().staged() as path:
            await self._save(chunks, path)
            (await self._run(open_archive, path)).close()
            key = uuid7().hex  # made when it is all here: it tells how long it lies on the shelf
            await self._on_shelf().keep(key, path)
        return f"upload:{key}/{quote(name, safe='')}"

    def brings(self, location: Location) -> bool:
        """A linked archive is downloaded when it is listed."""
        return not location.ref.startswith("upload:")

    async def put_away(self, location: Location) -> None:
        """The import has ended: what lay on the shelf for it goes."""
        key = location.resource_key or ""
        await self._forget(key)
        await self._on_shelf().drop(key)

    async def close(self) -> None:
        """Close what was read last."""
        for key in list(self._places):
            await self._forget(key)
        self._pool.shutdown()

    def _on_shelf(self) -> Shelf:
        assert self._shelf is not None, "the runtime lends it when it opens the sources"
        return self._shelf

    async def _blocks(self, blocks: Generator[bytes]) -> AsyncIterator[bytes]:
        while block := await self._run(next, blocks, b""):
            yield block

    @asynccontextmanager
    async def _opened(self, key: str) -> AsyncIterator[zipfile.ZipFile]:
        """The archive, open; it stays so until another one is asked for: the next file's turn."""
        for other in [other for other in self._places if other != key]:
            await self._forget(other)
        place = self._places.setdefault(key, _Place())
        async with place.turn:
            if place.opened is None:
                place.opened = await self._open_archive(key)
            opened = place.opened
            opened.users += 1
        try:
            yield opened.archive
        finally:
            opened.users -= 1

    async def _open_archive(self, key: str) -> _Opened:
        async with AsyncExitStack() as stack:
            path = await stack.enter_async_context(self._on_shelf().take(key))
            archive = await self._run(open_archive, path)
            stack.callback(archive.close)
            return _Opened(archive, stack.pop_all())

    async def _forget(self, key: str) -> None:
        """Close the archive unless somebody reads it."""
        place = self._places.get(key)
        if place is None:
            return
        async with place.turn:
            if place.opened is None or place.opened.users == 0:
                self._places.pop(key, None)
                opened, place.opened = place.opened, None
                if opened:
                    await opened.stack.aclose()

    async def _bring(self, location: Location) -> None:
        """Download a linked archive to the shelf; anew, whatever an earlier try has left."""
        key = location.resource_key or ""
        await self._forget(key)
        await self._on_shelf().drop(key)
        async with self._on_shelf().staged() as path:
            with _errors_of_the_place():
                async with self._http.get(URL(location.ref)) as answer:
                    self._look_at(answer)
                    self._on_shelf().check_room(answer.size or 0)
                    await self._save(answer.body, path)
            (await self._run(open_archive, path)).close()
            await self._on_shelf().keep(key, path)

    async def _save(self, chunks: AsyncIterator[bytes], path: Path) -> None:
        total = 0
        with path.open("wb") as file:
            async for chunk in chunks:
                total += len(chunk)
                self._check_size(total)
                await self._run(file.write, chunk)

    def _look_at(self, answer: Answer) -> None:
        error = error_for(answer.status, answer.headers, answer.url.host or "")
        if error:
            raise error
        self._check_size(answer.size or 0)

    def _check_size(self, size: int) -> None:
        if size > self._limit_bytes:
            raise ArchiveRefused(
                f"The ZIP archive has more than {self._limit_bytes >> 20} MiB.",
                cure="Raise LIMIT_ARCHIVE_BYTES, or divide the archive.",
            )

    async def _run(self, act: Callable[[*Ts], T], *given: *Ts) -> T:
        """One call in a thread, waited for to its end: what it works with is closed after it."""
        running = asyncio.get_running_loop().run_in_executor(self._pool, act, *given)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise


@contextmanager
def _errors_of_the_place() -> Iterator[None]:
    """What would end one file elsewhere ends the import here: the archive is all there is."""
    try:
        yield
    except FileVanished as error:
        raise FolderMissing(error.message, cure="Check the address.") from None
    except (FileRefused, AnswerRefused) as error:
        cure = "Download it yourself, and upload it."
        raise FolderRefused(error.message, reason=error.reason, cure=cure) from None
    except SourceError as error:
        if error.fate is not Fate.SKIP:
            raise
        raise FolderRefused(
            error.message, reason=error.reason, code=error.code, cure=error.cure
        ) from None


def _list(archive: zipfile.ZipFile, first: int, ref: str, key: str) -> list[SourceFile]:
    return list_entries(archive, first, PAGE_ENTRIES, ref=ref, key=key)


@asynccontextmanager
async def open_zip_archive(
    settings: ZipArchiveSettings, _database: Database
) -> AsyncIterator[Source]:
    """The source of ZIP archives; before it reads one, the runtime lends it a shelf."""
    async with open_safe_http(settings) as http:
        source = ZipArchive(http, settings.limit_archive_bytes)
        try:
            yield source
        finally:
            await source.close()
