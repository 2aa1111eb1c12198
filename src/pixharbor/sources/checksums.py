"""The providers' own checksums, by the name before the colon in `SourceFile.checksum`."""

import hashlib
import zlib
from collections.abc import Callable
from typing import Protocol

from pixharbor.sources.dropbox_content_hash import ContentHash


class Checksum(Protocol):
    """A running checksum, as hashlib's objects are."""

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""
        ...

    def hexdigest(self) -> str:
        """The checksum of all bytes so far, in lower-case hexadecimal."""
        ...


class _Crc32:
    """What ZIP archives state."""

    def __init__(self) -> None:
        self._crc = 0

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""
        self._crc = zlib.crc32(data, self._crc)

    def hexdigest(self) -> str:
        """Eight digits."""
        return f"{self._crc:08x}"


# usedforsecurity=False: these compare bytes with a provider's listing, and FIPS builds refuse md5.
ALGORITHMS: dict[str, Callable[[], Checksum]] = {
    "md5": lambda: hashlib.md5(usedforsecurity=False),
    "sha256": lambda: hashlib.sha256(usedforsecurity=False),
    "dropbox": ContentHash,
    "crc32": _Crc32,
}


def new_checksum(stated: str | None) -> Checksum | None:
    """A running checksum of the kind that `stated` ("md5:…") is of, None when nothing is stated."""
    if not stated:
        return None
    return ALGORITHMS[stated.partition(":")[0]]()
