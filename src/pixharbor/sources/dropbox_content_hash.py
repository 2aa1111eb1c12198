"""Dropbox's own checksum: SHA-256 over the SHA-256 of each 4 MiB (its "content hash")."""

import hashlib
from typing import Final

BLOCK_BYTES: Final = 4 << 20


class ContentHash:
    """A running content hash. Implements Checksum; see sources/checksums.py."""

    def __init__(self) -> None:
        self._blocks = hashlib.sha256(usedforsecurity=False)
        self._block = hashlib.sha256(usedforsecurity=False)
        self._room = BLOCK_BYTES

    def update(self, data: bytes, /) -> None:
        """Take the next bytes, however many."""
        rest = memoryview(data)
        while rest:
            part, rest = rest[: self._room], rest[self._room :]
            self._block.update(part)
            self._room -= len(part)
            if not self._room:
                self._end_block()

    def hexdigest(self) -> str:
        """The content hash of all bytes so far."""
        blocks = self._blocks
        if self._room < BLOCK_BYTES:
            blocks = blocks.copy()
            blocks.update(self._block.digest())
        return blocks.hexdigest()

    def _end_block(self) -> None:
        self._blocks.update(self._block.digest())
        self._block = hashlib.sha256(usedforsecurity=False)
        self._room = BLOCK_BYTES
