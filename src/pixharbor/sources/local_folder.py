"""Folders of the machine that pixharbor runs on: whatever is mounted there is a source too."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager, closing
from typing import Final, TypeVar, TypeVarTuple, Unpack

from pixharbor.db.engine import Database
from pixharbor.sources.base import Location, Source, SourceFile, SourceInfo, SourcePage
from pixharbor.sources.local_folder_list import (
    Window,
    look,
    names_after,
    read_entries,
    read_file,
)
from pixharbor.sources.local_folder_paths import (
    SOURCE,
    LocalFolderSettings,
    own_store,
    read_path,
    read_roots,
    to_path,
    to_text,
)
from pixharbor.sources.local_folder_read import FileReader

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

# Reads side by side in one process: enough to keep a disk and a network share busy.
THREADS: Final = 8
PAGE_NAMES: Final = 1000
# Folders whose next names are remembered between two slices of their listing.
WINDOWS_KEPT: Final = 8


class LocalFolder:
    """Implements Source; see sources/base.py.

    A file is known by its path. The cursor is the last name of a page, in the order of names: a
    listing goes on wherever it was, whatever has come and gone meanwhile.
    """

    name = SOURCE

    def __init__(self, roots: list[str], store: str | None) -> None:
        self._roots = roots
        self._store = store
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="local-folder")
        self._windows: dict[tuple[str, str], Window] = {}

    def locate(self, link: str) -> Location:
        """Understand a whole path or a file:// address. Raises LinkNotUnderstood."""
        return read_path(link, self._roots)

    async def check(self, location: Location) -> SourceInfo:
        """See whether it is there and may be read."""
        return await self._run(look, location, self._store)

    async def list_pages(self, location: Location, cursor: str | None) -> AsyncIterator[SourcePage]:
        """Yield what lies in a folder, by name; of a file, itself."""
        if cursor is None and not location.path:
            info = await self._run(look, location, self._store)
            if info.kind == "file":
                yield SourcePage([await self._run(read_file, location)], [], None)
                return
        after = to_path(cursor or "")
        while True:
            window = await self._window(location, after)
            names, rest = window.names[:PAGE_NAMES], window.names[PAGE_NAMES:]
            files, folders = await self._run(read_entries, location, names, self._store)
            cursor = None
            if rest or not window.is_last:
                after = names[-1]
                cursor = to_text(after)
                self._remember((location.ref, after), Window(rest, window.is_last))
            yield SourcePage(files, folders, cursor)
            if cursor is None:
                return

    @asynccontextmanager
    async def open(self, file: SourceFile) -> AsyncIterator[AsyncIterator[bytes]]:
        """Stream a file's bytes, once nobody has written to it for a second."""
        with closing(FileReader(file)) as reader:
            await self._settled(reader)
            async with aclosing(self._blocks(reader)) as blocks:
                yield blocks

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()

    async def _blocks(self, reader: FileReader) -> AsyncGenerator[bytes, None]:
        while block := await self._run(reader.block):
            yield block

    async def _settled(self, reader: FileReader) -> None:
        wait = await self._run(reader.begin)
        if wait:
            await asyncio.sleep(wait)
            await self._settled(reader)

    async def _window(self, location: Location, after: str) -> Window:
        window = self._windows.pop((location.ref, after), None)
        if window is None:
            window = await self._run(names_after, location, after)
        return window

    def _remember(self, place: tuple[str, str], window: Window) -> None:
        if window.names:
            self._windows[place] = window
            while len(self._windows) > WINDOWS_KEPT:
                del self._windows[next(iter(self._windows))]

    async def _run(self, act: Callable[[Unpack[Ts]], T], *given: *Ts) -> T:
        """One call in a thread, waited for to its end: what it works with is closed after it."""
        running = asyncio.get_running_loop().run_in_executor(self._pool, act, *given)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise


@asynccontextmanager
async def open_local_folder(
    settings: LocalFolderSettings,
    _database: Database,
) -> AsyncIterator[Source]:
    """The source of local folders. Raises SettingError for a root that is no whole path."""
    with closing(LocalFolder(read_roots(settings), own_store(settings))) as source:
        yield source
