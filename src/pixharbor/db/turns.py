"""Whose turn it is to write on SQLite: one at a time, people before background work."""

import asyncio
import fcntl
import os
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path

Queue = deque[asyncio.Future[None]]

# So many times background work finds that another process was there first.
_TOO_LATE = 4


class Turns:
    """A lock with two queues. While an import writes, a click waits for one transaction at most.

    With a folder it holds between processes too. SQLite itself would make a waiting one sleep and
    look again, up to 0.1 s later, and take whoever comes by first.
    """

    def __init__(self, database: Path | None = None) -> None:
        self._between = _BetweenProcesses(database) if database else None
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
            if self._between is None:
                yield
            else:
                async with self._between.take(urgent=urgent):
                    yield
        finally:
            self._pass_on()

    def close(self) -> None:
        """Let go of what is held between processes."""
        if self._between:
            self._between.close()

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


class _BetweenProcesses:
    """Two file locks: whose turn it is, and whether people wait for it.

    The kernel wakes who waits, in no certain order, and lets go for a process that dies.
    """

    def __init__(self, database: Path) -> None:
        self._turn, self._people = (
            os.open(f"{database}-{name}", os.O_RDWR | os.O_CREAT, 0o644)
            for name in ("turn", "people")
        )
        self._waiter = ThreadPoolExecutor(1, thread_name_prefix="turn")

    @asynccontextmanager
    async def take(self, *, urgent: bool) -> AsyncIterator[None]:
        """Hold the turn for the length of the block; one block of this process at a time."""
        try:
            if urgent:
                await self._take_for_people()
            else:
                await self._take_after_people()
            yield
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)
            fcntl.flock(self._people, fcntl.LOCK_UN)

    async def _take_for_people(self) -> None:
        at_once = _try_to_lock(self._people, fcntl.LOCK_SH) and _try_to_lock(self._turn)
        if not at_once:
            await self._in_thread(self._wait_for_people)

    async def _take_after_people(self) -> None:
        """Take it when it is free and no people wait.

        A thread that waited for it would have it up to 50 ms before a busy event loop is back here:
        a quarter of an import. So it looks only, and whoever is back first takes it; who has come
        too late a few times waits as long as it takes.
        """
        for _ in range(_TOO_LATE):
            if self._take_at_once():
                return
            await self._in_thread(self._see_it_free)
        await self._in_thread(self._wait_after_people)
        while self._people_wait():  # they came while a busy loop was on its way back here
            fcntl.flock(self._turn, fcntl.LOCK_UN)
            await self._in_thread(self._wait_after_people)

    def _take_at_once(self) -> bool:
        if not _try_to_lock(self._turn):
            return False
        if self._people_wait():
            fcntl.flock(self._turn, fcntl.LOCK_UN)
            return False
        return True

    def _see_it_free(self) -> None:
        for file in (self._people, self._turn):
            fcntl.flock(file, fcntl.LOCK_EX)
            fcntl.flock(file, fcntl.LOCK_UN)

    def _wait_for_people(self) -> None:
        fcntl.flock(self._people, fcntl.LOCK_SH)
        fcntl.flock(self._turn, fcntl.LOCK_EX)

    def _wait_after_people(self) -> None:
        """All of it in the thread: a busy loop would hold the turn for 50 ms before it looked."""
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        while self._people_wait():
            fcntl.flock(self._turn, fcntl.LOCK_UN)
            fcntl.flock(self._people, fcntl.LOCK_EX)
            fcntl.flock(self._people, fcntl.LOCK_UN)
            fcntl.flock(self._turn, fcntl.LOCK_EX)

    def _people_wait(self) -> bool:
        if not _try_to_lock(self._people):
            return True
        fcntl.flock(self._people, fcntl.LOCK_UN)
        return False

    async def _in_thread(self, wait: Callable[[], None]) -> None:
        waiting = asyncio.get_running_loop().run_in_executor(self._waiter, wait)
        try:
            await asyncio.shield(waiting)
        except asyncio.CancelledError:
            # However often it is cancelled: a thread that is left would take the turn for nobody.
            while not waiting.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({waiting})
            raise

    def close(self) -> None:
        """Let go of the files."""
        self._waiter.shutdown()
        os.close(self._turn)
        os.close(self._people)


def _try_to_lock(file: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
