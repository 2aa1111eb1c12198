"""Admission by bytes: how much of what is being fetched may be in memory at once."""

import asyncio
from collections import deque

# For a whole process; listed sizes tell how much a file will take before it is fetched.
BYTES_IN_FLIGHT = 64 << 20
# What the smallest file counts for: no more than 512 of them wait for a store that is slower than
# the source, and what is kept in memory about each of them beside its bytes is counted too.
LEAST_BYTES = 128 << 10


class Admission:
    """A gate that lets files in while their bytes fit, in the order they came."""

    def __init__(self, room: int = BYTES_IN_FLIGHT) -> None:
        self._room = room
        self._free = room
        self._queue: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def enter(self, size: int) -> int:
        """Wait until `size` bytes fit; answers what was taken and has to be given back."""
        size = min(max(size, LEAST_BYTES), self._room)  # one larger than the room comes in alone
        if not self._queue and size <= self._free:
            self._free -= size
            return size
        turn = asyncio.get_running_loop().create_future()
        self._queue.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave(size)  # the turn came together with the cancellation
            raise
        return size

    def leave(self, size: int) -> None:
        """Give back what was taken, and let in whoever fits now."""
        self._free += size
        while self._queue and (self._queue[0][1].cancelled() or self._queue[0][0] <= self._free):
            wanted, turn = self._queue.popleft()
            if not turn.cancelled():
                self._free -= wanted
                turn.set_result(None)
