"""The Kafka transport keeps the port's contract, against a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest
from confluent_kafka.cimpl import NewTopic
from contracts.hearing import open_hearing, running, wake_up
from contracts.server_suite import ServerSuite
from harbour import until
from servers.kafka import KafkaServer

from pixharbor.errors import SettingError
from pixharbor.transports.base import Queue, WakeUp
from pixharbor.transports.kafka import KafkaTransport, open_transport, read_url
from pixharbor.transports.kafka_reader import Book
from pixharbor.transports.kafka_topics import PARTITIONS, KafkaTopics

pytestmark = pytest.mark.xdist_group("kafka")


class OwnTopics(KafkaServer):
    """A broker on which every test has topics of its own, by their prefix."""

    prefix = ""
    _numbers = count()

    def take_new_prefix(self) -> None:
        self.prefix = f"test{next(self._numbers)}"

    @property
    def url(self) -> str:
        """Workers that were killed are missed sooner than in earnest."""
        sooner = "session.timeout.ms=2000&heartbeat.interval.ms=500"
        return f"kafka://127.0.0.1:{self.port}/{self.prefix}?{sooner}"

    def wipe(self) -> None:
        self.delete_topics(self.prefix)

    def put(self, queue: str, body: bytes) -> None:
        self.send(f"{self.prefix}.{queue}", body)

    def put_newer(self, queue: str, wake_up: WakeUp) -> None:
        told = {"task_name": wake_up.task_name, "task_id": str(wake_up.task_id), "hue": 1}
        self.send(f"{self.prefix}.{queue}", json.dumps(told).encode())


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnTopics]:
    """One for this file."""
    server = OwnTopics(tmp_path_factory.mktemp("kafka"))
    yield server
    server.stop()


@pytest.fixture
def server(own_kafka: OwnTopics) -> OwnTopics:
    """Running, and without topics of ours, whatever the test before did to it."""
    own_kafka.start()
    own_kafka.take_new_prefix()
    return own_kafka


@pytest.fixture
async def transport(server: OwnTopics) -> AsyncIterator[KafkaTransport]:
    async with open_transport(server.url) as transport:
        yield transport


class TestKafka(ServerSuite):
    """The contract, kept by way of Kafka (S3.5)."""

    url = "kafka://user:s3cret@127.0.0.1:{port}?security.protocol=PLAINTEXT"
    says = "Kafka"


async def test_topics_are_made_wide_enough_for_many_workers(
    server: OwnTopics, transport: KafkaTransport
) -> None:
    await transport.publish("import", [wake_up()])
    topics = server.admin.list_topics(timeout=10).topics
    assert len(topics[f"{server.prefix}.import"].partitions) == PARTITIONS >= 12


async def test_a_topic_with_one_partition_is_told(
    server: OwnTopics, transport: KafkaTransport
) -> None:
    topic = f"{server.prefix}.import"
    server.admin.create_topics([NewTopic(topic, 1)])[topic].result()
    (warning,) = (await transport.check()).warnings
    cure = f"--bootstrap-server 127.0.0.1:{server.port} --alter --topic {topic} --partitions 12"
    assert cure in warning


async def test_two_workers_share_the_work_of_a_class_s1_20(
    server: OwnTopics, transport: KafkaTransport
) -> None:
    one, other = open_hearing(), open_hearing()
    async with (
        open_transport(server.url) as second,
        running(transport, one),
        running(second, other),
    ):

        async def both_have_work() -> bool | None:
            await transport.publish("import", sent := [wake_up() for _ in range(12)])
            await until_each(sent)
            return bool(one.heard and other.heard) or None

        async def until_each(sent: list[WakeUp]) -> None:
            async def look() -> bool | None:
                return set(sent) <= {*one.heard, *other.heard} or None

            await until(look, seconds=30)

        await until(both_have_work, seconds=30)


async def test_two_workers_have_as_many_partitions_of_every_class(
    server: OwnTopics, transport: KafkaTransport
) -> None:
    async with (
        open_transport(server.url) as second,
        running(transport, open_hearing(), list(Queue)),
        running(second, open_hearing(), list(Queue)),
    ):

        async def shared_alike() -> bool | None:
            held = [server.partitions_held(f"{server.prefix}.{queue}.") for queue in Queue]
            return all(each == [PARTITIONS // 2] * 2 for each in held) or None

        await until(shared_alike, seconds=30)


async def test_wake_ups_go_to_all_partitions_in_turn(
    server: OwnTopics, transport: KafkaTransport
) -> None:
    for _ in range(3 * PARTITIONS):
        await transport.publish("import", [wake_up()])
    assert server.lengths(f"{server.prefix}.import") == [3] * PARTITIONS


async def test_a_look_at_a_topic_does_not_begin_its_turns_anew(server: OwnTopics) -> None:
    topics = KafkaTopics({"bootstrap.servers": f"127.0.0.1:{server.port}"})
    turns = topics.turns(f"{server.prefix}.imports")
    drawn = set()
    for _ in range(PARTITIONS):
        drawn.add(next(topics.turns(f"{server.prefix}.imports")))
        topics.find_or_make(f"{server.prefix}.imports")
    assert drawn == set(range(PARTITIONS))
    assert topics.turns(f"{server.prefix}.imports") is turns


async def test_a_topic_that_is_deleted_and_made_again_at_once_is_read_on(
    server: OwnTopics, transport: KafkaTransport
) -> None:
    topic, hearing = f"{server.prefix}.import", open_hearing()
    async with running(transport, hearing):
        await transport.publish("import", before := [wake_up() for _ in range(PARTITIONS)])
        await hearing.until_heard(*before)
        server.admin.delete_topics([topic])[topic].result()
        server.admin.create_topics([NewTopic(topic, PARTITIONS)])[topic].result()
        await transport.publish("import", after := [wake_up() for _ in range(2 * PARTITIONS)])
        await hearing.until_heard(*after)


async def test_what_was_under_way_comes_again_although_later_work_was_done(
    server: OwnTopics, transport: KafkaTransport
) -> None:
    topic = f"{server.prefix}.import"
    server.admin.create_topics([NewTopic(topic, 1)])[topic].result()
    long, later = wake_up(), [wake_up() for _ in range(5)]
    done: list[WakeUp] = []

    async def hold_long(woken: WakeUp) -> None:
        if woken == long:
            await asyncio.Event().wait()
        done.append(woken)

    run = transport.run(["import"], hold_long, concurrency=2, stop=asyncio.Event())
    killed = asyncio.create_task(run)
    await transport.publish("import", [long, *later])

    async def later_is_done() -> bool | None:
        return len(done) == len(later) or None

    await until(later_is_done, seconds=30)
    killed.cancel()
    await asyncio.wait({killed})
    hearing = open_hearing()
    async with running(transport, hearing):
        await hearing.until_heard(long)


def test_a_book_is_settled_only_as_far_as_everything_is_done() -> None:
    book = Book()
    for offset in (5, 6, 7):
        book.begin(offset)
    assert book.advance() == 5
    book.finish(6)
    assert book.advance() is None
    book.finish(5)
    assert book.advance() == 7
    book.finish(7)
    assert book.advance() == 8
    assert book.advance() is None


def test_the_url_says_all_that_librdkafka_needs_s3_26_t38() -> None:
    prefix, config = read_url("kafka://me:p%40ss@a:9092,b:9093/blue?sasl.mechanism=SCRAM-SHA-512")
    assert prefix == "blue"
    assert config["bootstrap.servers"] == "a:9092,b:9093"
    assert (config["sasl.username"], config["sasl.password"]) == ("me", "p@ss")
    assert (config["security.protocol"], config["sasl.mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert read_url("kafka://localhost:9092")[0] == "pixharbor"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("kafka://", "cannot use"),
        ("kafka://a:9092,:9093", "cannot use"),
        ("kafka://a:port", "cannot use"),
        ("kafka://a:9092?no.such=1", "no.such"),
        ("kafka://a:9092?security.protocol=none", "security.protocol"),
    ],
)
async def test_a_wrong_url_is_told_with_an_example(url: str, told: str) -> None:
    with pytest.raises(SettingError, match=f"TRANSPORT_URL: .*{told}.* expected kafka://host:9092"):
        async with open_transport(url):
            pass
