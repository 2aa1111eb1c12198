"""How an async program speaks with a blocking client: in one thread, and never for long."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pixharbor.transports.address import away

T = TypeVar("T")

# A server that has just not answered is not asked again for this long: those who wait for the
# thread, each for its own time-out, would wait for one another.
QUIET_SECONDS = 1.0


class Sender:
    """One thread for the client of one server; what is asked at once is asked in turn."""

    def __init__(
        self,
        kind: str,
        url: str,
        errors: tuple[type[Exception], ...],
        *,
        told_by: Callable[[Exception], str] = str,
    ) -> None:
        self._kind = kind  # as people call it
        self._url = url
        self._errors = errors  # what the client raises when the server is away
        self._told_by = told_by  # its reason, for people
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=kind)
        self._quiet_until = 0.0
        self._reason = ""

    async def ask(self, question: Callable[[], T]) -> T:
        """Do it in the thread. Raises Unavailable when the server is away."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, question)

    def _ask(self, question: Callable[[], T]) -> T:
        if time.monotonic() < self._quiet_until:
            raise away(self._kind, self._url, self._reason)
        try:
            return question()
        except self._errors as error:
            self._reason = self._told_by(error) or type(error).__name__
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            raise away(self._kind, self._url, self._reason) from error

    async def close(self, last: Callable[[], object]) -> None:
        """Do a last thing in the thread, and end it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, last)
        self._thread.shutdown()
