"""The embedded transport keeps the port's contract."""

import pytest
from contracts.hearing import open_hearing, running, wake_up
from contracts.transport_suite import TransportSuite

from pixharbor.errors import SettingError
from pixharbor.transports.base import Transport
from pixharbor.transports.embedded import EmbeddedTransport
from pixharbor.transports.registry import open_transport


class TestEmbedded(TransportSuite):
    """The contract, kept inside this process."""

    @pytest.fixture
    def transport(self) -> Transport:
        return EmbeddedTransport()


async def test_wake_ups_are_heard_in_the_order_they_were_sent() -> None:
    transport, hearing = EmbeddedTransport(), open_hearing()
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
