"""The shelf: where a source keeps a file while its import runs, and how it comes by one."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol, runtime_checkable

from pixharbor.sources.base import Location


class Shelf(Protocol):
    """Where a source keeps a file for the length of an import, so that every worker finds it."""

    def staged(self) -> AbstractAsyncContextManager[Path]:
        """A place on this machine for a file that is to be kept; deleted if it is not."""
        ...

    def check_room(self, size: int) -> None:
        """Raise StoreFull when a file of this many bytes cannot be staged here."""
        ...

    async def keep(self, key: str, path: Path) -> None:
        """Keep a staged file under a key: the hex digits of a new UUID, version 7.

        Raises StoreError.
        """
        ...

    def take(self, key: str) -> AbstractAsyncContextManager[Path]:
        """The file, on this machine, for the length of the block. Raises FileVanished."""
        ...

    async def drop(self, key: str) -> None:
        """Delete it; a key that is not there is fine."""
        ...


@runtime_checkable
class Shelving(Protocol):
    """An extra ability: a source that keeps files on a shelf while their import runs."""

    def use_shelf(self, shelf: Shelf) -> None:
        """Called once, when everything is open."""
        ...

    def brings(self, location: Location) -> bool:
        """Whether listing the place brings its file to the shelf; what was uploaded came once."""
        ...

    async def put_away(self, location: Location) -> None:
        """The import of this place has ended. May be called twice."""
        ...
