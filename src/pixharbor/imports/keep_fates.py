"""Keep what a chunk has fetched: bytes first, until they are durable, then rows, all at once."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pixharbor.failpoints import reached
from pixharbor.images.add_original import Added, Original, add_originals
from pixharbor.images.count_images import add_to_count
from pixharbor.images.purged_objects import (
    ObjectsPurged,
    require_unpurged,
    share_contents,
    take_back,
)
from pixharbor.imports.admission import Admission
from pixharbor.imports.fates import FileFate
from pixharbor.imports.leave_in_trash import leave_in_trash
from pixharbor.imports.remember_files import remember_files
from pixharbor.imports.verify_file import Content
from pixharbor.imports.write_fates import write_fates
from pixharbor.jobs.leases import Lease, record
from pixharbor.jobs.models import Job
from pixharbor.jobs.states import ItemState
from pixharbor.storage.base import NewObject, Store
from pixharbor.storage.keys import original_key
from pixharbor.unit_of_work import Work

# A basket is emptied at this many files (≤ 20 ms of SQLite's one writer), or when it has stood for
# this long.
BASKET_FILES = 125
BASKET_SECONDS = 1
# The store is given this much at a time (64 small files, as admission counts them) while the next
# ones are still being fetched. All baskets of a process together stay below what admission lets
# in: else they would wait for files that find no room.
PUT_BYTES = 8 << 20


@dataclass(frozen=True)
class FateKeeper:
    """Makes baskets; shared by all chunks of the process."""

    work: Work
    store: Store
    admission: Admission

    def basket(self, lease: Lease, job: Job) -> "FateBasket":
        """An empty basket for one chunk's files."""
        return FateBasket(self, lease, job)


@dataclass
class FateBasket:
    """Files that are fetched and verified, until they are kept and written down together."""

    keeper: FateKeeper
    lease: Lease
    job: Job
    _fates: list[FileFate] = field(default_factory=list)
    _unput: list[FileFate] = field(default_factory=list)
    _unput_bytes: int = 0
    _puts: list[asyncio.Task[None]] = field(default_factory=list)
    _putting: list[float] = field(default_factory=list)
    _emptied: float = field(default_factory=time.monotonic)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def add(self, fate: FileFate) -> None:
        """Put a file in; empties the basket when it is full."""
        self._fates.append(fate)
        if fate.content:
            self._unput.append(fate)
            self._unput_bytes += fate.admitted
            if self._unput_bytes >= PUT_BYTES:
                self._begin_put()
        is_due = time.monotonic() - self._emptied > BASKET_SECONDS
        if is_due or len(self._fates) >= BASKET_FILES:
            await self.empty()

    async def empty(self) -> None:
        """Keep all that is in it. Raises StoreError or LeaseLost: then none of it is written."""
        async with self._turn:
            self._begin_put()
            fates, self._fates = self._fates, []
            puts, self._puts = self._puts, []
            self._emptied = time.monotonic()
            if not fates:
                return
            try:
                await _all_of(puts)
                reached("object_written")
                # The bytes are durable now, and only now may rows name them (R8).
                await self._write(fates)
            finally:
                self._release(fates)

    def store_takes_seconds(self) -> float:
        """How long the store has been at what it was given first, and has not taken yet."""
        return time.monotonic() - self._putting[0] if self._putting else 0.0

    def drop(self) -> None:
        """Let go of what is still in it; the items stay pending."""
        fates, self._fates = self._fates, []
        self._unput.clear()
        self._release(fates)

    def _begin_put(self) -> None:
        fates, self._unput, self._unput_bytes = self._unput, [], 0
        if fates:
            self._puts.append(asyncio.create_task(self._put(fates)))

    async def _put(self, fates: Sequence[FileFate]) -> None:
        began = time.monotonic()
        self._putting.append(began)
        try:
            await self.keeper.store.put_many([self._new_object(fate) for fate in fates])
        finally:
            self._putting.remove(began)
        self._release(fates)  # they are durable: others may have their memory

    def _release(self, fates: Sequence[FileFate]) -> None:
        for fate in fates:
            if isinstance(fate.body, Path):
                fate.body.unlink(missing_ok=True)
            self.keeper.admission.leave(fate.admitted)
            fate.body, fate.admitted = None, 0

    async def _write(self, fates: Sequence[FileFate]) -> None:
        try:
            await self._write_rows(fates)
        except ObjectsPurged as purged:
            await take_back(purged.keys, work=self.keeper.work, store=self.keeper.store)
            await self._write_rows(fates)  # raises it again if they are not back: the job waits

    async def _write_rows(self, fates: Sequence[FileFate]) -> None:
        async with self.keeper.work(durable=True) as unit:
            await share_contents(unit.session)
            left = await leave_in_trash(unit.session, self.job, fates)
            kept = [fate for fate in fates if fate.content and id(fate) not in left]
            originals = [self._original(fate) for fate in kept]
            await require_unpurged(unit.session, [each.storage_key for each in originals])
            added = await add_originals(
                unit.session, owner=self.job.owner, job_id=self.job.id, originals=originals
            )
            for fate, image in zip(kept, added, strict=True):
                _settle(fate, image)
            images = {id(fate): image.image_id for fate, image in zip(kept, added, strict=True)}
            counts = Counter(fate.state.value for fate in fates)
            stored_bytes = sum(
                fate.content.size
                for fate in kept
                if fate.content and fate.state is ItemState.STORED
            )
            await record(unit.session, self.lease, **counts, bytes_stored=stored_bytes)
            as_before = {id(fate): fate.image_id for fate in fates if fate.image_id}
            await write_fates(unit.session, fates, images | as_before)
            in_trash = {fate: image for fate, image in left.items() if image}
            await remember_files(unit.session, self.job, fates, images | in_trash)
            new = sum(image.is_new for image in added)
            await add_to_count(unit.session, self.job.owner, self.job.id, self.job.source, new)
            reached("row_inserted")

    def _key(self, content: Content) -> str:
        return original_key(self.job.owner, content.sha256, content.header.extension)

    def _new_object(self, fate: FileFate) -> NewObject:
        assert fate.content is not None
        assert fate.body is not None
        return NewObject(self._key(fate.content), fate.body, fate.content.header.mime_type)

    def _original(self, fate: FileFate) -> Original:
        assert fate.content is not None
        item, content = fate.item, fate.content
        return Original(
            name=item.name,
            size=content.size,
            sha256=content.sha256,
            provider_hash=item.checksum,
            header=content.header,
            source=self.job.source,
            provider_id=item.provider_id,
            source_path=item.path,
            storage_key=self._key(content),
            source_checksum_mismatch=content.source_checksum_mismatch,
        )


async def _all_of(puts: Sequence[asyncio.Task[None]]) -> None:
    """Wait for all, also when one fails: their bodies are let go afterwards."""
    for end in await asyncio.gather(*puts, return_exceptions=True):
        if end is not None:
            raise end


def _settle(fate: FileFate, image: Added) -> None:
    if not image.is_new:
        fate.state, fate.reason = ItemState.DUPLICATE, "same_content"
