"""Verify bodies in threads, those that have arrived together: a hop costs as much as a hash."""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pixharbor.imaging.limits import ImagingSettings
from pixharbor.imports.pending_items import PendingItem
from pixharbor.imports.verify_file import Verdict, verify_file

BODIES_A_HOP = 16
# Hashing lets go of the interpreter lock, so two threads keep two cores busy.
THREADS = 2

Waiting = tuple[PendingItem, bytes | Path, str | None, "asyncio.Future[Verdict]"]


class Verifier:
    """Gives each waiting body its verdict; shared by all chunks of the process."""

    def __init__(self, settings: ImagingSettings) -> None:
        self._settings = settings
        self._waiting: deque[Waiting] = deque()
        self._hops: set[asyncio.Task[None]] = set()
        self._busy = 0
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="verify")

    async def verify(self, item: PendingItem, body: bytes | Path, seen: str | None) -> Verdict:
        """The verdict on `body`; see verify_file."""
        verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, body, seen, verdict))
        if self._busy < THREADS:
            self._busy += 1
            hop = asyncio.create_task(self._hop())
            self._hops.add(hop)
            hop.add_done_callback(self._hops.discard)
        return await verdict

    async def _hop(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            count = min(len(self._waiting), BODIES_A_HOP)
            bodies = [self._waiting.popleft() for _ in range(count)]
            verdicts = await loop.run_in_executor(self._threads, self._verify_all, bodies)
            for (*_, future), verdict in zip(bodies, verdicts, strict=True):
                if future.cancelled():
                    continue
                if isinstance(verdict, Verdict):
                    future.set_result(verdict)
                else:
                    future.set_exception(verdict)
        # Counted here and not by the set of tasks, which lets go of a task only later: whoever
        # comes in between would wait for a hop that has looked around already.
        self._busy -= 1

    def _verify_all(self, bodies: list[Waiting]) -> list[Verdict | Exception]:
        return [self._verify_one(item, body, seen) for item, body, seen, _ in bodies]

    def _verify_one(
        self, item: PendingItem, body: bytes | Path, seen: str | None
    ) -> Verdict | Exception:
        try:
            return verify_file(item, body, seen=seen, settings=self._settings)
        except Exception as error:  # noqa: BLE001 - raised again where this body is awaited
            return error
