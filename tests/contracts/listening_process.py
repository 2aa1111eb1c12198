"""A worker's process for the transports' suite: hears wake-ups and tells the test by a socket.

Its arguments are URL SOCKET CONCURRENCY MANNER QUEUE…
Lines: `here PID`, `heard PID NAME ID`, `done PID NAME ID`, `gone PID` to the test, `open` from it.
A wake-up is held until the test says `open`; in the manner `yielding` no longer than until a stop.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from pixharbor.transports.base import Handler, OpenHandler, Transport, WakeUp
from pixharbor.transports.registry import find_forking, open_transport


@asynccontextmanager
async def telling(path: str, manner: str, stop: asyncio.Event) -> AsyncIterator[Handler]:
    """A handler whose every begin and end is told by the socket at `path`."""
    reader, writer = await asyncio.open_unix_connection(path)

    async def tell(what: str, *named: object) -> None:
        writer.write(f"{' '.join(map(str, (what, os.getpid(), *named)))}\n".encode())
        await writer.drain()

    async def handle(woken: WakeUp) -> None:
        await tell("heard", woken.task_name, woken.task_id)
        waits = [opening]
        if manner == "yielding":
            waits.append(stopping)
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        await tell("done", woken.task_name, woken.task_id)

    opening: asyncio.Task[object] = asyncio.create_task(reader.readline())
    stopping: asyncio.Task[object] = asyncio.create_task(stop.wait())
    await tell("here")
    try:
        yield handle
    finally:
        opening.cancel()
        stopping.cancel()
        await tell("gone")
        writer.close()


async def listen(url: str, open_handler: OpenHandler, concurrency: int, queues: list[str]) -> None:
    """Run a transport that works on its caller's loop, until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_transport(url) as transport, open_handler(stop) as handler:
        assert isinstance(transport, Transport)
        await transport.run(queues, handler, concurrency=concurrency, stop=stop)


def main() -> None:
    url, path, concurrency, manner, *queues = sys.argv[1:]
    open_handler = partial(telling, path, manner)
    forking = find_forking(url)
    if forking:
        forking.run_processes(queues, open_handler, processes=int(concurrency))
    else:
        asyncio.run(listen(url, open_handler, int(concurrency), queues))
