"""The Redis transport: a stream for each class of work, read by one group of workers."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from pixharbor.event_loop import unless_stopped
from pixharbor.failpoints import reached
from pixharbor.transports.address import away
from pixharbor.transports.base import Handler, ServerCheck, WakeUp
from pixharbor.transports.message import read_message, write_message
from pixharbor.transports.redis_server import check_redis, connect_redis

log = structlog.get_logger()

GROUP = "pixharbor"
FIELD = b"wake_up"
# Entries that a stream keeps, about: far more than are ever announced at a time (jobs/fan_out.py).
# Where nobody works for a week, what is trimmed is announced again by the reconciler.
MAX_LENGTH = 100_000
# How long one read waits for work: a stop waits as long, and it is below the answer's time-out.
READ_MS = 500
# An entry whose worker has not said for this long that it is at it is given to another.
IDLE_SECONDS = 20.0
# Between two tries to reach a server that is away.
PAUSE_SECONDS = 0.5
# A worker that has not asked for work for this long has ended: its name is forgotten.
GONE_MS = 3_600_000

Entry = tuple[bytes, Mapping[bytes, bytes]]  # its id and its fields


@asynccontextmanager
async def open_transport(url: str) -> AsyncIterator["RedisStreams"]:
    """Open it for as long as the block runs; the server may be away meanwhile."""
    transport = RedisStreams(url)
    try:
        yield transport
    finally:
        await transport.close()


class RedisStreams:
    """Redis Streams without a task library: each wake-up goes to one worker of the group.

    An entry is acknowledged and deleted when its handler has returned, so a stream holds what is
    still to be done. Redis may be emptied at any time: streams and groups are made again.
    """

    window = 6  # a process that took more than its share leaves the others some

    def __init__(self, url: str, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._url = url
        self._client = connect_redis(url)
        self._idle_seconds = idle_seconds

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def check(self) -> ServerCheck:
        """Redis' version, and whether it may drop what is queued."""
        return await check_redis(self._client, self._url)

    async def publish(self, queue: str, wake_ups: Sequence[WakeUp]) -> None:
        """Append them to the queue's stream, in one round trip."""
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for wake_up in wake_ups:
                    pipe.xadd(
                        stream_of(queue), {FIELD: write_message(wake_up)},
                        maxlen=MAX_LENGTH, approximate=True,
                    )  # fmt: skip
                await pipe.execute()
        except (RedisError, OSError) as error:
            raise away("Redis", self._url, error) from error

    async def run(
        self,
        queues: Collection[str],
        handler: Handler,
        *,
        concurrency: int,
        stop: asyncio.Event,
    ) -> None:
        """Read every class for itself, so that a long import never holds up a click."""
        worker = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        async with asyncio.TaskGroup() as group:
            for queue in queues:
                reader = _Reader(self._client, stream_of(queue), worker, self._idle_seconds)
                group.create_task(reader.read_until(stop, handler, concurrency))


def stream_of(queue: str) -> str:
    """The key of a class of work."""
    return f"pixharbor:{queue}"


class _Reader:
    """One worker's reading of one stream: it takes no more than it has hands for."""

    def __init__(self, client: Redis, stream: str, worker: str, idle_seconds: float) -> None:
        self._client = client
        self._stream = stream
        self._worker = worker
        self._idle_seconds = idle_seconds
        self._held: dict[bytes, asyncio.Task[None]] = {}  # by entry: what is under way
        self._look_again_at = 0.0  # for what others have left
        self._away = False

    async def read_until(self, stop: asyncio.Event, handler: Handler, concurrency: int) -> None:
        """Take and handle entries; after `stop`, return when those under way are done."""
        stopping = asyncio.create_task(stop.wait())
        keeping = asyncio.create_task(self._keep_held())
        try:
            async with asyncio.TaskGroup() as group:
                while not stop.is_set():
                    free = concurrency - len(self._held)
                    if not free:
                        waiting = {*self._held.values(), stopping}
                        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                        continue
                    for entry, body in await self._take(free, stop):
                        if stop.is_set():
                            await self._put_back(entry, body)
                        elif entry not in self._held:
                            handling = self._handle(entry, body, handler)
                            self._held[entry] = group.create_task(handling)
        finally:
            stopping.cancel()
            keeping.cancel()

    async def _take(self, count: int, stop: asyncio.Event) -> list[tuple[bytes, bytes]]:
        """Up to `count` entries and their bodies: first what a dead worker left, then new ones."""
        try:
            entries = await self._take_left(count) or await self._read(count)
        except (RedisError, OSError) as error:
            await self._mend(error, stop)
            return []
        if self._away:
            self._away = False
            log.info("redis.back", stream=self._stream)
        return [(entry, (fields or {}).get(FIELD, b"")) for entry, fields in entries]

    async def _take_left(self, count: int) -> Sequence[Entry]:
        if time.monotonic() < self._look_again_at:
            return ()
        idle_ms = int(self._idle_seconds * 1000)
        answer = await self._client.xautoclaim(
            self._stream, GROUP, self._worker, min_idle_time=idle_ms, count=count
        )
        entries: Sequence[Entry] = answer[1]
        if not entries:
            self._look_again_at = time.monotonic() + self._idle_seconds / 2
            await self._forget_gone()
        return entries

    async def _forget_gone(self) -> None:
        """Delete the names of workers that ended long ago and left nothing."""
        for worker in await self._client.xinfo_consumers(self._stream, GROUP):
            if not worker["pending"] and worker["idle"] > GONE_MS:
                await self._client.xgroup_delconsumer(self._stream, GROUP, worker["name"])

    async def _read(self, count: int) -> Sequence[Entry]:
        answer = await self._client.xreadgroup(
            GROUP, self._worker, {self._stream: ">"}, count=count, block=READ_MS
        )
        assert isinstance(answer, list)  # what the protocol's version 2 gives
        return answer[0][1] if answer else ()

    async def _mend(self, error: Exception, stop: asyncio.Event) -> None:
        """Make what was wiped again; wait a moment for a server that is away."""
        wiped = str(error).startswith(("NOGROUP", "UNBLOCKED"))
        if wiped and await self._make_group():
            return
        if not self._away:
            self._away = True
            log.warning("redis.away", stream=self._stream, error=str(error))
        await unless_stopped(asyncio.sleep(PAUSE_SECONDS), stop)

    async def _make_group(self) -> bool:
        """Whether there is a group now; it begins with what was published before there was one."""
        try:
            await self._client.xgroup_create(self._stream, GROUP, id="0", mkstream=True)
        except (RedisError, OSError) as error:
            return str(error).startswith("BUSYGROUP")  # another worker was first
        return True

    async def _handle(self, entry: bytes, body: bytes, handler: Handler) -> None:
        try:
            wake_up = read_message(body)
            if wake_up:
                await handler(wake_up)
            await self._drop(entry)
        finally:
            del self._held[entry]

    async def _drop(self, entry: bytes) -> None:
        """It is done. Where Redis is away just now it comes again, and its claim is refused."""
        with suppress(RedisError, OSError):
            async with self._client.pipeline() as pipe:
                pipe.xack(self._stream, GROUP, entry)
                pipe.xdel(self._stream, entry)
                await pipe.execute()
        reached("acknowledged")

    async def _put_back(self, entry: bytes, body: bytes) -> None:
        """It came together with the stop: append it anew, for a worker that goes on."""
        with suppress(RedisError, OSError):
            async with self._client.pipeline() as pipe:
                pipe.xack(self._stream, GROUP, entry)
                pipe.xdel(self._stream, entry)
                pipe.xadd(self._stream, {FIELD: body})
                await pipe.execute()

    async def _keep_held(self) -> None:
        """Say again and again that what is under way is not left."""
        while True:
            await asyncio.sleep(self._idle_seconds / 4)
            if self._held:
                with suppress(RedisError, OSError):
                    await self._client.xclaim(
                        self._stream, GROUP, self._worker,
                        min_idle_time=0, message_ids=list(self._held), justid=True,
                    )  # fmt: skip
