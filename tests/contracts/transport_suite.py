"""What every transport must do: the port's contract (transports/base.py), inherited by its test."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

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
        self.heard.append(woken)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.gate.wait()
        self.at_once -= 1
        self.done.append(woken)

    async def until_heard(self, *wanted: WakeUp) -> None:
        async def look() -> bool | None:
            return set(wanted) <= set(self.heard) or None

        await until(look, seconds=20)


@asynccontextmanager
async def running(
    transport: Transport,
    hearing: Hearing,
    queues: Collection[str] = ("import",),
    *,
    concurrency: int = 4,
) -> AsyncIterator[asyncio.Task[None]]:
    """Run the transport; at the end of the block the gate opens and it is stopped."""
    stop = asyncio.Event()
    task = asyncio.create_task(transport.run(queues, hearing, concurrency=concurrency, stop=stop))
    try:
        yield task
    finally:
        hearing.gate.set()
        stop.set()
        await asyncio.wait_for(task, 20)


def open_hearing() -> Hearing:
    hearing = Hearing()
    hearing.gate.set()
    return hearing


class TransportSuite:
    """Inherit this, and give a fixture `transport` that opens one without any wake-ups in it."""

    async def test_what_is_published_is_heard(self, transport: Transport) -> None:
        sent = [wake_up(), wake_up("imports.list_files")]
        hearing = open_hearing()
        async with running(transport, hearing):
            await transport.publish("import", sent)
            await hearing.until_heard(*sent)

    async def test_what_was_published_before_anybody_listened_is_heard(
        self, transport: Transport
    ) -> None:
        sent = [wake_up() for _ in range(50)]
        await transport.publish("import", sent)
        hearing = open_hearing()
        async with running(transport, hearing):
            await hearing.until_heard(*sent)

    async def test_publishing_nothing_is_fine(self, transport: Transport) -> None:
        await transport.publish("import", [])

    async def test_a_wake_up_may_come_twice_and_each_time_is_handled(
        self, transport: Transport
    ) -> None:
        twice, marker = wake_up(), wake_up()
        hearing = open_hearing()
        async with running(transport, hearing):
            await transport.publish("import", [twice, twice, marker])
            await hearing.until_heard(twice, marker)
        assert set(hearing.heard) == {twice, marker}

    async def test_a_wake_up_for_an_unknown_task_stops_nobody(self, transport: Transport) -> None:
        unknown, known = wake_up("nobody.knows_this"), wake_up()
        hearing = open_hearing()
        async with running(transport, hearing):
            await transport.publish("import", [unknown, known])
            await hearing.until_heard(unknown, known)

    async def test_only_the_queues_that_were_asked_for_are_heard(
        self, transport: Transport
    ) -> None:
        ours, theirs, also_ours = wake_up(), wake_up(), wake_up()
        await transport.publish("webhook", [theirs])
        await transport.publish("import", [ours])
        await transport.publish("transform", [also_ours])
        hearing = open_hearing()
        async with running(transport, hearing, ["import", "transform"]):
            await hearing.until_heard(ours, also_ours)
        assert theirs not in hearing.heard
        async with running(transport, hearing, ["webhook"]):
            await hearing.until_heard(theirs)

    async def test_handlers_run_side_by_side_but_not_more_than_allowed(
        self, transport: Transport
    ) -> None:
        sent = [wake_up() for _ in range(9)]
        hearing = Hearing()
        async with running(transport, hearing, concurrency=3):
            await transport.publish("import", sent)

            async def are_full() -> bool | None:
                return hearing.at_once == 3 or None

            await until(are_full, seconds=20)
            hearing.gate.set()
            await hearing.until_heard(*sent)
        assert hearing.most_at_once == 3

    async def test_one_class_of_work_does_not_hold_up_another(self, transport: Transport) -> None:
        long, click = wake_up(), wake_up()
        hearing = Hearing()
        async with running(transport, hearing, ["import", "interactive"], concurrency=1):
            await transport.publish("import", [long])
            await hearing.until_heard(long)
            await transport.publish("interactive", [click])
            await hearing.until_heard(click)
            assert hearing.done == []

    async def test_a_stop_waits_for_handlers_under_way_and_takes_no_more(
        self, transport: Transport
    ) -> None:
        first, second = wake_up(), wake_up()
        hearing = Hearing()
        stop = asyncio.Event()
        task = asyncio.create_task(transport.run(["import"], hearing, concurrency=1, stop=stop))
        await transport.publish("import", [first, second])
        await hearing.until_heard(first)
        stop.set()
        ended, _ = await asyncio.wait({task}, timeout=0.2)
        assert not ended
        hearing.gate.set()
        await asyncio.wait_for(task, 20)
        assert (hearing.heard, hearing.done) == ([first], [first])

    async def test_a_stop_without_work_is_quick(self, transport: Transport) -> None:
        async with running(transport, Hearing(), ["import", "interactive"]):
            pass

    async def test_many_are_heard_once_each_while_all_goes_well(self, transport: Transport) -> None:
        sent = [wake_up() for _ in range(500)]
        hearing = open_hearing()
        async with running(transport, hearing):
            for first in range(0, 500, 50):
                await transport.publish("import", sent[first : first + 50])
            await hearing.until_heard(*sent)
        assert Counter(hearing.heard) == Counter(sent)
