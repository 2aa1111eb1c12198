"""The port of transports: how a wake-up travels. The database is the truth; this only wakes."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID


class Queue(StrEnum):
    """The classes of work that workers subscribe to."""

    INTERACTIVE = "interactive"
    TRANSFORM = "transform"
    IMPORT = "import"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class WakeUp:
    """The whole message: which task to claim, by which name.

    What is `urgent` goes before the others where many wait for a hand: on transports whose
    processes do one thing at a time. It is said to the server, and is no part of the message.
    """

    task_name: str
    task_id: UUID
    urgent: bool = field(default=False, compare=False)


Handler = Callable[[WakeUp], Awaitable[None]]
# Opens, on the running loop, all that a process needs to handle wake-ups, and closes it again. The
# event is given by the transport, which sets it when the process must give its work back and end.
OpenHandler = Callable[[asyncio.Event], AbstractAsyncContextManager[Handler]]


class Publisher(Protocol):
    """Sends wake-ups: what the API and the steps need of a transport.

    `window` is how many tasks of one job are announced and not done, at most, for each process at
    work: no queue ever holds a million of anything, and a small job behind a large one waits for a
    few tasks only (R15).
    """

    window: int

    async def publish(self, queue: str, wake_ups: Sequence[WakeUp]) -> None:
        """Send. Raises Unavailable when the queue's server is away; the rows wait meanwhile."""
        ...


@runtime_checkable
class Transport(Publisher, Protocol):
    """Carries wake-ups from whoever commits work to whoever does it.

    A wake-up may be lost or come twice, in any order: a lost one is announced again by the
    reconciler, a second one finds its task claimed. Neither method touches the database.
    """

    async def run(
        self,
        queues: Collection[str],
        handler: Handler,
        *,
        concurrency: int,
        stop: asyncio.Event,
    ) -> None:
        """Hand each wake-up of `queues` to `handler`, `concurrency` at a time, until `stop`.

        After `stop` takes no more, and returns when the handlers under way have returned (they
        look at the same event and give their work back). A handler never raises.
        """
        ...


@runtime_checkable
class Forking(Publisher, Protocol):
    """A transport whose library brings its own worker processes: it has this instead of `run`.

    The same promises: loss, repetition and any order are allowed, a handler never raises.
    """

    def run_processes(
        self, queues: Collection[str], open_handler: OpenHandler, *, processes: int
    ) -> None:
        """Fork `processes` children that handle the wake-ups of `queues`; block until a signal.

        Called on the main thread of a process that has no event loop and has opened nothing:
        whatever is open would be broken by the fork. Each child opens `open_handler(stop)` after
        the fork, on a loop of its own that lives as long as the child, and handles one wake-up at
        a time. A closure will do: it is inherited, never pickled.

        SIGTERM or SIGINT ends it: no more is taken, every child's `stop` is set, what is under
        way has 20 s to give itself back and is then ended; handlers are closed; it returns. Raises
        PixharborError when a child cannot open its handler. The queues of one call share its
        children, so long work holds short work up: a class of work that must never wait for
        another gets a call, and so a process, of its own.
        """
        ...


@dataclass(frozen=True, slots=True)
class ServerCheck:
    """What a transport's server says of itself."""

    says: str  # its kind and version, for people
    warnings: tuple[str, ...] = ()  # a sentence each, with the act that cures it


@runtime_checkable
class Checkable(Protocol):
    """A transport with a server behind it, which can be asked whether it suits."""

    async def check(self) -> ServerCheck:
        """Ask it. Raises Unavailable, naming the setting, when it does not answer."""
        ...
