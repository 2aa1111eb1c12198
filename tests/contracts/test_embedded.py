"""The embedded transport keeps the port's contract."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context

import pytest
from contracts.embedded_child import publish_from_a_child
from contracts.hearing import open_hearing, running, wake_up
from contracts.transport_suite import TransportSuite
from harbour import until

from pixharbor.errors import SettingError
from pixharbor.transports.base import Transport
from pixharbor.transports.embedded import EmbeddedTransport
from pixharbor.transports.registry import open_transport


class TestEmbedded(TransportSuite):
    """The contract, kept inside this process."""

    @pytest.fixture
    def transport(self, embedded: EmbeddedTransport) -> Transport:
        return embedded


@pytest.fixture
def embedded() -> Iterator[EmbeddedTransport]:
    with closing(EmbeddedTransport()) as transport:
        yield transport


async def test_spawned_processes_share_it(embedded: EmbeddedTransport) -> None:
    sent, hearing = [wake_up() for _ in range(20)], open_hearing()
    child = get_context("spawn").Process(target=publish_from_a_child, args=(embedded, sent))
    child.start()
    async with running(embedded, hearing):
        await hearing.until_heard(*sent)
    await asyncio.to_thread(child.join)


async def test_a_full_pipe_loses_wake_ups_and_holds_nobody_up(
    embedded: EmbeddedTransport,
) -> None:
    await embedded.publish("import", [wake_up() for _ in range(5000)])
    later, hearing = wake_up(), open_hearing()
    async with running(embedded, hearing):

        async def is_being_emptied() -> bool | None:
            return len(hearing.heard) > 500 or None  # a pipe has room again page by page

        await until(is_being_emptied)
        await embedded.publish("import", [later])
        await hearing.until_heard(later)
    assert 1000 < len(hearing.heard) < 5000


async def test_wake_ups_are_heard_in_the_order_they_were_sent(
    embedded: EmbeddedTransport,
) -> None:
    transport, hearing = embedded, open_hearing()
    sent = [wake_up() for _ in range(20)]
    await transport.publish("import", sent)
    async with running(transport, hearing, concurrency=1):
        await hearing.until_heard(*sent)
    assert hearing.heard == sent


async def test_the_setting_names_the_transport() -> None:
    async with open_transport("embedded:") as transport:
        assert isinstance(transport, EmbeddedTransport)


@pytest.mark.parametrize("url", ["amqp://host", "", "embeddedd:"])
def test_an_unknown_transport_names_the_setting_and_the_known_ones(url: str) -> None:
    with pytest.raises(
        SettingError, match=r"TRANSPORT_URL: cannot use .* expected one of embedded"
    ):
        open_transport(url)
