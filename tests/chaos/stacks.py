"""The stacks that are put to the test: each with real servers, and a fresh database and store."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg
from servers.kafka import VERSION as KAFKA
from servers.kafka import KafkaServer
from servers.postgres import OwnPostgres, running_postgres
from servers.rabbitmq import RabbitServer
from servers.redis import RedisServer
from servers.s3 import S3Server
from servers.versitygw import VERSION as VERSITYGW
from servers.versitygw import running_versitygw

from pixharbor.transports.base import Queue

RABBITMQ_QUEUES = [f"pixharbor.{queue}" for queue in Queue]


class Objects(Protocol):
    """The store as a stranger sees it, past pixharbor."""

    def keys(self) -> set[str]:
        """The key of every object."""
        ...

    def read(self) -> dict[str, bytes]:
        """The bytes of every object, by key."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """Objects in a folder. Names that begin with a dot are temporary files, and no objects."""

    root: Path

    def keys(self) -> set[str]:
        """Walk it."""
        return {
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }

    def read(self) -> dict[str, bytes]:
        """Read every file."""
        return {key: (self.root / key).read_bytes() for key in self.keys()}


@dataclass(frozen=True, slots=True)
class Bucket:
    """Objects in a bucket, asked for with Amazon's own client."""

    client: Any
    name: str

    def keys(self) -> set[str]:
        """List it, page by page."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return {found["Key"] for page in pages for found in page.get("Contents", ())}

    def read(self) -> dict[str, bytes]:
        """Get every object, a few at a time."""
        with ThreadPoolExecutor(8) as pool:
            keys = self.keys()
            return dict(zip(keys, pool.map(self._get, keys), strict=True))

    def _get(self, key: str) -> bytes:
        body: bytes = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        return body


@dataclass(frozen=True, slots=True)
class Ground:
    """What a site stands on: its settings, and its store seen from outside."""

    settings: dict[str, str]
    objects: Objects


@dataclass
class Stack:
    """Servers that run, on which sites are opened one after the other."""

    name: str
    versions: list[str]
    lay: Callable[[Path], Ground]  # a fresh database and store, with files in this folder
    machines: int = 0  # worker programs beside the API; 0: `serve` does it all
    blows: Mapping[str, Callable[[], None]] = field(default_factory=dict)  # to the servers
    s3: S3Server | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def new_folder(self, work: Path) -> Path:
        """A folder of one site's own."""
        folder = work / f"{self.name}-{next(self._numbers)}"
        folder.mkdir(parents=True)
        return folder


@contextmanager
def embedded(_work: Path) -> Iterator[Stack]:
    """No server at all: `pixharbor serve` with SQLite and a folder."""

    def lay(folder: Path) -> Ground:
        return Ground(
            {"DATABASE_URL": f"sqlite:///{folder}/data/pixharbor.db"},
            Folder(folder / "data" / "objects"),
        )

    yield Stack("embedded", [f"SQLite {sqlite3.sqlite_version}"], lay)


@contextmanager
def redis(work: Path) -> Iterator[Stack]:
    """Redis Streams, PostgreSQL, a folder that all machines share."""
    server = RedisServer(_new(work / "redis"))
    with running_postgres(hurried=False) as postgres, _running(server):

        def lay(folder: Path) -> Ground:
            server.wipe()
            return _shared_folder(folder, postgres, server.url)

        versions = [_postgres_version(postgres), _redis_version(server)]
        blows = _blow("PostgreSQL", postgres) | _redis_blows(server)
        yield Stack("redis", versions, lay, machines=2, blows=blows)


@contextmanager
def celery(work: Path) -> Iterator[Stack]:
    """Celery on Redis, PostgreSQL, S3."""
    server = RedisServer(_new(work / "redis"))
    with (
        running_postgres(hurried=False) as postgres,
        _running(server),
        running_versitygw(_new(work / "s3")) as s3,
    ):

        def lay(_folder: Path) -> Ground:
            server.wipe()
            bucket = s3.new_bucket()
            settings = {
                "DATABASE_URL": postgres.create_database(),
                "TRANSPORT_URL": f"celery+{server.broker}",
                "STORAGE_URL": f"s3://{bucket}",
                "S3_ENDPOINT_URL": s3.url,
                "S3_REGION": s3.region,
                "AWS_ACCESS_KEY_ID": s3.key_id,
                "AWS_SECRET_ACCESS_KEY": s3.secret,
            }
            return Ground(settings, Bucket(s3.client(), bucket))

        versions = [_postgres_version(postgres), _redis_version(server), f"versitygw {VERSITYGW}"]
        blows = _blow("PostgreSQL", postgres) | _redis_blows(server) | _blow("S3", s3.process)
        yield Stack("celery", versions, lay, machines=2, blows=blows, s3=s3)


@contextmanager
def rabbitmq(work: Path) -> Iterator[Stack]:
    """Celery on RabbitMQ, PostgreSQL, a folder that all machines share."""
    server = RabbitServer(_new(work / "rabbitmq"))
    with running_postgres(hurried=False) as postgres, _running(server):

        def lay(folder: Path) -> Ground:
            server.delete(RABBITMQ_QUEUES)
            return _shared_folder(folder, postgres, f"celery+{server.broker}")

        versions = [_postgres_version(postgres), f"RabbitMQ {server.version}"]
        blows = _blow("PostgreSQL", postgres) | _blow("RabbitMQ", server)
        blows["RabbitMQ's queues deleted"] = lambda: server.delete(RABBITMQ_QUEUES)
        yield Stack("rabbitmq", versions, lay, machines=2, blows=blows)


@contextmanager
def kafka(work: Path) -> Iterator[Stack]:
    """Kafka, PostgreSQL, a folder that all machines share."""
    server, prefix = KafkaServer(_new(work / "kafka")), ""
    with running_postgres(hurried=False) as postgres, _running(server):

        def lay(folder: Path) -> Ground:
            nonlocal prefix
            prefix = folder.name
            return _shared_folder(folder, postgres, f"kafka://127.0.0.1:{server.port}/{prefix}")

        versions = [_postgres_version(postgres), f"Kafka {KAFKA}"]
        blows = _blow("PostgreSQL", postgres) | _blow("Kafka", server)
        blows["Kafka's topics deleted"] = lambda: server.delete_topics(prefix)
        yield Stack("kafka", versions, lay, machines=2, blows=blows)


OPENERS: Mapping[str, Callable[[Path], AbstractContextManager[Stack]]] = {
    "embedded": embedded,
    "redis": redis,
    "celery": celery,
    "rabbitmq": rabbitmq,
    "kafka": kafka,
}


class _Killable(Protocol):
    def start(self) -> None: ...
    def kill(self) -> None: ...
    def stop(self) -> None: ...


@contextmanager
def _running(server: _Killable) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()


def _shared_folder(folder: Path, postgres: OwnPostgres, transport_url: str) -> Ground:
    """A fresh database, and objects in a folder that all machines see."""
    settings = {
        "DATABASE_URL": postgres.create_database(),
        "TRANSPORT_URL": transport_url,
        "STORAGE_URL": f"file://{folder}/data/objects",
    }
    return Ground(settings, Folder(folder / "data" / "objects"))


def _blow(name: str, server: _Killable | None) -> dict[str, Callable[[], None]]:
    """Kill it and start it again; nothing for a server that is not ours."""
    if server is None:
        return {}

    def kill() -> None:
        server.kill()
        server.start()

    return {f"{name} killed": kill}


def _redis_blows(server: RedisServer) -> dict[str, Callable[[], None]]:
    return _blow("Redis", server) | {"Redis emptied": server.wipe}


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _postgres_version(postgres: OwnPostgres) -> str:
    with psycopg.connect(postgres.admin_url) as connection:
        return f"PostgreSQL {connection.info.parameter_status('server_version')}"


def _redis_version(server: RedisServer) -> str:
    info: Any = server.client.info("server")
    return f"Redis {info['redis_version']}"
