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

    hearing: Hearing
    process: asyncio.subprocess.Process = field(init=False)
    pids: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)  # those of them that closed their handler

    def stop(self) -> None:
        """SIGTERM, as a container's end sends it."""
        if self.process.returncode is None:
            self.process.terminate()

    async def ended(self) -> None:
        ways = {0, -signal.SIGKILL} if self.pids else {0, -signal.SIGKILL, -signal.SIGTERM}
        assert await self.process.wait() in ways  # it may be stopped before it has begun

    def kill_handlers(self) -> None:
        """SIGKILL whoever handles wake-ups: the process, or its library's children."""
        for pid in self.pids - self.gone:
            os.kill(pid, signal.SIGKILL)

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Write down what one of them tells while it lives; tell it when the gate opens."""

        async def tell_when_open() -> None:
            await self.hearing.gate.wait()
            writer.write(b"open\n")

        opening = asyncio.create_task(tell_when_open())
        under_way: list[WakeUp] = []
        while line := await reader.readline():
            what, pid, *named = line.decode().split()
            if what == "here":
                self.pids.add(int(pid))
            elif what == "gone":
                self.gone.add(int(pid))
            else:
                self._note(what, WakeUp(named[0], UUID(named[1])), under_way)
        self.hearing.at_once -= len(under_way)  # what a killed process was at
        opening.cancel()
        writer.close()

    def _note(self, what: str, woken: WakeUp, under_way: list[WakeUp]) -> None:
        if what == "heard":
            under_way.append(woken)
            self.hearing.begin(woken)
        else:
            under_way.remove(woken)
            self.hearing.finish(woken)


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
    listener = Listener(hearing)
    # Short: the path of a socket has at most 107 bytes.
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/told"
        async with await asyncio.start_unix_server(listener.hear, path):
            listener.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c", f"{before}\nfrom contracts.listening_process import main; main()",
                url, path, str(concurrency), manner, *queues,
                env=os.environ | {"PYTHONPATH": str(TESTS)},
            )  # fmt: skip
            try:
                yield listener
            finally:
                hearing.gate.set()
                listener.stop()
                await asyncio.wait_for(listener.ended(), 25)
