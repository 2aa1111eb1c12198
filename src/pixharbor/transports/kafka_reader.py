"""How a worker reads Kafka: many at a time of a log that is acknowledged only up to an offset."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
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

# How long one poll waits for work: a stop waits as long. While a class has no hands free, shorter,
# so that the next one is taken up soon after a hand is free.
POLL_SECONDS, FULL_POLL_SECONDS = 0.5, 0.05
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


Partition = tuple[str, int]  # topic and number


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


class KafkaReader:
    """One member of the group: it takes no more of a class than it has hands for."""

    def __init__(
        self,
        config: dict[str, Any],
        topics: Sequence[str],
        make_topics: Callable[[], Awaitable[None]],
    ) -> None:
        self._config = CONSUMER | config
        self._topics = list(topics)
        self._make_topics = make_topics
        self._books: dict[Partition, Book] = {}  # of the partitions that are ours
        self._paused: set[Partition] = set()
        self._taken: Counter[str] = Counter()  # wake-ups under way, by topic
        self._hands: dict[str, asyncio.Semaphore] = {}
        self._away = False

    async def read_until(self, stop: asyncio.Event, handler: Handler, concurrency: int) -> None:
        """Take and handle wake-ups; after `stop`, return when those under way are done."""
        await self._mend(stop)
        self._hands = {topic: asyncio.Semaphore(concurrency) for topic in self._topics}
        config = self._config | {"error_cb": self._hear_error}
        async with AIOConsumer(config, max_workers=2) as consumer, asyncio.TaskGroup() as group:
            await consumer.subscribe(
                self._topics, on_assign=self._gain, on_revoke=self._give_up, on_lost=self._lose
            )
            # It polls on while the last handlers end, so that others may take over.
            while self._taken.total() or not stop.is_set():
                await self._keep_books(consumer, 0 if stop.is_set() else concurrency)
                message = await consumer.poll(FULL_POLL_SECONDS if self._paused else POLL_SECONDS)
                if message is None or stop.is_set():
                    continue
                if message.error():
                    log.warning("kafka.error", error=message.error().str())
                    await self._mend(stop)
                else:
                    self._take(message, group, handler)
            await self._keep_books(consumer, 0)

    def _take(self, message: Any, group: asyncio.TaskGroup, handler: Handler) -> None:
        topic, partition, offset = message.topic(), message.partition(), message.offset()
        book, hands = self._books[topic, partition], self._hands[topic]
        book.begin(offset)
        self._taken[topic] += 1

        async def handle() -> None:
            try:
                wake_up = read_message(message.value() or b"")
                if wake_up:
                    async with hands:  # one may come while partitions change hands
                        await handler(wake_up)
                book.finish(offset)
            finally:
                self._taken[topic] -= 1

        group.create_task(handle())
        if self._away:
            self._away = False
            log.info("kafka.back")

    async def _keep_books(self, consumer: AIOConsumer, concurrency: int) -> None:
        """Store what is done, and pause the partitions of topics that have no hands free."""
        await self._store(consumer, self._books)
        full = {partition for partition in self._books if self._taken[partition[0]] >= concurrency}
        if full - self._paused:
            await consumer.pause([TopicPartition(*one) for one in full - self._paused])
        if self._paused - full:
            await consumer.resume([TopicPartition(*one) for one in self._paused - full])
        self._paused = full

    async def _store(self, consumer: AIOConsumer, partitions: Iterable[Partition]) -> None:
        done = [
            TopicPartition(*partition, offset)
            for partition in partitions
            if (offset := self._books[partition].advance()) is not None
        ]
        if done:
            await consumer.store_offsets(offsets=done)
            reached("acknowledged")

    async def _gain(self, _consumer: AIOConsumer, gained: Sequence[TopicPartition]) -> None:
        self._books |= {(one.topic, one.partition): Book() for one in gained}

    async def _give_up(self, consumer: AIOConsumer, given: Sequence[TopicPartition]) -> None:
        """Store what is done: it is committed before another worker begins there."""
        await self._store(consumer, [(one.topic, one.partition) for one in given])
        await self._lose(consumer, given)

    async def _lose(self, _consumer: AIOConsumer, lost: Sequence[TopicPartition]) -> None:
        """Forget partitions that are another worker's; handlers under way there go on."""
        for one in lost:
            self._books.pop((one.topic, one.partition), None)
            self._paused.discard((one.topic, one.partition))

    async def _mend(self, stop: asyncio.Event) -> None:
        """Make topics that are not there; wait for brokers that are away."""
        while not stop.is_set():
            try:
                await self._make_topics()
            except Unavailable as error:
                self._tell_away(error.message)
                await unless_stopped(asyncio.sleep(PAUSE_SECONDS), stop)
            else:
                return

    async def _hear_error(self, error: KafkaError) -> None:
        if error.code() == KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001 - so the library names it
            self._tell_away(error.str())

    def _tell_away(self, reason: str) -> None:
        if not self._away:
            self._away = True
            log.warning("kafka.away", error=reason)
