"""The store in a folder: written once, synced to the disk before it is named."""

import errno
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from pixharbor.errors import SettingError
from pixharbor.storage.base import NewObject, ObjectMissing, StoreFull
from pixharbor.storage.disk_errors import naming_disk_errors
from pixharbor.storage.settings import StorageSettings
from pixharbor.storage.signed_links import LinkSigner
from pixharbor.storage.threads import Threads

# One fsync waits for the disk; four at a time reach 3,200/s where one alone reaches 1,000/s, and
# more of them only get in each other's way (ext4, two cores).
SYNC_THREADS = 4
# A temporary file older than this belongs to a process that was killed.
LEFTOVER_SECONDS = 3600
# Names that begin so are no objects: temporary files, and when they were last swept.
HIDDEN = "."
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
    """A durable folder: temporary file, fsync, rename, fsync of the folder.

    The temporary file lies in the object's own folder: one folder for all of them would cost two to
    four times the CPU on ext4 (its lock, renames between folders, inodes that lie side by side).
    `reserve` bytes of the disk are never touched: a full disk harms the database beside it too.
    """

    link_origin = ""

    def __init__(self, root: Path, signer: LinkSigner, *, reserve: int) -> None:
        self.root = root
        self._signer = signer
        self._reserve = reserve
        root.mkdir(parents=True, exist_ok=True)
        self._threads = Threads(SYNC_THREADS)
        if _is_due(root / SWEPT):
            self._threads.begin(partial(_sweep, root))

    async def put_many(self, objects: Sequence[NewObject]) -> None:
        """Group commit: the files side by side, then each folder once."""
        with naming_disk_errors():
            self._check_room(objects)
        await self._threads.side_by_side(self._write_all, objects)
        nearest = {new.key.rpartition("/")[0] for new in objects}
        folders = {folder for key in nearest for folder in self._up_from(key)}
        await self._threads.side_by_side(_sync_folders, sorted(folders))

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
        while folder:
            yield f"{root}/{folder}"
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

    def _write_all(self, objects: Iterable[NewObject]) -> None:
        with naming_disk_errors():
            for new in objects:
                self._write(new)

    def _write(self, new: NewObject) -> None:
        path = f"{self.root}/{new.key}"
        if os.path.exists(path):  # noqa: PTH110 - pathlib costs 20 µs a path, and here they add up
            return
        folder = path.rpartition("/")[0]
        temporary = f"{folder}/{HIDDEN}{secrets.token_hex(12)}"
        try:
            if isinstance(new.body, Path):
                _move(new.body, temporary)
                _sync(temporary)
            else:
                _write_synced(temporary, new.body)
            os.rename(temporary, path)  # noqa: PTH104 - as above
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


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


def _move(source: Path, target: str) -> None:
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:  # another disk: copy instead
            raise
        shutil.copyfile(source, target)


def _write_synced(path: str, body: bytes) -> None:
    descriptor = _create(path)
    try:
        rest = memoryview(body)
        while rest:  # a write on a disk that is filling up writes a part; the next one says why
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o644)
    except FileNotFoundError:  # the folder's first object
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, 0o644)


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folders(folders: Iterable[str]) -> None:
    with naming_disk_errors():
        for folder in folders:
            _sync(folder)
