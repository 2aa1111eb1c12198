"""The embedded transport: wake-ups stay in this process. Needs no server."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence

from pixharbor.transports.base import Handler, WakeUp


class EmbeddedTransport:
    """One in-process queue for each class of work, and tasks of the same loop that empty it."""

    def __init__(self) -> None:
        self._queues: defaultdict[str, asyncio.Queue[WakeUp]] = defaultdict(asyncio.Queue)

    async def publish(self, queue: str, wake_ups: Sequence[WakeUp]) -> None:
        """Put them where `run` of this process finds them."""
        for wake_up in wake_ups:
            self._queues[queue].put_nowait(wake_up)

    async def run(
        self,
        queues: Collection[str],
        handler: Handler,
        *,
        concurrency: int,
        stop: asyncio.Event,
    ) -> None:
        """Give every class its own workers, so that a long import never holds up a click."""
        async with asyncio.TaskGroup() as group:
            for queue in queues:
                for _ in range(concurrency):
                    group.create_task(self._work(queue, handler, stop))

    async def _work(self, queue: str, handler: Handler, stop: asyncio.Event) -> None:
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                getting = asyncio.create_task(self._queues[queue].get())
                await asyncio.wait({getting, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if getting.done():
                    await handler(getting.result())
                else:
                    getting.cancel()
        finally:
            stopping.cancel()
