"""The album of a run: tiny pictures, each with bytes of its own, in many small folders."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from pictures import write_pictures

# Files of a folder, and so of a chunk.
IN_EACH = 20


@dataclass(frozen=True, slots=True)
class Album:
    """A folder that the emulated Drive serves, and the SHA-256 of every file in it."""

    folder: Path
    hashes: frozenset[str]
    bytes: int

    @property
    def files(self) -> int:
        """How many pictures it has."""
        return len(self.hashes)

    def __or__(self, other: "Album") -> "Album":
        """Two albums below one folder, as one."""
        folder = Path(os.path.commonpath([self.folder, other.folder]))
        return Album(folder, self.hashes | other.hashes, self.bytes + other.bytes)


def write_album(folder: Path, files: int, *, in_each: int = IN_EACH, first: int = 0) -> Album:
    """Write `files` pictures, `in_each` to a folder.

    Small chunks keep down what a process has under way, so that 200 kills leave an import of
    10,000 files any time to get on.
    """
    hashes, size = set(), 0
    for start in range(0, files, in_each):
        below = folder / f"{start // 400:03}" / f"{start:06}"
        for body in write_pictures(below, min(in_each, files - start), first=first + start):
            hashes.add(hashlib.sha256(body).hexdigest())
            size += len(body)
    assert len(hashes) == files
    return Album(folder, frozenset(hashes), size)
