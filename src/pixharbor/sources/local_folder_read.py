"""Folders of this machine: a file's bytes, whole or not at all."""

import os
import stat
import time
from contextlib import ExitStack
from typing import Final

from pixharbor.sources.base import FileChanged, FileRefused, SourceFile
from pixharbor.sources.local_folder_list import describe, place_of
from pixharbor.sources.local_folder_open import explained, kind_of, opened

BLOCK_BYTES: Final = 1 << 20
# Who is writing a file does so at least this often: a younger one may be half-written.
SETTLED_SECONDS: Final = 1.0
# Waits before one that is still being written makes way for others; the import asks again later.
MOST_WAITS: Final = 10
_KEEPS_CHANGING: Final = "The file keeps changing; retry when it is finished."


class FileReader:
    """Reads one file. Every method blocks: call it in a thread, one at a time.

    Raises FileChanged when the file is not what was listed, or does not stay what it was.
    """

    def __init__(self, file: SourceFile) -> None:
        self._root, self._path = place_of(file.id, file.resource_key)
        self._listed = file
        self._stack = ExitStack()
        self._read = 0
        self._waits = 0

    def begin(self) -> float:
        """Open it; answers in how many seconds to begin again, 0 when it is old enough to read.

        A file that was written to a moment ago may be half-written. Clocks that run ahead count
        as old. Raises FileChanged when it has been waited for often enough.
        """
        self.close()
        self._descriptor = self._stack.enter_context(opened(self._root, self._path, "file"))
        self._status = os.fstat(self._descriptor)
        if not stat.S_ISREG(self._status.st_mode):
            raise FileRefused(f"It has become {kind_of(self._status.st_mode) or 'a folder'}.")
        age = time.time() - self._status.st_mtime
        if 0 <= age < SETTLED_SECONDS:
            self._waits += 1
            if self._waits > MOST_WAITS:
                raise FileChanged(self._describe(self._status), _KEEPS_CHANGING)
            return SETTLED_SECONDS - age
        self._hold_against_listing()
        return 0

    def block(self) -> bytes:
        """The next bytes; empty at the end. The last are given only if nobody wrote meanwhile."""
        if self._read and self._read >= self._status.st_size:
            return b""
        with explained(self._path, "file"):
            block = os.read(self._descriptor, BLOCK_BYTES)
            self._read += len(block)
            if not block or self._read >= self._status.st_size:
                self._hold_against_start()
        return block

    def close(self) -> None:
        """Let go of it."""
        self._stack.close()

    def _hold_against_listing(self) -> None:
        now = self._describe(self._status)
        listed = self._listed
        if (now.size, now.modified_at) != (listed.size, listed.modified_at or now.modified_at):
            raise FileChanged(now, "The file has changed since it was listed.")

    def _hold_against_start(self) -> None:
        status = os.fstat(self._descriptor)
        now, then = (status.st_size, status.st_mtime_ns), self._status
        if now != (then.st_size, then.st_mtime_ns) or self._read != then.st_size:
            raise FileChanged(self._describe(status), _KEEPS_CHANGING)

    def _describe(self, status: os.stat_result) -> SourceFile:
        return describe(self._listed.id, self._listed.resource_key, status, self._listed.path)
