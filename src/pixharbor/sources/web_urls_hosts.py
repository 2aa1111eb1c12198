"""Web addresses: how every host is treated, so that none is overrun and none holds others up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from pixharbor.sources.base import SourceError, TimedOut, Unreachable
from pixharbor.sources.governor import Penalty
from pixharbor.sources.safe_http import AnswerRefused

# A host that did not answer so often in a row is left alone for a while: its files fail at once
# instead of keeping a connection waiting a minute each.
STRIKES: Final = 16
LEFT_ALONE_SECONDS: Final = 60.0
# Nobody waits longer than this for a host that says when to come back.
LONGEST_WAIT_SECONDS: Final = 600.0


@dataclass(slots=True)
class _Host:
    """One host, while anybody asks it or it wants to be left alone."""

    room: asyncio.Semaphore
    penalty: Penalty = field(default_factory=Penalty)
    users: int = 0
    strikes: int = 0
    left_alone_until: float = 0.0


class Hosts:
    """The hosts that this process asks; `at_once` requests to each of them."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn at a host, and keep it for the length of the block.

        Raises AnswerRefused for a host that has not answered for long.
        """
        host = self._hosts.setdefault(name, _Host(asyncio.Semaphore(self._at_once)))
        host.users += 1
        try:
            async with host.room:
                _refuse_if_left_alone(name, host)
                await _wait_out(host.penalty)
                try:
                    yield
                except (Unreachable, TimedOut):
                    _strike(host)
                    raise
                except SourceError:
                    host.strikes = 0
                    raise
                host.strikes = 0
        finally:
            host.users -= 1
            self._forget(name, host)

    def penalise(self, name: str, seconds: float | None) -> None:
        """Let everybody wait who asks this host: it said so. None: longer each time."""
        if host := self._hosts.get(name):
            host.penalty.add(None if seconds is None else min(seconds, LONGEST_WAIT_SECONDS))

    def relent(self, name: str) -> None:
        """The host has answered as it should."""
        if host := self._hosts.get(name):
            host.penalty.relent()

    def _forget(self, name: str, host: _Host) -> None:
        """A list may name a million hosts: keep those that are asked or have something to say."""
        now = asyncio.get_running_loop().time()
        if not (host.users or host.strikes or host.penalty.left() or host.left_alone_until > now):
            self._hosts.pop(name, None)


async def _wait_out(penalty: Penalty) -> None:
    """Wait for the end of a pause, also when it is lengthened meanwhile."""
    while True:
        left = penalty.left()
        if not left:
            return
        await asyncio.sleep(left)


def _strike(host: _Host) -> None:
    host.strikes += 1
    if host.strikes >= STRIKES:
        host.strikes = 0
        host.left_alone_until = asyncio.get_running_loop().time() + LEFT_ALONE_SECONDS


def _refuse_if_left_alone(name: str, host: _Host) -> None:
    if host.left_alone_until > asyncio.get_running_loop().time():
        raise AnswerRefused(
            f"{name} did not answer {STRIKES} times in a row and is left alone for a while.",
            reason="unreachable",
        )
