"""How a worker reads Kafka: many at a time of a log that is acknowledged only up to an offset."""

import asyncio
import time
from asyncio import TaskGroup
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

import structlog
from confluent_kafka import KafkaError, TopicPartition
from confluent_kafka.aio import AIOConsumer

from pixharbor.errors import Unavailable
from pixharbor.event_loop import unless_stopped
from pixharbor.failpoints import reached
from pixharbor.transports.base import Handler
from pixharbor.transports.message import read_message

log = structlog.get_logger()

# How long one poll waits for work: a stop waits as long. While there is no room, shorter, so that
# the next one is read soon.
POLL_SECONDS, FULL_POLL_SECONDS = 0.5, 0.05
# Wake-ups for each hand: one under way, and three ready. Partitions that were paused are asked for
# again only when the brokers have nothing in the others for 0.5 s: hands must not wait for that.
TAKEN_PER_HAND = 4
# Between two looks whether the topic is still the same: of one that was deleted and made again at
# once librdkafka hears nothing any more, and does not say so (confluent-kafka-python#1787).
LOOK_SECONDS = 5.0
# Between two tries to reach a server that is away.
PAUSE_SECONDS = 1.0

CONSUMER: dict[str, Any] = {
    # Offsets are stored by us when all below them is done, and committed every second and whenever
    # partitions go to another worker.
    "enable.auto.offset.store": False,
    "auto.commit.interval.ms": 1000,
    "auto.offset.reset": "earliest",
    # Workers that come and go do not interrupt those that stay.
    "partition.assignment.strategy": "cooperative-sticky",
    # A worker that was killed is missed after this long; brokers allow no less by default.
    "session.timeout.ms": 6_000,
    "heartbeat.interval.ms": 2_000,
    # A topic that was deleted and made again is found within this time.
    "topic.metadata.refresh.interval.ms": 5_000,
}


class Book:
    """One partition's offsets: which are under way, and up to where all is done."""

    def __init__(self) -> None:
        self._under_way: set[int] = set()
        self._next: int | None = None
        self._stored: int | None = None

    def begin(self, offset: int) -> None:
        """It is under way."""
        self._under_way.add(offset)
        self._next = offset + 1

    def finish(self, offset: int) -> None:
        """It is done."""
        self._under_way.discard(offset)

    def advance(self) -> int | None:
        """The offset below which all is done, if it has grown since it was asked for last."""
        done = min(self._under_way, default=self._next)
        if done == self._stored:
            return None
        self._stored = done
        return done


def group_of(topic: str, topic_id: str) -> str:
    """The group that reads the topic.

    A group for each: one for all topics is shared out by the sum of partitions, so that one worker
    may have all of a class and the other nothing to do. It is of one id, because what was done of a
    topic that was deleted says nothing of the next one by that name.
    """
    return f"{topic}.{topic_id}"


class KafkaReader:
    """One worker's reading of one topic: it takes a few wake-ups for each of its hands."""

    def __init__(
        self,
        config: dict[str, Any],
        topic: str,
        find_or_make: Callable[[], Awaitable[str]],
        stop: asyncio.Event,
    ) -> None:
        self._config = CONSUMER | config | {"error_cb": self._hear_error}
        self._topic = topic
        self._find_or_make = find_or_make
        self._stop = stop
        self._books: dict[int, Book] = {}  # of the partitions that are ours
        self._paused: set[int] = set()
        self._taken = 0  # wake-ups under way or ready
        self._away = False

    async def read(self, handler: Handler, concurrency: int) -> None:
        """Take and handle wake-ups; after the stop, return when those under way are done."""
        hands = asyncio.Semaphore(concurrency)
        async with TaskGroup() as group:
            while topic_id := await self._find_topic():
                config = self._config | {"group.id": group_of(self._topic, topic_id)}
                async with AIOConsumer(config, max_workers=2) as consumer:
                    take = partial(self._take, group=group, hands=hands, handler=handler)
                    await self._read_topic(consumer, topic_id, take, concurrency * TAKEN_PER_HAND)
                self._books, self._paused = {}, set()

    async def _read_topic(
        self,
        consumer: AIOConsumer,
        topic_id: str,
        take: Callable[[Any], None],
        room: int,
    ) -> None:
        """Until the end, or until another topic has taken the place of this one."""
        await consumer.subscribe(
            [self._topic], on_assign=self._gain, on_revoke=self._give_up, on_lost=self._lose
        )
        look_again_at = time.monotonic() + LOOK_SECONDS
        # It polls on while the last handlers end, so that others may take over.
        while self._taken or not self._stop.is_set():
            await self._keep_books(consumer, 0 if self._stop.is_set() else room)
            message = await consumer.poll(FULL_POLL_SECONDS if self._paused else POLL_SECONDS)
            if self._stop.is_set():
                continue
            if message and message.error():
                log.warning("kafka.error", error=message.error().str())
                look_again_at = 0.0
            elif message:
                take(message)
            if time.monotonic() >= look_again_at:
                look_again_at = time.monotonic() + LOOK_SECONDS
                if (id_now := await self._find_topic()) and id_now != topic_id:
                    log.warning("kafka.topic_replaced", topic=self._topic)
                    return
        await self._keep_books(consumer, 0)

    def _take(
        self, message: Any, *, group: TaskGroup, hands: asyncio.Semaphore, handler: Handler
    ) -> None:
        if self._away:
            self._away = False
            log.info("kafka.back", topic=self._topic)
        partition, offset = message.partition(), message.offset()
        book = self._books[partition]
        book.begin(offset)
        self._taken += 1

        async def handle() -> None:
            try:
                wake_up = read_message(message.value() or b"")
                async with hands:
                    # What is only ready when we stop, or when the partition goes to another worker,
                    # is left to whoever reads there next: it is not acknowledged.
                    if self._stop.is_set() or self._books.get(partition) is not book:
                        return
                    if wake_up:
                        await handler(wake_up)
                book.finish(offset)
            finally:
                self._taken -= 1

        group.create_task(handle())

    async def _keep_books(self, consumer: AIOConsumer, room: int) -> None:
        """Store what is done, and pause the partitions while there are `room` wake-ups taken."""
        await self._store(consumer, self._books)
        full = set(self._books) if self._taken >= room else set()
        if full - self._paused:
            await consumer.pause(self._named(full - self._paused))
        if self._paused - full:
            await consumer.resume(self._named(self._paused - full))
        self._paused = full

    def _named(self, partitions: Iterable[int]) -> list[TopicPartition]:
        return [TopicPartition(self._topic, partition) for partition in partitions]

    async def _store(self, consumer: AIOConsumer, partitions: Iterable[int]) -> None:
        done = [
            TopicPartition(self._topic, partition, offset)
            for partition in partitions
            if (offset := self._books[partition].advance()) is not None
        ]
        if done:
            await consumer.store_offsets(offsets=done)
            reached("acknowledged")

    async def _gain(self, _consumer: AIOConsumer, gained: Sequence[TopicPartition]) -> None:
        self._books |= {one.partition: Book() for one in gained}

    async def _give_up(self, consumer: AIOConsumer, given: Sequence[TopicPartition]) -> None:
        """Store what is done: it is committed before another worker begins there."""
        await self._store(consumer, [one.partition for one in given])
        await self._lose(consumer, given)

    async def _lose(self, _consumer: AIOConsumer, lost: Sequence[TopicPartition]) -> None:
        """Forget partitions that are another worker's; handlers under way there go on."""
        for one in lost:
            self._books.pop(one.partition, None)
            self._paused.discard(one.partition)

    async def _find_topic(self) -> str:
        """The topic's id, empty after the stop; makes the topic, and waits for the brokers."""
        while not self._stop.is_set():
            try:
                return await self._find_or_make()
            except Unavailable as error:
                self._tell_away(error.message)
                await unless_stopped(asyncio.sleep(PAUSE_SECONDS), self._stop)
        return ""

    async def _hear_error(self, error: KafkaError) -> None:
        if error.code() == KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001 - so the library names it
            self._tell_away(error.str())

    def _tell_away(self, reason: str) -> None:
        if not self._away:
            self._away = True
            log.warning("kafka.away", topic=self._topic, error=reason)
