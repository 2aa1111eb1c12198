"""Fetch one file: download and verify it, try again as its errors allow, and say its fate."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pixharbor.errors import Fate, TooLarge
from pixharbor.failpoints import reached
from pixharbor.imports.admission import Admission
from pixharbor.imports.fates import FileFate
from pixharbor.imports.filters import Filters, Traits, judge_traits
from pixharbor.imports.pending_items import PendingItem
from pixharbor.imports.retry_delays import RetryDelays
from pixharbor.imports.settle_known import filtered
from pixharbor.imports.take_turns import Places
from pixharbor.imports.verify_file import Verdict, Verifier
from pixharbor.jobs.states import ItemState
from pixharbor.sources.base import (
    FileChanged,
    FileUnchanged,
    FileVanished,
    NoLongerConfigured,
    Source,
    SourceError,
    SourceFile,
    SourceNotConfigured,
    Told,
)
from pixharbor.storage.disk_errors import naming_disk_errors

# Up to this size a file is held in memory, above it on the disk; most photographs are below.
IN_MEMORY_BYTES = 8 << 20
# The same for a file that no listing gave a size: its host may be any, and a slow one must not
# hold the memory that others need.
UNLISTED_BYTES = 1 << 20


class FileTooLarge(TooLarge):
    """The file is larger than LIMIT_FILE_BYTES allows."""

    code = "too_large"


@dataclass(frozen=True)
class FileFetcher:
    """Fetches files of one source; shared by all chunks of the process.

    `staging` is a folder on the store's disk, for files too large for memory.
    """

    source: Source
    verifier: Verifier
    staging: Path
    limit_bytes: int
    admission: Admission = field(default_factory=Admission)
    places: Places = field(default_factory=Places)

    async def fetch(self, item: PendingItem, filters: Filters) -> FileFate:
        """The file's fate, after as many tries as it takes. Raises SourceError to pause the job."""
        delays = RetryDelays(item.attempts)
        seen: str | None = None  # the hash of bytes that did not agree with the listing
        while True:
            try:
                fate, verdict = await self._try(item, seen)
            except SourceNotConfigured as error:
                raise NoLongerConfigured.since(error) from error
            except SourceError as error:
                if error.fate is Fate.PAUSE:
                    raise
                delay = delays.next(error) if error.fate is Fate.RETRY else None
                if delay is None:
                    return _refused(item, error, max(1, delays.tries))
                if isinstance(error, FileChanged):
                    item = _as_it_is_now(item, error.now)
            else:
                fate.attempts = delays.tries + 1
                if verdict.agrees or verdict.sha256 == seen:
                    self._filter(fate, filters)
                    return fate
                self._forget(fate)
                delay, seen = delays.next(), verdict.sha256
                if delay is None:
                    return fate
            await asyncio.sleep(delay)

    async def _try(self, item: PendingItem, seen: str | None) -> tuple[FileFate, Verdict]:
        """Download once and look at what came."""
        room = _Room(self.admission)
        try:
            body = await self._download(item, room)
            verdict = await self.verifier.verify(item, body, seen)
        except FileUnchanged:
            room.leave()
            return _unchanged(item)
        except FileTooLarge as error:
            room.leave()
            return (
                FileFate(item, ItemState.SKIPPED, "too_large", error.message),
                Verdict(ItemState.SKIPPED, "too_large", error.message, "", agrees=True),
            )
        except BaseException:
            room.leave()
            raise
        # What the answer says of a file is no promise that its bytes could be held against.
        item = _as_told(item, room.told) if room.told else item
        fate = FileFate(item, verdict.state, verdict.reason, verdict.message, told=bool(room.told))
        fate.version = room.told.version if room.told else None
        fate.content, fate.body, fate.admitted = verdict.content, body, room.admitted
        if fate.content is None:
            self._forget(fate)
        return fate, verdict

    def _filter(self, fate: FileFate, filters: Filters) -> None:
        """Leave out what only the bytes could tell is not wanted; what they are is remembered."""
        if fate.content is None:
            return
        traits = Traits.of(fate.content.size, fate.content.header)
        left_out = judge_traits(traits, filters)
        if left_out:
            self._forget(fate)
            fate.traits = traits
            fate.state, fate.reason = ItemState.SKIPPED, "filtered"
            fate.message = filtered(left_out).message

    def _forget(self, fate: FileFate) -> None:
        """Let go of bytes that will not be kept."""
        if isinstance(fate.body, Path):
            fate.body.unlink(missing_ok=True)
        self.admission.leave(fate.admitted)
        fate.body, fate.content, fate.admitted = None, None, 0

    async def _download(self, item: PendingItem, room: "_Room") -> bytes | Path:
        """The bytes as they come, counted against the limit whatever the listing said."""
        if item.size is not None:
            self._check_size(item.size)
            await room.enter(item.size, IN_MEMORY_BYTES)
        parts: list[bytes] = []
        total = 0
        async with self.source.open(_source_file(item)) as chunks:
            room.told = getattr(chunks, "told", None)  # if it is Telling; see sources/base.py
            if room.told:
                self._check_size(room.told.size or 0)
            if item.size is None:
                stated = room.told.size if room.told else None
                await room.enter(stated or UNLISTED_BYTES, UNLISTED_BYTES)
            async for chunk in chunks:
                reached("downloading")
                parts.append(chunk)
                total += len(chunk)
                self._check_size(total)
                if total > room.most:
                    return await self._spill(parts, chunks)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _check_size(self, size: int) -> None:
        if size > self.limit_bytes:
            raise FileTooLarge

    async def _spill(self, parts: list[bytes], rest: AsyncIterator[bytes]) -> Path:
        """Go on to the disk with a file that is too large for memory."""
        path = self.staging / secrets.token_hex(12)
        with _staged(path), path.open("xb") as file:
            total = file.write(b"".join(parts))
            parts.clear()
            async for chunk in rest:
                total += file.write(chunk)
                self._check_size(total)
        return path


class _Room:
    """What one file may take of the memory, and what the answer with its bytes says of it."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self.admitted = 0
        self.most = 0
        self.told: Told | None = None

    async def enter(self, size: int, most: int) -> None:
        """Wait for room for `size` bytes, or for `most` of them: the rest goes to the disk."""
        self.most = most
        self.admitted = await self._admission.enter(min(size, most))

    def leave(self) -> None:
        """Give the room back."""
        self._admission.leave(self.admitted)
        self.admitted = 0


@contextmanager
def _staged(path: Path) -> Iterator[None]:
    """Leave nothing behind when a large file does not make it."""
    try:
        with naming_disk_errors():
            yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _as_told(item: PendingItem, told: Told) -> PendingItem:
    """The item with what the answer says of it; what the listing said of size and time counts."""
    return item._replace(
        name=told.name or item.name,
        size=told.size if item.size is None else item.size,
        modified_at=item.modified_at or told.modified_at,
    )


def _source_file(item: PendingItem) -> SourceFile:
    return SourceFile(
        id=item.provider_id,
        name=item.name,
        path=item.path,
        size=item.size,
        mime_type=item.mime_type,
        checksum=item.checksum,
        modified_at=item.modified_at,
        resource_key=item.resource_key,
        version=item.kept.version if item.kept else None,
    )


def _as_it_is_now(item: PendingItem, now: SourceFile) -> PendingItem:
    return item._replace(size=now.size, checksum=now.checksum, modified_at=now.modified_at)


def _unchanged(item: PendingItem) -> tuple[FileFate, Verdict]:
    """The fate that the version which is kept already has."""
    assert item.kept is not None
    known = item.kept.fate
    state = ItemState(known.state)
    return (
        FileFate(item, state, known.reason, known.message, unchanged=True, image_id=known.image_id),
        Verdict(state, known.reason, known.message, "", agrees=True),
    )


def _refused(item: PendingItem, error: SourceError, attempts: int) -> FileFate:
    """The end that the source's error gives the item, in the item's words."""
    state = ItemState.GONE if isinstance(error, FileVanished) else ItemState.FAILED
    return FileFate(item, state, error.reason, error.message, attempts)
