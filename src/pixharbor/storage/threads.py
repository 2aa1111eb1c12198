"""Threads for a store's blocking calls: many objects side by side, a bounded number at a time."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


class Threads:
    """A pool of threads; their number is how many objects are under way together."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="store")

    async def side_by_side(self, act: Callable[[Iterable[T]], None], all_: Sequence[T]) -> None:
        """Each thread acts on what it takes from `all_`, until nothing is left.

        When one fails, the others end after the object they are at: on return, or when the error
        is raised, no thread is at work on any of them.
        """
        waiting = deque(all_)

        def act_on_rest() -> None:
            try:
                act(_take_from(waiting))
            except BaseException:
                waiting.clear()
                raise

        loop = asyncio.get_running_loop()
        running = [
            loop.run_in_executor(self._pool, act_on_rest)
            for _ in range(min(self._count, len(all_)))
        ]
        try:
            ends = await asyncio.gather(*running, return_exceptions=True)
        finally:
            waiting.clear()
        for end in ends:
            if end is not None:
                raise end

    def begin(self, act: Callable[[], None]) -> None:
        """Do something that nobody waits for."""
        self._pool.submit(act)

    async def run(self, act: Callable[P, R], *args: P.args, **options: P.kwargs) -> R:
        """One call in one of the threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(act, *args, **options))

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()


def _take_from(waiting: deque[T]) -> Iterator[T]:
    while True:
        try:
            taken = waiting.popleft()
        except IndexError:
            return
        yield taken
