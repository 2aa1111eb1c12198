"""A transport that remembers what was sent through it, besides delivering it."""

from collections.abc import Sequence
from uuid import UUID

from pixharbor.transports.base import WakeUp
from pixharbor.transports.embedded import EmbeddedTransport


class RecordingTransport(EmbeddedTransport):
    """The embedded transport; `sent` has every wake-up with its queue, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, WakeUp]] = []

    async def publish(self, queue: str, wake_ups: Sequence[WakeUp]) -> None:
        """Write down and pass on."""
        self.sent += [(queue, wake_up) for wake_up in wake_ups]
        await super().publish(queue, wake_ups)

    def take_sent(self) -> list[UUID]:
        """The ids of the tasks announced since the last call, in order."""
        sent, self.sent = self.sent, []
        return [wake_up.task_id for _, wake_up in sent]
