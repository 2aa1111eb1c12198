"""What a spawned process does in test_embedded.py; a module that such a process can import."""

import asyncio

from pixharbor.transports.base import WakeUp
from pixharbor.transports.embedded import EmbeddedTransport


def publish_from_a_child(transport: EmbeddedTransport, wake_ups: list[WakeUp]) -> None:
    asyncio.run(transport.publish("import", wake_ups))
