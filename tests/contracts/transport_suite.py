"""What every transport must do: the port's contract (transports/base.py), inherited by its test."""

import asyncio
from collections import Counter
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager

from contracts.hearing import Hearing, Run, open_hearing, running, wake_up
from harbour import until

from pixharbor.transports.base import Publisher, Transport


class TransportSuite:
    """Inherit this, and give a fixture `transport` that opens one without any wake-ups in it."""

    def running(
        self,
        transport: Publisher,
        hearing: Hearing,
        queues: Collection[str] = ("import",),
        *,
        concurrency: int = 4,
    ) -> AbstractAsyncContextManager[Run]:
        """Let `hearing` handle what comes; a library that brings its own processes overrides it."""
        assert isinstance(transport, Transport)
        return running(transport, hearing, queues, concurrency=concurrency)

    async def test_what_is_published_is_heard(self, transport: Publisher) -> None:
        sent = [wake_up(), wake_up("imports.list_files")]
        hearing = open_hearing()
        async with self.running(transport, hearing):
            await transport.publish("import", sent)
            await hearing.until_heard(*sent)

    async def test_what_was_published_before_anybody_listened_is_heard(
        self, transport: Publisher
    ) -> None:
        sent = [wake_up() for _ in range(50)]
        await transport.publish("import", sent)
        hearing = open_hearing()
        async with self.running(transport, hearing):
            await hearing.until_heard(*sent)

    async def test_publishing_nothing_is_fine(self, transport: Publisher) -> None:
        await transport.publish("import", [])

    async def test_a_wake_up_may_come_twice_and_each_time_is_handled(
        self, transport: Publisher
    ) -> None:
        twice, marker = wake_up(), wake_up()
        hearing = open_hearing()
        async with self.running(transport, hearing):
            await transport.publish("import", [twice, twice, marker])
            await hearing.until_heard(twice, marker)
        assert set(hearing.heard) == {twice, marker}

    async def test_a_wake_up_for_an_unknown_task_stops_nobody(self, transport: Publisher) -> None:
        unknown, known = wake_up("nobody.knows_this"), wake_up()
        hearing = open_hearing()
        async with self.running(transport, hearing):
            await transport.publish("import", [unknown, known])
            await hearing.until_heard(unknown, known)

    async def test_only_the_queues_that_were_asked_for_are_heard(
        self, transport: Publisher
    ) -> None:
        ours, theirs, also_ours = wake_up(), wake_up(), wake_up()
        await transport.publish("webhook", [theirs])
        await transport.publish("import", [ours])
        await transport.publish("transform", [also_ours])
        hearing = open_hearing()
        async with self.running(transport, hearing, ["import", "transform"]):
            await hearing.until_heard(ours, also_ours)
        assert theirs not in hearing.heard
        async with self.running(transport, hearing, ["webhook"]):
            await hearing.until_heard(theirs)

    async def test_handlers_run_side_by_side_but_not_more_than_allowed(
        self, transport: Publisher
    ) -> None:
        sent = [wake_up() for _ in range(9)]
        hearing = Hearing()
        async with self.running(transport, hearing, concurrency=3):
            await transport.publish("import", sent)

            async def are_full() -> bool | None:
                return hearing.at_once == 3 or None

            await until(are_full, seconds=30)
            hearing.gate.set()
            await hearing.until_heard(*sent)
        assert hearing.most_at_once == 3

    async def test_one_class_of_work_does_not_hold_up_another(self, transport: Publisher) -> None:
        long, click = wake_up(), wake_up()
        hearing = Hearing()
        async with self.running(transport, hearing, ["import", "interactive"], concurrency=1):
            await transport.publish("import", [long])
            await hearing.until_heard(long)
            await transport.publish("interactive", [click])
            await hearing.until_heard(click)
            assert hearing.done == []

    async def test_a_stop_waits_for_handlers_under_way_and_takes_no_more(
        self, transport: Publisher
    ) -> None:
        first, second = wake_up(), wake_up()
        hearing = Hearing()
        async with self.running(transport, hearing, concurrency=1) as run:
            await transport.publish("import", [first])
            await hearing.until_heard(first)
            await transport.publish("import", [second])
            run.stop()
            ending = asyncio.create_task(run.ended())
            ended, _ = await asyncio.wait({ending}, timeout=0.2)
            assert not ended
            hearing.gate.set()
            await asyncio.wait_for(ending, 20)
        assert (hearing.heard, hearing.done) == ([first], [first])

    async def test_a_stop_without_work_is_quick(self, transport: Publisher) -> None:
        async with self.running(transport, Hearing(), ["import", "interactive"]):
            pass

    async def test_many_are_heard_once_each_while_all_goes_well(self, transport: Publisher) -> None:
        sent = [wake_up() for _ in range(500)]
        hearing = open_hearing()
        async with self.running(transport, hearing):
            for first in range(0, 500, 50):
                await transport.publish("import", sent[first : first + 50])
            await hearing.until_heard(*sent)
        assert Counter(hearing.heard) == Counter(sent)
