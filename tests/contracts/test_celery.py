"""The Celery transport keeps the port's contract, against a real Redis and a real RabbitMQ."""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from contracts.celery_servers import CeleryRabbit, CeleryRedis
from contracts.hearing import Hearing, open_hearing, wake_up
from contracts.listening import Listener, listening
from contracts.server_suite import Server, ServerSuite

from pixharbor.transports.base import Publisher
from pixharbor.transports.celery import CeleryTransport
from pixharbor.transports.celery import open_transport as open_celery


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CeleryRedis]:
    server = CeleryRedis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def own_rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CeleryRabbit]:
    server = CeleryRabbit(tmp_path_factory.mktemp("rabbit"))
    yield server
    server.stop()


@dataclass
class Listeners:
    """A worker for each class of work, as one that must not hold up another is started."""

    workers: list[Listener]

    def stop(self) -> None:
        for worker in self.workers:
            worker.stop()

    async def ended(self) -> None:
        for worker in self.workers:
            await worker.ended()


class CelerySuite(ServerSuite):
    """The contract, kept by Celery's processes."""

    @asynccontextmanager
    async def running(
        self,
        transport: Publisher,
        hearing: Hearing,
        queues: Collection[str] = ("import",),
        *,
        concurrency: int = 2,
    ) -> AsyncIterator[Listeners]:
        assert isinstance(transport, CeleryTransport)
        async with AsyncExitStack() as stack:
            yield Listeners(
                [
                    await stack.enter_async_context(
                        listening(transport.url, hearing, [queue], concurrency=concurrency)
                    )
                    for queue in queues
                ]
            )

    async def test_what_is_urgent_goes_before_what_waits_already_r4_r15(
        self, transport: CeleryTransport
    ) -> None:
        held, first, second = wake_up(), wake_up(), wake_up()
        urgent = replace(wake_up(), urgent=True)
        hearing = Hearing()
        async with self.running(transport, hearing, concurrency=1):
            await transport.publish("import", [held])
            await hearing.until_heard(held)
            await transport.publish("import", [first, second, urgent])
            hearing.gate.set()
            await hearing.until_heard(first, second, urgent)
        assert hearing.heard == [held, urgent, first, second]

    @pytest.fixture
    async def transport(self, server: Server) -> AsyncIterator[CeleryTransport]:
        async with open_celery(server.url) as transport:
            yield transport


@pytest.mark.xdist_group("celery-redis")
class TestCeleryOverRedis(CelerySuite):
    """S0.14, S0.19."""

    url = "celery+redis://user:s3cret@127.0.0.1:{port}/0"
    says = "Redis"

    @pytest.fixture
    def server(self, own_redis: CeleryRedis) -> CeleryRedis:
        """Running and empty, whatever the test before did to it."""
        own_redis.start()
        own_redis.wipe()
        return own_redis


@pytest.mark.xdist_group("celery-rabbitmq")
class TestCeleryOverRabbit(CelerySuite):
    """The same file; only the URL differs."""

    url = "celery+amqp://user:s3cret@127.0.0.1:{port}//"
    says = "RabbitMQ"

    @pytest.fixture
    def server(self, own_rabbit: CeleryRabbit) -> CeleryRabbit:
        """Running and empty, whatever the test before did to it."""
        own_rabbit.start()
        own_rabbit.wipe()
        return own_rabbit

    async def test_the_wake_up_of_a_whole_worker_that_was_killed_comes_again_s0_31(
        self, server: CeleryRabbit, transport: CeleryTransport
    ) -> None:
        sent, hearing, again = wake_up(), Hearing(), open_hearing()
        async with listening(server.url, hearing) as killed:
            await transport.publish("import", [sent])
            await hearing.until_heard(sent)
            killed.process.kill()
            async with self.running(transport, again):
                await again.until_heard(sent)
