"""Whose turn it is to write on SQLite: one at a time, people before background work."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Queue = deque[asyncio.Future[None]]


class Turns:
    """A lock with two queues. While an import writes, a click waits for one transaction at most."""

    def __init__(self) -> None:
        self._taken = False
        self._urgent: Queue = deque()
        self._ordinary: Queue = deque()

    @asynccontextmanager
    async def take(self, *, urgent: bool) -> AsyncIterator[None]:
        """Hold the turn for the length of the block."""
        if self._taken:
            await self._wait(self._urgent if urgent else self._ordinary)
        self._taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, queue: Queue) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()  # the turn came together with the cancellation
            raise

    def _pass_on(self) -> None:
        """Give the turn to whoever is next; `_taken` stays set while it changes hands."""
        for queue in (self._urgent, self._ordinary):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._taken = False
