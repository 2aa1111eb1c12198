"""The Kafka transport: a topic for each class of work, each read by a group of workers."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from confluent_kafka import KafkaError, KafkaException, Producer

from pixharbor.errors import SettingError
from pixharbor.transports.address import split_host
from pixharbor.transports.base import Handler, Queue, ServerCheck, WakeUp
from pixharbor.transports.kafka_reader import KafkaReader
from pixharbor.transports.kafka_topics import ANSWER_TIMEOUT, KafkaTopics, reason_of
from pixharbor.transports.message import write_message
from pixharbor.transports.sender import Sender

EXAMPLE = "kafka://host:9092 or kafka://host:9092,host2:9092/prefix?property=value"
CLIENT: dict[str, Any] = {
    "client.id": "pixharbor",
    "log_level": 0,  # what matters is told by errors: librdkafka has a line for every try
    "reconnect.backoff.max.ms": 1000,
    "socket.keepalive.enable": True,
    # A topic that a broker makes by itself has one partition.
    "allow.auto.create.topics": False,
}
PRODUCER: dict[str, Any] = {
    "enable.idempotence": True,
    "acks": "all",
    "message.timeout.ms": ANSWER_TIMEOUT * 1000,
}


@asynccontextmanager
async def open_transport(url: str) -> AsyncIterator["KafkaTransport"]:
    """Open it for as long as the block runs; the brokers may be away meanwhile."""
    transport = KafkaTransport(url)
    try:
        yield transport
    finally:
        await transport.close()


class KafkaTransport:
    """Kafka's consumer group gives each partition's wake-ups to one worker.

    What a worker has not finished when it ends comes again, and with it what it finished after
    that: those claims are refused. A topic that was deleted is made again.
    """

    window = 6  # a process with more of the partitions leaves the others some

    def __init__(self, url: str) -> None:
        self._prefix, self._config = read_url(url)
        try:
            self._topics = KafkaTopics(self._config)
        except KafkaException as error:
            raise SettingError(f"TRANSPORT_URL: {reason_of(error)}; expected {EXAMPLE}") from error
        self._sender = Sender("Kafka", url, (KafkaException,), told_by=reason_of)
        self._producer: Producer | None = None

    async def close(self) -> None:
        """Close the connections; waits for what is being sent."""
        await self._sender.close(self._drop_producer)
        del self._topics  # that is how its connections are closed

    async def publish(self, queue: str, wake_ups: Sequence[WakeUp]) -> None:
        """Send them and wait until all brokers in sync have them."""
        if wake_ups:
            await self._sender.ask(partial(self._send, self._topic(queue), wake_ups))

    async def check(self) -> ServerCheck:
        """How many brokers there are, and which topics let only one worker work."""
        cluster = await self._sender.ask(self._topics.list_all)
        narrow = tuple(
            f"The Kafka topic {topic} has one partition, so one process at a time gets its work: "
            f"{self._topics.command('alter', topic)}."
            for topic in map(self._topic, Queue)
            if topic in cluster.topics and len(cluster.topics[topic].partitions) == 1
        )
        return ServerCheck(f"Kafka, {len(cluster.brokers)} broker(s)", narrow)

    async def run(
        self,
        queues: Collection[str],
        handler: Handler,
        *,
        concurrency: int,
        stop: asyncio.Event,
    ) -> None:
        """Join the group of each class, so that a long import never holds up a click."""
        async with asyncio.TaskGroup() as group:
            for topic in map(self._topic, queues):
                find = partial(self._sender.ask, partial(self._topics.find_or_make, topic))
                reader = KafkaReader(self._config, topic, find, stop)
                group.create_task(reader.read(handler, concurrency))

    def _topic(self, queue: str) -> str:
        return f"{self._prefix}.{queue}"

    def _send(self, topic: str, wake_ups: Sequence[WakeUp]) -> None:
        turns = self._topics.turns(topic)
        failed: list[KafkaError] = []

        def told(error: KafkaError | None, _message: object) -> None:
            if error:
                failed.append(error)

        producer = self._producer = self._producer or Producer(PRODUCER | self._config)
        for wake_up in wake_ups:
            try:
                value = write_message(wake_up)
                producer.produce(topic, value, partition=next(turns), on_delivery=told)
            except KafkaException as error:  # it has fewer partitions than it had
                failed.append(error.args[0])
        producer.flush(ANSWER_TIMEOUT + 1)
        if failed:
            # The topic may be gone, or the producer broken for good: both are looked at anew.
            self._topics.forget(topic)
            self._drop_producer()
            raise KafkaException(failed[0])

    def _drop_producer(self) -> None:
        if self._producer:
            self._producer.purge()
            self._producer = None


def read_url(url: str) -> tuple[str, dict[str, Any]]:
    """The prefix of topics and group, and librdkafka's configuration.

    `kafka://user:password@host:9092,host2:9092/prefix?property=value`: with a user it speaks TLS
    and SASL PLAIN, unless properties of librdkafka say otherwise.
    """
    hosts, password = split_host(url, example=EXAMPLE)
    parts = urlsplit(url)
    config = CLIENT | {"bootstrap.servers": hosts}
    if parts.username:
        config |= {
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "PLAIN",
            "sasl.username": unquote(parts.username),
            "sasl.password": password or "",
        }
    return parts.path.strip("/") or "pixharbor", config | dict(parse_qsl(parts.query))
