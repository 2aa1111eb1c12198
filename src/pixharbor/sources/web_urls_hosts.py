"""Web addresses: how every host is treated, so that none is overrun and none holds others up."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import BigInteger, delete, literal, select

from pixharbor.db.clock import now_ms
from pixharbor.db.engine import Database
from pixharbor.sources.base import SourceError, TimedOut, Unreachable
from pixharbor.sources.governor import GovernorRow, Penalty, postpone
from pixharbor.sources.safe_http import AnswerRefused
from pixharbor.sources.safe_http_answers import LONGEST_WAIT_SECONDS

# A host that did not answer so often in a row is left alone for a while: its files fail at once
# instead of keeping a connection waiting a minute each.
STRIKES: Final = 16
LEFT_ALONE_SECONDS: Final = 60.0
# A host that asked one process to wait is left in peace by all: each looks so often for what
# others were told.
LOOK_SECONDS: Final = 1.0
_ROWS: Final = "web_urls:"
_MICROSECONDS: Final = 1_000_000


@dataclass(slots=True)
class _Host:
    """One host, while anybody asks it or it wants to be left alone."""

    room: asyncio.Semaphore
    penalty: Penalty = field(default_factory=Penalty)
    users: int = 0
    strikes: int = 0
    left_alone_until: float = 0.0


class Hosts:
    """The hosts that this process asks; `at_once` requests to each of them.

    What a host says of waiting is shared with all processes, in the governors' table.
    """

    def __init__(self, at_once: int, database: Database) -> None:
        self._at_once = at_once
        self._database = database
        self._hosts: dict[str, _Host] = {}
        self._looked_at = 0.0

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
                await self._look()
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

    async def penalise(self, name: str, seconds: float | None) -> None:
        """Let everybody wait who asks this host: it said so. None: longer each time."""
        host = self._hosts[name]
        already = host.penalty.left()
        seconds = host.penalty.add(seconds and min(seconds, LONGEST_WAIT_SECONDS))
        if seconds <= already:
            return
        row, now = GovernorRow, now_ms() * literal(1000, BigInteger())
        async with self._database.write() as session:
            microseconds = int(seconds * _MICROSECONDS)
            await session.execute(postpone(self._database.dialect, _row_name(name), microseconds))
            await session.execute(delete(row).where(row.name.startswith(_ROWS), row.free_at < now))

    def relent(self, name: str) -> None:
        """The host has answered as it should."""
        if host := self._hosts.get(name):
            host.penalty.relent()

    async def _look(self) -> None:
        """Learn what hosts told other processes."""
        now = asyncio.get_running_loop().time()
        if now < self._looked_at + LOOK_SECONDS:
            return
        self._looked_at = now
        row = GovernorRow
        left = row.free_at - now_ms() * literal(1000, BigInteger())
        async with self._database.read() as session:
            found = await session.execute(
                select(row.name, left).where(row.name.startswith(_ROWS), left > 0)
            )
        waits = {name: microseconds / _MICROSECONDS for name, microseconds in found}
        for name, host in self._hosts.items() if waits else ():
            if wait := waits.get(_row_name(name)):
                host.penalty.add(wait)

    def _forget(self, name: str, host: _Host) -> None:
        """A list may name a million hosts: keep those that are asked or have something to say."""
        now = asyncio.get_running_loop().time()
        if not (host.users or host.strikes or host.penalty.left() or host.left_alone_until > now):
            self._hosts.pop(name, None)


def _row_name(host: str) -> str:
    """Names of hosts may be longer than the row's."""
    return _ROWS + hashlib.sha256(host.encode()).hexdigest()[:32]


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
