"""Kafka's topics: found or made, told from others of the same name, their partitions in turn."""

import random
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from pixharbor.errors import Unavailable

# Of a topic that we make: as many processes can work on its class at a time.
PARTITIONS = 12
# Seconds. A broker that is there answers within milliseconds; whoever asks is waited for.
ANSWER_TIMEOUT = 3
# Between two looks for a topic that the brokers have yet to tell each other of, or to forget.
LOOK_SECONDS = 0.1


class KafkaTopics:
    """Blocks: for one thread at a time. Every method raises KafkaException when nobody answers."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._admin = AdminClient(config)
        self._hosts = config["bootstrap.servers"]
        # Each topic's number of partitions, and whose turn it is of them. Drawn by lot, one worker
        # of two would have nothing to do for a fifth of the time.
        self._turns: dict[str, tuple[int, Iterator[int]]] = {}

    def command(self, act: str, topic: str) -> str:
        """By which Kafka's own tool does to the topic what we do not."""
        return (
            f"kafka-topics.sh --bootstrap-server {self._hosts} --{act} --topic {topic} "
            f"--partitions {PARTITIONS}"
        )

    def list_all(self) -> Any:
        """What the brokers tell of themselves and all topics."""
        return self._admin.list_topics(timeout=ANSWER_TIMEOUT)

    def find_or_make(self, topic: str) -> str:
        """Its id, which no other topic of that name ever has; made if it is not there.

        Raises Unavailable when we may not make it.
        """
        found = self._find(topic)
        ends = time.monotonic() + ANSWER_TIMEOUT
        while found is None:
            self._create(topic)
            found = self._find(topic)
            if found is None:
                if time.monotonic() > ends:
                    raise KafkaException(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART))
                # Brokers tell nobody when they know; this thread is there to wait for them.
                time.sleep(LOOK_SECONDS)
        self._share_out(topic, len(found.partitions))
        return str(found.topic_id)

    def turns(self, topic: str) -> Iterator[int]:
        """Whose turn it is of the topic's partitions; makes the topic."""
        if topic not in self._turns:
            self.find_or_make(topic)
        return self._turns[topic][1]

    def forget(self, topic: str) -> None:
        """It may be gone: look anew."""
        self._turns.pop(topic, None)

    def _share_out(self, topic: str, partitions: int) -> None:
        """Begin the turns anew only when there are others: a look must not disturb them."""
        if self._turns.get(topic, (0,))[0] != partitions:
            turns = cycle(random.sample(range(partitions), partitions))
            self._turns[topic] = partitions, turns

    def _find(self, topic: str) -> Any:
        """Its description, None when it is not there, or is just being deleted."""
        asked = self._admin.describe_topics(
            TopicCollection([topic]), request_timeout=ANSWER_TIMEOUT
        )
        try:
            found = asked[topic].result()
        except KafkaException as error:
            if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                return None
            raise
        return found if found.partitions else None

    def _create(self, topic: str) -> None:
        made = self._admin.create_topics(
            [NewTopic(topic, PARTITIONS)],
            operation_timeout=ANSWER_TIMEOUT,
            request_timeout=ANSWER_TIMEOUT,
        )
        try:
            made[topic].result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise self._cannot_make(topic, error) from error

    def _cannot_make(self, topic: str, error: KafkaException) -> Unavailable:
        return Unavailable(
            f"TRANSPORT_URL: the Kafka topic {topic} is missing and cannot be made "
            f"({reason_of(error)}).",
            code="transport_away",
            cure=self.command("create", topic),
        )


def reason_of(error: Exception) -> str:
    """What librdkafka says for people; the rest of the exception is for programs."""
    told: str = error.args[0].str()
    return told
