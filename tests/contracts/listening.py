"""Workers of the transports' suite that are processes of their own, to be stopped and killed."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import UUID

from contracts.hearing import Hearing

from pixharbor.transports.base import WakeUp

TESTS = Path(__file__).parents[1]


@dataclass
class Listener:
    """A worker's process, and those that handle its wake-ups: itself or its children, by id."""

    process: asyncio.subprocess.Process
    pids: set[int] = field(default_factory=set)

    def stop(self) -> None:
        """SIGTERM, as a container's end sends it."""
        if self.process.returncode is None:
            self.process.terminate()

    async def ended(self) -> None:
        ways = {0, -signal.SIGKILL} if self.pids else {0, -signal.SIGKILL, -signal.SIGTERM}
        assert await self.process.wait() in ways  # it may be stopped before it has begun

    def kill_handlers(self) -> None:
        """SIGKILL whoever handles wake-ups: the process, or its library's children."""
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)


@asynccontextmanager
async def listening(
    url: str,
    hearing: Hearing,
    queues: Collection[str] = ("import",),
    *,
    concurrency: int = 4,
    manner: Literal["stubborn", "yielding"] = "stubborn",
    before: str = "",
) -> AsyncIterator[Listener]:
    """Run the URL's transport in a process of its own; at the end the gate opens and it ends.

    A `yielding` handler gives its work back at a stop; a `stubborn` one waits for the gate. The
    process executes `before` first, to change a constant, say.
    """
    pids: set[int] = set()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await write_down(hearing, pids, reader, writer)

    # Short: the path of a socket has at most 107 bytes.
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/told"
        async with await asyncio.start_unix_server(hear, path):
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c", f"{before}\nfrom contracts.listening_process import main; main()",
                url, path, str(concurrency), manner, *queues,
                env=os.environ | {"PYTHONPATH": str(TESTS)},
            )  # fmt: skip
            listener = Listener(process, pids)
            try:
                yield listener
            finally:
                hearing.gate.set()
                listener.stop()
                await asyncio.wait_for(listener.ended(), 25)


async def write_down(
    hearing: Hearing,
    pids: set[int],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """What one process that handles tells, for as long as it lives; tell it when the gate opens."""

    async def tell_when_open() -> None:
        await hearing.gate.wait()
        writer.write(b"open\n")

    opening = asyncio.create_task(tell_when_open())
    under_way: list[WakeUp] = []
    while line := await reader.readline():
        what, pid, *named = line.decode().split()
        pids.add(int(pid))
        if what == "here":
            continue
        woken = WakeUp(named[0], UUID(named[1]))
        if what == "heard":
            under_way.append(woken)
            hearing.begin(woken)
        else:
            under_way.remove(woken)
            hearing.finish(woken)
    hearing.at_once -= len(under_way)  # what a killed process was at
    opening.cancel()
    writer.close()
