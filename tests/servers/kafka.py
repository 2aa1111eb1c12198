"""Apache Kafka for tests: a real broker in KRaft mode, always the tests' own: they kill it."""

import base64
import subprocess
import uuid
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from programs import CACHE, REQUIRED, find_program, one_at_a_time
from server import free_port
from servers.process import ServerProcess

VERSION = "4.3.1"
# What Maven fetches: the broker, and what its log needs to be written at all.
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tests</groupId><artifactId>kafka</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
      <version>{VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.4</version>
    </dependency>
  </dependencies>
</project>
"""
PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.cleaner.enable=false
"""
LOG = """
Configuration:
  Appenders:
    Console: {name: STDOUT, PatternLayout: {pattern: "[%d] %p %m (%c)%n"}}
  Loggers:
    Root: {level: WARN, AppenderRef: [{ref: STDOUT}]}
    Logger: [{name: kafka.server.KafkaRaftServer, level: INFO}]
"""


class KafkaServer:
    """One broker that is its own controller; what was acknowledged is there after a kill."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{self.port}", "log_level": 0})
        (folder / "server.properties").write_text(
            PROPERTIES.format(port=self.port, controller=free_port(), folder=folder)
        )
        (folder / "log4j2.yaml").write_text(LOG)
        self._java = [
            find_program("java", package="default-jre-headless"),
            "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            f"-Dlog4j2.configurationFile={folder}/log4j2.yaml",
            "-cp", f"{find_jars()}/*",
        ]  # fmt: skip
        self._folder = folder
        self._process = ServerProcess(
            [*self._java, "kafka.Kafka", f"{folder}/server.properties"],
            folder=folder,
            ready=self._has_started,
        )

    def start(self) -> None:
        if not (self._folder / "data" / "meta.properties").exists():
            self._format()
        self._process.start()

    def kill(self) -> None:
        self._process.kill()

    def stop(self) -> None:
        self._process.stop()

    def send(self, topic: str, *bodies: bytes) -> None:
        """Put messages in the topic as they are; the broker makes it if it is not there."""
        producer = Producer({"bootstrap.servers": f"127.0.0.1:{self.port}"})
        for body in bodies:
            producer.produce(topic, body)
        assert producer.flush(20) == 0

    def delete_topics(self, prefix: str) -> None:
        """Delete all topics of the prefix."""
        there = self.admin.list_topics(timeout=10).topics
        topics = [topic for topic in there if topic.startswith(f"{prefix}.")]
        if topics:
            for deleted in self.admin.delete_topics(topics).values():
                deleted.result()

    def lengths(self, topic: str) -> list[int]:
        """How many messages each partition of the topic has."""
        partitions = self.admin.list_topics(topic, timeout=10).topics[topic].partitions
        address = {"bootstrap.servers": f"127.0.0.1:{self.port}"}
        with Consumer(address | {"group.id": "looks"}) as consumer:
            ends = [
                consumer.get_watermark_offsets(TopicPartition(topic, one)) for one in partitions
            ]
        return [newest for _oldest, newest in ends]

    def partitions_held(self, group: str) -> list[int]:
        """How many partitions each member of the group has, whose name begins so."""
        groups = self.admin.list_consumer_groups().result().valid
        names = [each.group_id for each in groups if each.group_id.startswith(group)]
        told = self.admin.describe_consumer_groups(names) if names else {}
        members = [member for each in told.values() for member in each.result().members]
        return [len(member.assignment.topic_partitions) for member in members]

    def _format(self) -> None:
        """Give the empty data folder its id, as `kafka-storage.sh format` does."""
        # Its first letter is no dash: the tool would take it for an option.
        cluster = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).rstrip(b"=").decode()
        command = ["kafka.tools.StorageTool", "format", "-t", cluster]
        subprocess.run(
            [*self._java, *command, "-c", str(self._folder / "server.properties")],
            cwd=self._folder, capture_output=True, check=True,
        )  # fmt: skip

    def _has_started(self) -> bool:
        return "Kafka Server started" in self._process.said()


def find_jars() -> Path:
    """The folder of the broker's jars, which Maven fetches once for each version.

    Without Maven the test is skipped with the reason; where servers are required it fails.
    """
    folder = CACHE / f"kafka-{VERSION}"
    with one_at_a_time(CACHE / ".kafka.lock"):
        if not folder.exists():
            _fetch_jars(find_program("mvn", package="maven"), folder)
    return folder


def _fetch_jars(maven: str, folder: Path) -> None:
    fetching = folder.with_suffix(".fetching")
    fetching.mkdir(exist_ok=True)
    (fetching / "pom.xml").write_text(POM)
    fetched = subprocess.run(
        [
            maven, "-q", "-B", "-f", str(fetching / "pom.xml"), "dependency:copy-dependencies",
            f"-DoutputDirectory={fetching}", "-DincludeScope=runtime",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if fetched.returncode:
        told = f"Kafka {VERSION} is not here, and Maven cannot fetch it: {fetched.stdout[-500:]}"
        if REQUIRED:
            pytest.fail(told)
        pytest.skip(told)
    fetching.rename(folder)  # it is whole
