"""The embedded transport: a pipe for each class of work, shared with the processes we start."""

import asyncio
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from multiprocessing.reduction import DupFd
from typing import Any, Self
from uuid import UUID

import structlog

from pixharbor.event_loop import unless_stopped
from pixharbor.failpoints import reached
from pixharbor.transports.base import Handler, Queue, WakeUp

log = structlog.get_logger()

# A wake-up in a pipe: 16 bytes of id, then the task's name, padded. All records have one length,
# far below the 512 bytes (PIPE_BUF, POSIX) up to which a write never mixes with another's, so
# whoever reads one length gets one whole wake-up, however many processes read and write.
RECORD_BYTES = 64


@dataclass(frozen=True, slots=True)
class Pipe:
    """A pipe's two ends: whoever has it may put in, and whoever is free takes out."""

    reading: int
    writing: int

    @classmethod
    def open(cls) -> Self:
        """A new pipe, of which neither end ever blocks."""
        pipe = cls(*os.pipe())
        os.set_blocking(pipe.reading, False)
        os.set_blocking(pipe.writing, False)
        return pipe

    def close(self) -> None:
        """Close both ends."""
        os.close(self.reading)
        os.close(self.writing)

    def __reduce__(self) -> tuple[Callable[..., "Pipe"], tuple[Any, Any]]:
        """Travel to a process that is being spawned; multiprocessing carries the ends over."""
        return _inherit, (DupFd(self.reading), DupFd(self.writing))


def _inherit(reading: Any, writing: Any) -> Pipe:
    return Pipe(reading.detach(), writing.detach())


class EmbeddedTransport:
    """Competing consumers by the kernel: every process reads the same pipes, and needs no server.

    Pickled into a spawned process it stays the same transport there.
    """

    window = 4  # whoever is free takes the next; each more costs memory, for files on their way

    def __init__(self) -> None:
        self._pipes = {queue: Pipe.open() for queue in Queue}

    def close(self) -> None:
        """Let go of the pipes; what is still in them the reconciler announces again."""
        for pipe in self._pipes.values():
            pipe.close()

    async def publish(self, queue: str, wake_ups: Sequence[WakeUp]) -> None:
        """Put them where whoever is free finds them. A full pipe loses them, as the port allows."""
        for count, wake_up in enumerate(wake_ups):
            try:
                os.write(self._pipes[Queue(queue)].writing, _pack(wake_up))
            except BlockingIOError:
                log.info("wake_ups.lost", queue=queue, count=len(wake_ups) - count)
                return

    async def run(
        self,
        queues: Collection[str],
        handler: Handler,
        *,
        concurrency: int,
        stop: asyncio.Event,
    ) -> None:
        """Give every class its own room, so that a long import never holds up a click."""
        async with asyncio.TaskGroup() as group:
            for queue in queues:
                group.create_task(self._empty(queue, handler, concurrency, stop))

    async def _empty(
        self, queue: str, handler: Handler, concurrency: int, stop: asyncio.Event
    ) -> None:
        """Take a wake-up only when there is room for it: another process may be free now."""
        reading = self._pipes[Queue(queue)].reading
        room = asyncio.Semaphore(concurrency)

        async def handle(wake_up: WakeUp) -> None:
            try:
                await handler(wake_up)
            finally:
                room.release()

        async with asyncio.TaskGroup() as group:
            while await unless_stopped(room.acquire(), stop):
                wake_up = await _take(reading, stop)
                if wake_up is None:
                    return
                reached("acknowledged")  # it is in no pipe any more
                group.create_task(handle(wake_up))


async def _take(reading: int, stop: asyncio.Event) -> WakeUp | None:
    """The next wake-up that no other process has taken; None once it is time to stop."""
    while not stop.is_set():
        try:
            return _unpack(os.read(reading, RECORD_BYTES))
        except BlockingIOError:
            await unless_stopped(_readable(reading), stop)
    return None


async def _readable(reading: int) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(reading, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(reading)


def _pack(wake_up: WakeUp) -> bytes:
    record = wake_up.task_id.bytes + wake_up.task_name.encode()
    assert len(record) <= RECORD_BYTES, f"{wake_up.task_name} is too long for a wake-up"
    return record.ljust(RECORD_BYTES, b"\0")


def _unpack(record: bytes) -> WakeUp:
    return WakeUp(record[16:].rstrip(b"\0").decode(), UUID(bytes=record[:16]))
