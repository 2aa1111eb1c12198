"""The port of transports: how a wake-up travels. The database is the truth; this only wakes."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class WakeUp:
    """The whole message: which task to claim, by which name."""

    task_name: str
    task_id: UUID


Handler = Callable[[WakeUp], Awaitable[None]]


class Transport(Protocol):
    """Carries wake-ups from whoever commits work to whoever does it.

    A wake-up may be lost or come twice, in any order: a lost one is announced again by the
    reconciler, a second one finds its task claimed. Neither method touches the database.
    """

    async def publish(self, queue: str, wake_ups: Sequence[WakeUp]) -> None:
        """Send. Raises Unavailable when the queue's server is away; the rows wait meanwhile."""
        ...

    async def run(
        self,
        queues: Collection[str],
        handler: Handler,
        *,
        concurrency: int,
        stop: asyncio.Event,
    ) -> None:
        """Hand each wake-up of `queues` to `handler`, `concurrency` at a time, until `stop`.

        After `stop` takes no more, and returns when the handlers under way have returned (they
        look at the same event and give their work back). A handler never raises.
        """
        ...
