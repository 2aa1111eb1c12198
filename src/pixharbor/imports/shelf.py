"""The shelf that sources borrow: files that lie in the store while their import runs."""

import re
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from uuid_utils.compat import uuid7

from pixharbor.sources.base import FileVanished, Source
from pixharbor.sources.shelf import Shelving
from pixharbor.storage.base import NewObject, ObjectMissing, Store, StoreFull
from pixharbor.storage.disk_errors import naming_disk_errors

PREFIX: Final = "archives/"
_NAME: Final = re.compile(PREFIX + r"([0-9a-f]{32})\.zip")


class StoreShelf:
    """Implements Shelf; see sources/shelf.py. `staging` is a folder on the store's disk."""

    def __init__(self, store: Store, staging: Path) -> None:
        self._store = store
        self._staging = staging

    @asynccontextmanager
    async def staged(self) -> AsyncIterator[Path]:
        """A new file's place; sweep_staging deletes what a killed process leaves there."""
        path = self._staging / uuid7().hex
        try:
            with naming_disk_errors():
                yield path
        finally:
            path.unlink(missing_ok=True)

    def check_room(self, size: int) -> None:
        """Before it is brought: what has no room would be brought again and again."""
        free = shutil.disk_usage(self._staging).free
        if size > free:
            raise StoreFull(
                f"The archive has {size >> 20} MiB, and the disk of DATA_DIR {free >> 20} MiB free."
            )

    async def keep(self, key: str, path: Path) -> None:
        """The store may take the file itself."""
        await self._store.put_many([NewObject(_object_key(key), path, "application/zip")])

    @asynccontextmanager
    async def take(self, key: str) -> AsyncIterator[Path]:
        """The object as a file: where the store is a bucket, a copy of it."""
        async with AsyncExitStack() as stack:
            try:
                path = await stack.enter_async_context(self._store.as_file(_object_key(key)))
            except ObjectMissing:
                raise FileVanished(
                    "The archive was put away when its import had ended: import it again."
                ) from None
            yield path

    async def drop(self, key: str) -> None:
        """Delete the object."""
        await self._store.delete_many([_object_key(key)])


def lend_shelf(sources: Mapping[str, Source], store: Store, staging: Path) -> None:
    """Give every source that wants one its shelf."""
    for source in sources.values():
        if isinstance(source, Shelving):
            source.use_shelf(StoreShelf(store, staging))


def key_of(name: str) -> str | None:
    """What a source calls the object of this name on its shelf; None for one that is not there."""
    found = _NAME.fullmatch(name)
    return found and found[1]


def _object_key(key: str) -> str:
    return f"{PREFIX}{key}.zip"
