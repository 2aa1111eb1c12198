"""The port of stores: where bytes are kept, by keys that the server makes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol

from pixharbor.errors import NotFound, PixharborError


class NewObject(NamedTuple):
    """Bytes to be kept. A path is a staged file on this machine, which the store may take away."""

    key: str
    body: bytes | Path
    mime_type: str


class Store(Protocol):
    """Keeps objects. Keys are made by keys.py and never hold anything that a user wrote."""

    @property
    def link_origin(self) -> str:
        """Where links lead, as in https://s3.example.org; empty: to this server (serve_files)."""
        ...

    async def put_many(self, objects: Sequence[NewObject]) -> None:
        """Keep the objects. On return they are durable: the caller commits rows that name them.

        An object under a content-addressed key that is there already is left as it is, or written
        again with the same bytes. Raises StoreFull before anything is harmed, StoreError for
        everything else that goes wrong, within a minute or two of the last sign of life.
        """
        ...

    def as_file(self, key: str) -> AbstractAsyncContextManager[Path]:
        """The object as a local file for the length of the block. Raises ObjectMissing."""
        ...

    async def size(self, key: str) -> int | None:
        """The object's length in bytes, None when there is none."""
        ...

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Delete; a key that is not there is fine."""
        ...

    def keys(self, prefix: str) -> AsyncIterator[str]:
        """All keys that begin with `prefix`, in no order."""
        ...

    def link(self, key: str, *, seconds: int, name: str, save: bool = False) -> str:
        """A link that brings the object's bytes to anyone for a while; relative to PUBLIC_URL.

        `name` is what a browser calls the file when it is saved; with `save` it does save it, also
        where it could show it.
        """
        ...


class StoreError(PixharborError):
    """The bytes could not be kept."""

    status: ClassVar[int] = 503
    code = "storage"
    cure = "Run pixharbor doctor; STORAGE_URL says where the bytes should go."


class StoreFull(StoreError):
    """The store has no room left."""

    code = "storage_full"
    cure = "Free some room where STORAGE_URL and DATA_DIR point; the job then goes on by itself."


class ObjectMissing(NotFound):
    """The store has no object under this key."""

    code = "object_missing"
    cure = "Import its folder again: what is missing is fetched again."
