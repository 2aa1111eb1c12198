"""Who hears wake-ups in the transports' suite: a handler in this process, or in a worker's."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from harbour import until
from uuid_utils.compat import uuid7

from pixharbor.transports.base import Transport, WakeUp


def wake_up(name: str = "imports.fetch_chunk") -> WakeUp:
    return WakeUp(name, uuid7())


@dataclass
class Hearing:
    """A handler that writes down what it is woken for; closed, it holds every wake-up fast."""

    heard: list[WakeUp] = field(default_factory=list)
    done: list[WakeUp] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, woken: WakeUp) -> None:
        self.begin(woken)
        await self.gate.wait()
        self.finish(woken)

    def begin(self, woken: WakeUp) -> None:
        self.heard.append(woken)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)

    def finish(self, woken: WakeUp) -> None:
        self.at_once -= 1
        self.done.append(woken)

    async def until_heard(self, *wanted: WakeUp) -> None:
        async def look() -> bool | None:
            return set(wanted) <= set(self.heard) or None

        await until(look, seconds=30)


def open_hearing() -> Hearing:
    hearing = Hearing()
    hearing.gate.set()
    return hearing


class Run(Protocol):
    """A transport that runs somewhere."""

    def stop(self) -> None:
        """Ask it to end."""

    async def ended(self) -> None:
        """Wait for its end."""


class RunHere:
    """A transport that runs on this loop."""

    def __init__(
        self, transport: Transport, hearing: Hearing, queues: Collection[str], concurrency: int
    ) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(
            transport.run(queues, hearing, concurrency=concurrency, stop=self._stop)
        )

    def stop(self) -> None:
        self._stop.set()

    async def ended(self) -> None:
        await self._task


@asynccontextmanager
async def running(
    transport: Transport,
    hearing: Hearing,
    queues: Collection[str] = ("import",),
    *,
    concurrency: int = 4,
) -> AsyncIterator[Run]:
    """Run the transport here; at the end of the block the gate opens and it is stopped."""
    run = RunHere(transport, hearing, queues, concurrency)
    try:
        yield run
    finally:
        hearing.gate.set()
        run.stop()
        await asyncio.wait_for(run.ended(), 20)
