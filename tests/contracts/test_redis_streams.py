"""The Redis Streams transport keeps the port's contract, against a real Redis."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import trustme
from contracts.hearing import Hearing, open_hearing, running, wake_up
from contracts.server_suite import ServerSuite
from server import free_port
from servers.redis import RedisServer
from typer.testing import CliRunner

from pixharbor.cli.main import app
from pixharbor.errors import SettingError, Unavailable
from pixharbor.transports.base import WakeUp
from pixharbor.transports.redis_streams import RedisStreams
from pixharbor.transports.registry import open_transport

pytestmark = pytest.mark.xdist_group("redis-streams")


class StreamsServer(RedisServer):
    """Redis, with what a stranger may put in its streams."""

    def put(self, queue: str, body: bytes) -> None:
        self.client.xadd(f"pixharbor:{queue}", {"wake_up": body})
        self.client.xadd(f"pixharbor:{queue}", {"other": body})

    def put_newer(self, queue: str, wake_up: WakeUp) -> None:
        fields = {"task_name": wake_up.task_name, "task_id": str(wake_up.task_id), "hue": 1}
        self.client.xadd(f"pixharbor:{queue}", {"wake_up": json.dumps(fields), "shade": "2"})


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StreamsServer]:
    """One for this file."""
    server = StreamsServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def server(own_redis: StreamsServer) -> StreamsServer:
    """Running and empty, whatever the test before did to it."""
    own_redis.start()
    own_redis.wipe()
    return own_redis


@pytest.fixture
async def transport(server: StreamsServer) -> AsyncIterator[RedisStreams]:
    """Takes over from the dead after a second already."""
    transport = RedisStreams(server.url, idle_seconds=1)
    yield transport
    await transport.close()


class TestRedisStreams(ServerSuite):
    """The contract, kept by way of Redis."""

    url = "redis://user:s3cret@127.0.0.1:{port}/0"
    says = "Redis"


async def test_what_is_done_is_gone_from_redis(
    server: StreamsServer, transport: RedisStreams
) -> None:
    sent, hearing = [wake_up() for _ in range(20)], open_hearing()
    await transport.publish("import", sent)
    async with running(transport, hearing):
        await hearing.until_heard(*sent)
    assert server.client.xlen("pixharbor:import") == 0
    assert server.client.xpending("pixharbor:import", "pixharbor")["pending"] == 0


async def test_long_work_is_not_taken_over_by_others(
    server: StreamsServer, transport: RedisStreams
) -> None:
    long, hearing, others = wake_up(), Hearing(), open_hearing()
    async with running(transport, hearing, concurrency=1):
        await transport.publish("import", [long])
        await hearing.until_heard(long)
        async with running(transport, others):
            ends = time.monotonic() + 2.5  # more than twice what makes work pass for left
            while time.monotonic() < ends:
                await transport.publish("import", [later := wake_up()])
                await others.until_heard(later)
        assert long not in others.heard


async def test_a_redis_that_may_drop_what_is_queued_is_told(
    server: StreamsServer, transport: RedisStreams
) -> None:
    server.client.config_set("maxmemory-policy", "allkeys-lru")
    assert (await transport.check()).warnings == ()  # it is never full
    server.client.config_set("maxmemory", "100mb")
    try:
        (warning,) = (await transport.check()).warnings
    finally:
        server.client.config_set("maxmemory", "0")
        server.client.config_set("maxmemory-policy", "noeviction")
    assert "set maxmemory-policy noeviction" in warning


@pytest.mark.parametrize("url", ["redis:", "redis://", "redis://host:port", "redis:///0"])
async def test_a_url_without_a_server_is_told_with_an_example(url: str) -> None:
    with pytest.raises(SettingError, match=r"TRANSPORT_URL: .* redis://host:6379/0"):
        async with open_transport(url):
            pass


async def test_a_redis_behind_tls_is_believed_only_with_its_certificate(tmp_path: Path) -> None:
    authority, port = trustme.CA(), free_port()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    options = {"port": port, "cert-file": tmp_path / "server.pem", "auth-clients": "no"}
    options |= {"key-file": tmp_path / "server.pem", "ca-cert-file": tmp_path / "ca.pem"}
    given = [str(part) for name, value in options.items() for part in (f"--tls-{name}", value)]
    server = StreamsServer(tmp_path, *given)
    await asyncio.to_thread(server.start)
    try:
        url = f"rediss://127.0.0.1:{port}/0"
        async with open_transport(f"{url}?ssl_ca_certs={tmp_path / 'ca.pem'}") as known:
            await known.publish("import", [wake_up()])
        async with open_transport(url) as unknown:
            with pytest.raises(Unavailable, match="certificate verify failed"):
                await unknown.publish("import", [wake_up()])
    finally:
        await asyncio.to_thread(server.stop)


def test_doctor_tells_of_the_transport(
    server: StreamsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TRANSPORT_URL", server.url)
    checks = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)["checks"]
    (check,) = [check for check in checks if check["name"] == "transport"]
    assert check["ok"]
    assert check["says"].startswith("Redis ")
