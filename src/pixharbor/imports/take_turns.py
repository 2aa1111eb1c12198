"""Which file of a chunk is fetched next: of many hosts, none takes all the places."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Final

from pixharbor.imports.pending_items import PendingItem
from pixharbor.sources.base import ManyHosts, Source

# Files of one chunk under way together; with the chunks of a process side by side this stays
# below the 64 connections of a source with one host.
FILES_AT_ONCE: Final = 16


class Turns:
    """Hands a chunk's items out, host by host in turn, `per_host` of each at a time.

    A file that waits for its host takes no other's place: it is not handed out before.
    """

    def __init__(self, items: Sequence[PendingItem], source: Source) -> None:
        many = source if isinstance(source, ManyHosts) else None
        at_once = many.files_at_once if many else FILES_AT_ONCE
        self.at_once = min(at_once, len(items))
        self._per_host = many.files_per_host if many else at_once
        self._waiting: dict[str, deque[PendingItem]] = defaultdict(deque)
        self._under_way: dict[str, int] = defaultdict(int)
        for item in items:
            host = many.host_of(item.provider_id, item.resource_key) if many else ""
            self._waiting[host].append(item)
        self._open = deque(self._waiting)  # hosts that have both an item and a place
        self._change = asyncio.Event()

    async def take(self) -> tuple[str, PendingItem] | None:
        """The next item and its host, once there is a place for it; None when none is left."""
        while not self._open:
            if not self._waiting:
                return None
            self._change.clear()
            await self._change.wait()
        host = self._open.popleft()
        item = self._waiting[host].popleft()
        self._under_way[host] += 1
        if not self._waiting[host]:
            del self._waiting[host]
        elif self._under_way[host] < self._per_host:
            self._open.append(host)
        self._change.set()
        return host, item

    def leave(self, host: str) -> None:
        """Give an item's place back, whatever became of it."""
        was_full = self._under_way[host] == self._per_host
        self._under_way[host] -= 1
        if was_full and host in self._waiting:
            self._open.append(host)
        self._change.set()
