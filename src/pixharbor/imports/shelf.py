"""The shelf that sources borrow: files that lie in the store while their import runs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from uuid_utils.compat import uuid7

from pixharbor.connections.connected_sources import ConnectedSources
from pixharbor.jobs.leases import Lease
from pixharbor.jobs.models import Job
from pixharbor.jobs.states import FINISHED
from pixharbor.sources.base import FileVanished, Location, Source
from pixharbor.sources.shelf import Shelving
from pixharbor.storage.base import NewObject, ObjectMissing, Store
from pixharbor.storage.disk_errors import naming_disk_errors
from pixharbor.unit_of_work import Work


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


async def put_away(lease: Lease, connected: ConnectedSources, *, work: Work) -> None:
    """Let go of what was kept for an import that has ended; a dry run's is wanted again."""
    async with work.read() as session:
        job = await session.get_one(Job, lease.job_id)
    if job.state not in FINISHED or job.options.get("dry_run"):
        return
    source = await connected.source_for(job.source, None)
    if isinstance(source, Shelving):
        await source.put_away(Location(job.source, job.place, resource_key=job.resource_key))


def _object_key(key: str) -> str:
    return f"archives/{key}.zip"
