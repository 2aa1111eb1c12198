"""The store in a folder: written once, synced to the disk before it is named."""

import os
import shutil
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from pixharbor.errors import SettingError
from pixharbor.storage.base import NewObject, ObjectMissing, StoreFull
from pixharbor.storage.disk_errors import naming_disk_errors
from pixharbor.storage.durable_writes import (
    HIDDEN,
    NewFile,
    sync_folders,
    write_each,
    write_together,
)
from pixharbor.storage.settings import StorageSettings
from pixharbor.storage.signed_links import LinkSigner
from pixharbor.storage.threads import Threads
from pixharbor.storage.whole_disk import can_sync_whole_disk

# One fsync waits for the disk; four at a time reach 3,200/s where one alone reaches 1,000/s, and
# more of them only get in each other's way (ext4, two cores).
SYNC_THREADS = 4
# A temporary file older than this belongs to a process that was killed.
LEFTOVER_SECONDS = 3600
# From so many files on it is cheaper to wait for the whole disk than for each of them; fewer need
# not wait for what others write.
TOGETHER = 8
SWEPT = ".swept"


@asynccontextmanager
async def open_store(settings: StorageSettings, signer: LinkSigner) -> AsyncIterator["LocalFiles"]:
    """The store of file:///path/to/folder. Raises SettingError for one that cannot be used."""
    if settings.storage_public:
        raise SettingError("STORAGE_PUBLIC: a folder's links are signed; unset it, or use a bucket")
    root = Path(settings.storage_url.removeprefix("file://"))
    try:
        store = LocalFiles(root, signer, reserve=settings.storage_reserve)
    except OSError as error:
        raise SettingError(
            f"STORAGE_URL: cannot write to {settings.storage_url!r} ({error.strerror}); "
            "expected a folder that this user may write to, as file:///path/to/folder",
        ) from error
    try:
        yield store
    finally:
        store.close()


class LocalFiles:
    """A durable folder: temporary file, sync, rename, sync of the folder.

    `reserve` bytes of the disk are never touched: a full disk harms the database beside it too.
    """

    link_origin = ""

    def __init__(self, root: Path, signer: LinkSigner, *, reserve: int) -> None:
        self.root = root
        self._signer = signer
        self._reserve = reserve
        root.mkdir(parents=True, exist_ok=True)
        self._is_one_disk = can_sync_whole_disk(root)
        self._threads = Threads(SYNC_THREADS)
        if _is_due(root / SWEPT):
            self._threads.begin(partial(_sweep, root))

    async def put_many(self, objects: Sequence[NewObject]) -> None:
        """Many with two waits for the disk; few side by side, then each folder once."""
        with naming_disk_errors():
            self._check_room(objects)
        files = [NewFile(f"{self.root}/{new.key}", new.body) for new in objects]
        if self._is_one_disk and len(files) >= TOGETHER:
            if await write_together(self.root, files, self._threads):
                return
            self._is_one_disk = False
        await self._threads.side_by_side(write_each, files)
        folders = {folder for file in files for folder in self._up_from(file.folder)}
        await self._threads.side_by_side(sync_folders, sorted(folders))

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[Path]:
        """The file itself."""
        path = self._path(key)
        if not path.is_file():
            raise ObjectMissing
        yield path

    async def size(self, key: str) -> int | None:
        """The file's length in bytes."""
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return None

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Remove the files; their folders stay."""
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        """Walk what lies in the prefix's folder, top down."""
        for folder, _, names in os.walk(self.root / prefix.rpartition("/")[0]):
            below = Path(folder).relative_to(self.root)
            for name in names:
                key = (below / name).as_posix()
                if key.startswith(prefix) and not name.startswith(HIDDEN):
                    yield key

    def link(self, key: str, *, seconds: int, name: str, save: bool = False) -> str:
        """A signed link to serve_files.py."""
        return self._signer.sign(key, seconds=seconds, name=name, save=save)

    def close(self) -> None:
        """Wait for writes under way."""
        self._threads.close()

    def _path(self, key: str) -> Path:
        return self.root / key

    def _up_from(self, folder: str) -> Iterator[str]:
        """From a folder up to the root: any of them may be new, and names the next."""
        root = str(self.root)
        while folder != root:
            yield folder
            folder = folder.rpartition("/")[0]
        yield root

    def _check_room(self, objects: Iterable[NewObject]) -> None:
        needed = sum(len(new.body) for new in objects if isinstance(new.body, bytes))
        free = shutil.disk_usage(self.root).free
        if free - needed < self._reserve:
            raise StoreFull(
                f"The disk of {self.root.name!r} has {free >> 20} MiB free and "
                f"{self._reserve >> 20} MiB are kept in reserve.",
            )


def _is_due(swept: Path) -> bool:
    """Whether it is time to sweep; whoever is told so does it, and the others need not."""
    if swept.exists() and swept.stat().st_mtime > time.time() - LEFTOVER_SECONDS:
        return False
    swept.touch()
    return True


def _sweep(root: Path) -> None:
    """Remove what killed processes left half-written."""
    oldest = time.time() - LEFTOVER_SECONDS
    for folder, _, names in os.walk(root):
        for name in names:
            if name.startswith(HIDDEN) and name != SWEPT:
                leftover = Path(folder, name)
                with suppress(FileNotFoundError):
                    if leftover.stat().st_mtime < oldest:
                        leftover.unlink()
