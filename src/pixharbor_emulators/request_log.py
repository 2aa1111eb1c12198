"""What an emulator was asked and what it answered, for tests to read."""

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import NamedTuple


class Entry(NamedTuple):
    """One answered request.

    `at` is in seconds of the monotonic clock when it came in, `kind` is list, get, download or
    other, `id` the file or folder it was about, `attempt` counts from 1 for each kind and id,
    `sent` is the body in bytes, `fault` the fault that struck it ("" for none).
    """

    at: float
    kind: str
    id: str
    attempt: int
    status: int
    sent: int
    units: int
    fault: str
    path: str
    query: bytes
    range: bytes


@dataclass(slots=True)
class Counts:
    """Totals since the start.

    What was `refused_by_quota` is among the requests of its kind, but cost no `units`.
    `held` is how many downloads wait at this moment (hold_downloads).
    """

    lists: int = 0
    gets: int = 0
    downloads: int = 0
    others: int = 0
    bytes_sent: int = 0
    units: int = 0
    refused_by_quota: int = 0
    held: int = 0
    by_status: Counter[int] = field(default_factory=Counter)
    by_fault: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, object]:
        """Return the totals with text keys, ready for JSON."""
        totals: dict[str, object] = {each.name: getattr(self, each.name) for each in fields(self)}
        totals["by_status"] = {str(status): n for status, n in self.by_status.items()}
        return totals


_COUNT_OF = {"list": "lists", "get": "gets", "download": "downloads"}


class RequestLog:
    """The newest `keep` entries and the totals of all; written by the server, read by anybody."""

    def __init__(self, keep: int = 200_000) -> None:
        self.counts = Counts()
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._waiting: list[tuple[Callable[[Counts], bool], Callable[[], object]]] = []
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        """Record one answered request."""
        counts = self.counts
        name = _COUNT_OF.get(entry.kind, "others")
        setattr(counts, name, getattr(counts, name) + 1)
        counts.bytes_sent += entry.sent
        if entry.fault != "quota":
            counts.units += entry.units
        counts.by_status[entry.status] += 1
        if entry.fault:
            counts.by_fault[entry.fault] += 1
            counts.refused_by_quota += entry.fault == "quota"
        self._entries.append(entry)
        self.look_again()

    def entries(self, kind: str | None = None, file_id: str | None = None) -> list[Entry]:
        """Return the kept entries, oldest first, of one kind or about one file if wanted."""
        return [
            entry
            for entry in self._entries.copy()
            if kind in (None, entry.kind) and file_id in (None, entry.id)
        ]

    def most_units(self, seconds: float = 60.0) -> int:
        """Return the most units that were granted in any window of that length."""
        window: deque[Entry] = deque()
        most = units = 0
        for entry in sorted(self._entries.copy()):
            if entry.fault == "quota":
                continue
            window.append(entry)
            units += entry.units
            while window[0].at <= entry.at - seconds:
                units -= window.popleft().units
            most = max(most, units)
        return most

    async def until(self, reached: Callable[[Counts], bool], timeout: float = 30.0) -> Counts:  # noqa: ASYNC109 - a test names how long it waits
        """Wait until the totals fulfil a condition. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        with self._lock:
            self._waiting.append((reached, partial(loop.call_soon_threadsafe, done.set)))
        self.look_again()
        async with asyncio.timeout(timeout):
            await done.wait()
        return self.counts

    def look_again(self) -> None:
        """Wake those whose condition holds now."""
        if not self._waiting:
            return
        with self._lock:
            waiting, self._waiting = self._waiting, []
            for reached, wake in waiting:
                if reached(self.counts):
                    wake()
                else:
                    self._waiting.append((reached, wake))


def now() -> float:
    """Return the clock that entries are stamped with, in seconds."""
    return time.monotonic()
