"""Writes files that a power cut cannot halve: synced to the disk first, under their names then.

A temporary file lies in its object's own folder: one folder for all of them would cost two to four
times the CPU on ext4 (its lock, renames between folders, inodes that lie side by side).
"""

import errno
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from uuid_utils import uuid7

from pixharbor.storage.disk_errors import naming_disk_errors
from pixharbor.storage.threads import Threads
from pixharbor.storage.whole_disk import open_whole_disk

# Names that begin so are no objects: temporary files, and when they were last swept.
HIDDEN = "."


class NewFile(NamedTuple):
    """Where a file is to lie, and its bytes or the file that has them.

    Paths are text: pathlib's cost 20 µs each, and here they add up.
    """

    path: str
    body: bytes | Path

    @property
    def folder(self) -> str:
        """The folder that names it."""
        return self.path.rpartition("/")[0]

    def is_there(self) -> bool:
        """Whether it has been written before: by its name, which only whole files have."""
        return os.path.exists(self.path)  # noqa: PTH110 - pathlib costs 20 µs a path


def write_each(files: Iterable[NewFile]) -> None:
    """One after the other, each synced. Their folders are left to sync_folders()."""
    with naming_disk_errors():
        for file in files:
            if file.is_there():
                continue
            temporary = _temporary(file)
            try:
                _write_synced(temporary, file.body)
                _name(temporary, file.path)
            except BaseException:
                _drop([temporary])
                raise


def sync_folders(folders: Iterable[str]) -> None:
    """Make the names in them durable."""
    with naming_disk_errors():
        for folder in folders:
            _sync(folder)


async def write_together(root: Path, files: Sequence[NewFile], threads: Threads) -> bool:
    """All of them with two waits for the whole disk: one for the bytes, one for the names.

    False, with nothing written, when some of their folders lie on another disk than `root` does.
    Only the waits are left to `threads`: bytes are in the system's memory after 40 µs a file, and a
    thread that takes the interpreter lock five times for that costs as much again.
    """
    temporaries: dict[str, str] = {}
    with naming_disk_errors(), open_whole_disk(root) as disk:
        if not disk.holds({file.folder for file in files}):
            return False
        try:
            for file in files:
                if not file.is_there():
                    temporary = _temporary(file)
                    temporaries[temporary] = file.path
                    await _write_unsynced(temporary, file.body, threads)
            await threads.run(disk.sync)
            for temporary, path in temporaries.items():
                _name(temporary, path)
            await threads.run(disk.sync)
        except BaseException:
            _drop(temporaries)
            raise
    return True


def _write_synced(path: str, body: bytes | Path) -> None:
    if isinstance(body, bytes):
        _write_bytes(path, body, synced=True)
    else:
        _move(body, path)
        _sync(path)


async def _write_unsynced(path: str, body: bytes | Path, threads: Threads) -> None:
    if isinstance(body, bytes):
        _write_bytes(path, body, synced=False)
    else:  # which may lie on another disk, and is copied then
        await threads.run(_move, body, path)


def _temporary(file: NewFile) -> str:
    return f"{file.folder}/{HIDDEN}{uuid7().hex}"


def _drop(temporaries: Iterable[str]) -> None:
    for temporary in temporaries:
        Path(temporary).unlink(missing_ok=True)


def _name(temporary: str, path: str) -> None:
    os.rename(temporary, path)  # noqa: PTH104 - pathlib costs 20 µs a path


def _write_bytes(path: str, body: bytes, *, synced: bool) -> None:
    descriptor = _create(path)
    try:
        rest = memoryview(body)
        while rest:  # a write on a disk that is filling up writes a part; the next one says why
            rest = rest[os.write(descriptor, rest) :]
        if synced:
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


def _move(source: Path, target: str) -> None:
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:  # another disk: copy instead
            raise
        shutil.copyfile(source, target)


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
