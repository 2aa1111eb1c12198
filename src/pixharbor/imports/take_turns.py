"""Which file is fetched next: chunks share a process's places, and hosts a chunk's."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Sequence
from typing import Final

from pixharbor.imports.pending_items import PendingItem
from pixharbor.sources.base import ManyHosts, Source

# Files of one source that a process has under way: as many as it keeps connections for.
FILES_AT_ONCE: Final = 64


class Places:
    """A process's places for files under way, shared alike by the chunks that have files left.

    A chunk that is alone has them all, so the end of a job takes no longer than its middle.
    """

    def __init__(self, total: int = FILES_AT_ONCE) -> None:
        self._total = total
        self._chunks: set[Turns] = set()

    @property
    def share(self) -> int:
        """How many files a chunk may have under way."""
        return max(1, self._total // max(1, len(self._chunks)))

    def join(self, chunk: "Turns") -> None:
        """One chunk more: the others hand out none until they are down to their new share."""
        self._chunks.add(chunk)

    def part(self, chunk: "Turns") -> None:
        """The chunk has nothing left to hand out: what it does not need is for the others."""
        self._chunks.discard(chunk)
        for other in self._chunks:
            other.look_again()


class Turns:
    """Hands a chunk's items out, host by host in turn, a few of each at a time.

    A file that waits for its host takes no other's place: it is not handed out before.
    `async for host, item in turns`: then `leave(host)` for each of them.
    """

    def __init__(self, items: Sequence[PendingItem], source: Source, places: Places) -> None:
        self._many = source if isinstance(source, ManyHosts) else None
        self._places = places
        self._waiting: dict[str, deque[PendingItem]] = defaultdict(deque)
        self._under_way: dict[str, int] = defaultdict(int)
        self._total = 0
        for item in items:
            host = self._many.host_of(item.provider_id, item.resource_key) if self._many else ""
            self._waiting[host].append(item)
        self._open = deque(self._waiting)  # hosts that have both an item and a place
        self._change = asyncio.Event()

    async def __aiter__(self) -> AsyncGenerator[tuple[str, PendingItem]]:
        """Each item and its host, once there is a place for it."""
        self._places.join(self)
        try:
            while self._waiting:
                while not self._open or self._total >= self._at_once:
                    self._change.clear()
                    await self._change.wait()
                yield self._hand_out()
        finally:
            self._places.part(self)

    def leave(self, host: str) -> None:
        """Give an item's place back, whatever became of it."""
        was_full = self._under_way[host] == self._per_host
        self._under_way[host] -= 1
        self._total -= 1
        if was_full and host in self._waiting:
            self._open.append(host)
        self.look_again()

    def look_again(self) -> None:
        """There may be a place now."""
        self._change.set()

    @property
    def _at_once(self) -> int:
        return self._many.files_at_once if self._many else self._places.share

    @property
    def _per_host(self) -> int:
        return self._many.files_per_host if self._many else FILES_AT_ONCE

    def _hand_out(self) -> tuple[str, PendingItem]:
        host = self._open.popleft()
        item = self._waiting[host].popleft()
        self._under_way[host] += 1
        self._total += 1
        if not self._waiting[host]:
            del self._waiting[host]
        elif self._under_way[host] < self._per_host:
            self._open.append(host)
        return host, item
