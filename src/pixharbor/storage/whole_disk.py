"""Waits until all that was written to a disk is on it: one wait for many files and folders.

fsync waits for one file, and a new name for its folder's: on a journal each of them is a commit of
its own. syncfs(2) is one for all, on file systems that are known to keep the promise that way.
"""

import ctypes
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pixharbor.file_systems import kind_of_file_system

# Their syncfs writes everything back and waits for the journal and the disk's own cache. Others may
# do nothing at all (FUSE), or wait for another machine's whole disk.
KINDS: Final = frozenset({"ext4", "xfs", "btrfs"})
# Since then it tells of bytes that could not be written (man 2 syncfs).
TELLS_SINCE: Final = (5, 8)


def can_sync_whole_disk(folder: Path) -> bool:
    """Whether the folder's disk can be waited for as a whole."""
    version = re.match(r"(\d+)\.(\d+)", platform.release())
    return bool(
        sys.platform == "linux"
        and version
        and tuple(map(int, version.groups())) >= TELLS_SINCE
        and kind_of_file_system(folder) in KINDS
        and hasattr(ctypes.CDLL(None), "syncfs")
    )


@dataclass(frozen=True, slots=True)
class WholeDisk:
    """A disk, by a folder on it that is open."""

    _descriptor: int
    _device: int

    def holds(self, folders: Iterable[str]) -> bool:
        """Whether all of them lie on this disk; one that is not there yet would."""
        return all(_device_of(folder) == self._device for folder in folders)

    def sync(self) -> None:
        """Wait. Raises OSError for whatever could not be written since the disk was opened."""
        if ctypes.CDLL(None, use_errno=True).syncfs(self._descriptor):
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))


@contextmanager
def open_whole_disk(folder: Path) -> Iterator[WholeDisk]:
    """To be opened before anything is written that sync() is to tell of."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield WholeDisk(descriptor, os.fstat(descriptor).st_dev)
    finally:
        os.close(descriptor)


def _device_of(folder: str) -> int:
    """Of the folder, or of the nearest one above it that is there."""
    while True:
        try:
            return os.stat(folder).st_dev  # noqa: PTH116 - pathlib costs 20 µs a path
        except FileNotFoundError:
            folder = folder.rpartition("/")[0]
