"""The shared rate limiter of a source: near the provider's limit, never over it.

One row a limit, in the provider's own units. A row says when its next unit is free; whoever takes
units moves that time on in one atomic statement and is told when to use them, so all workers of
all processes share one evenly paced queue. Units are taken in blocks, to spare the database.
"""

import asyncio
import math
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from sqlalchemy import BigInteger, ColumnElement, String, case, literal, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from pixharbor.db.base import Base
from pixharbor.db.clock import now_ms
from pixharbor.db.engine import Database
from pixharbor.db.upsert import Upsert, insert_into
from pixharbor.sources.base import Quota

# A provider counts in a sliding window of 60 s. In the worst of all windows the ordinary share,
# what may be caught up (CATCH_UP twice: in the row and in a process), and the reserve with what it
# has saved add up to 98.6 %; the rest is for requests that were under way for unequal times.
ORDINARY_SHARE: Final = 0.97
RESERVED_SHARE: Final = 0.005
CATCH_UP_SECONDS: Final = 0.25
RESERVE_SAVED_SECONDS: Final = 30.0
# Small enough that 64 processes wait 16 s for each other at worst, large enough that the database
# is asked four times a second and not thirty times.
BLOCK_SECONDS: Final = 0.25
METER_MS: Final = 10_000
LONGEST_PENALTY_SECONDS: Final = 64.0
_MICROSECONDS: Final = 1_000_000
T = TypeVar("T")


class GovernorRow(Base):
    """One limit. `free_at` is when its next unit is free, in microseconds since 1970.

    `metered` units were taken since `metered_since` (milliseconds), `metered_before` in the
    METER_MS before that.
    """

    __tablename__ = "governors"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    free_at: Mapped[int] = mapped_column(BigInteger)
    metered_since: Mapped[int] = mapped_column(BigInteger)
    metered: Mapped[int] = mapped_column(BigInteger)
    metered_before: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a provider; `name` is the same in all processes that share it."""

    name: str
    units_per_minute: float


class _Block(NamedTuple):
    """Units that were taken: `left` of them, the next to be used at `at` (the loop's clock)."""

    at: float
    seconds_per_unit: float
    left: int


class _Saved(NamedTuple):
    """How many seconds of a limit that nobody used may be made up for, and in a new row."""

    at_most: float
    at_first: float


_ORDINARY: Final = _Saved(CATCH_UP_SECONDS, 0.0)
_RESERVE: Final = _Saved(RESERVE_SAVED_SECONDS, RESERVE_SAVED_SECONDS)


class Governor(Protocol):
    """What a source asks before each request. Wait for it outside of any transaction."""

    async def take(self, units: int, *, interactive: bool = False) -> None:
        """Wait until so many units may be used; `interactive` draws on what is kept back."""
        ...

    async def penalise(self, seconds: float | None = None) -> None:
        """Let everybody wait: the provider refused. None: longer each time, until it relents."""
        ...

    def relent(self) -> None:
        """The provider has answered: the next penalty without a time is a short one again."""
        ...

    async def quota(self) -> Quota | None:
        """What is used and what is allowed; None without a limit."""
        ...

    def seconds_for(self, units: int) -> float | None:
        """How long so many units take at the limit; None without one."""
        ...

    async def close(self) -> None:
        """Wait for what is under way."""
        ...


class Penalty:
    """A pause of this process that grows while the provider goes on refusing."""

    def __init__(self) -> None:
        self._until = 0.0
        self._strikes = 0

    def left(self) -> float:
        """Seconds still to wait, 0 for none."""
        return max(0.0, self._until - asyncio.get_running_loop().time())

    async def wait(self) -> None:
        """Wait until it is over, however often it is lengthened meanwhile."""
        while True:
            left = self.left()
            if not left:
                return
            await asyncio.sleep(left)

    def add(self, seconds: float | None) -> float:
        """Begin or lengthen the pause; returns its length in seconds.

        Many requests are under way at once: refusals that arrive during a pause are its own.
        """
        if seconds is None:
            if self.left():
                return self.left()
            seconds = min(2.0**self._strikes, LONGEST_PENALTY_SECONDS)
            self._strikes += 1
        self._until = max(self._until, asyncio.get_running_loop().time() + seconds)
        return seconds

    def relent(self) -> None:
        """Begin with short pauses again."""
        self._strikes = 0


class UnlimitedGovernor:
    """For a provider without a known limit: costs nothing, and honours refusals."""

    def __init__(self) -> None:
        self._penalty = Penalty()
        self.relent = self._penalty.relent

    async def take(self, units: int, *, interactive: bool = False) -> None:  # noqa: ARG002 - the port
        """Go, unless the provider refused just now."""
        await self._penalty.wait()

    async def penalise(self, seconds: float | None = None) -> None:
        """Let this process wait."""
        self._penalty.add(seconds)

    async def quota(self) -> Quota | None:
        """No limit, nothing to tell."""
        return None

    def seconds_for(self, units: int) -> float | None:  # noqa: ARG002 - the port
        """Nobody knows."""
        return None

    async def close(self) -> None:
        """Nothing is under way."""


class SharedGovernor:
    """Several limits at once (a user's and a project's), shared through the database."""

    def __init__(self, database: Database, limits: Sequence[Limit]) -> None:
        self._database = database
        self._limits = sorted(limits, key=lambda limit: limit.name)  # one order: no deadlocks
        self._allowed = min(limit.units_per_minute for limit in limits) / 60
        self._most = max(1, int(self._allowed * BLOCK_SECONDS))
        self._takers = 0
        self._block = _Block(0.0, 0.0, 0)
        self._refilling: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[Any]] = set()
        self._penalty = Penalty()
        self.relent = self._penalty.relent

    async def take(self, units: int, *, interactive: bool = False) -> None:
        """Wait until so many units may be used."""
        self._takers += 1
        try:
            while True:
                await _sleep_until(await self._turn(units, interactive=interactive))
                if not self._penalty.left():
                    return
                # The turn fell into a pause and is forfeited: all line up anew behind its end.
                await asyncio.sleep(self._penalty.left())
        finally:
            self._takers -= 1

    async def penalise(self, seconds: float | None = None) -> None:
        """Let everybody wait: other processes learn it with their next block."""
        already = self._penalty.left()
        seconds = self._penalty.add(seconds)
        self._block = self._block._replace(left=0)
        if seconds <= already:
            return
        async with self._database.write() as session:
            for limit in self._limits:
                for name in (limit.name, _reserve_name(limit)):
                    microseconds = int(seconds * _MICROSECONDS)
                    await session.execute(postpone(self._database.dialect, name, microseconds))

    async def quota(self) -> Quota:
        """What all processes used in the last ten seconds, and what is allowed."""
        row = GovernorRow
        age = now_ms() - row.metered_since
        async with self._database.read() as session:
            found = await session.execute(
                select(row.metered, row.metered_before, age).where(row.name == self._limits[0].name)
            )
        metered, before, age_ms = found.one_or_none() or (0, 0, 0)
        if age_ms >= METER_MS:  # nothing was taken since that count was full
            metered, before, age_ms = 0, metered if age_ms < 2 * METER_MS else 0, age_ms - METER_MS
        units = metered + before * max(0.0, 1 - age_ms / METER_MS)
        milliseconds = METER_MS if before else max(age_ms, 1000)
        # Units are taken some seconds before they are used, so the count may run ahead.
        return Quota(min(units * 1000 / milliseconds, self._allowed), self._allowed)

    def seconds_for(self, units: int) -> float:
        """How long so many units take at the limit."""
        return units / self._allowed

    async def close(self) -> None:
        """Wait for units that are being taken."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _turn(self, units: int, *, interactive: bool) -> float:
        """Take units out of the reserve, the block in hand, or a new one: when to use them."""
        if interactive:
            return (await asyncio.shield(self._begin(self._reserve(units, reserved=True)))).at
        self._forfeit()
        while self._block.left < units:
            if self._refilling is None or self._refilling.done():
                self._refilling = self._begin(self._refill(units))
            await asyncio.shield(self._refilling)
        at, pace, left = self._block
        self._block = _Block(at + units * pace, pace, left - units)
        return at

    def _begin(self, taking: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Whoever waits may be cancelled; a transaction goes on; its block is for all."""
        task = asyncio.create_task(taking)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    def _forfeit(self) -> None:
        """Drop turns that passed unused: used late, they would come on top of others' turns."""
        at, pace, left = self._block
        late = asyncio.get_running_loop().time() - CATCH_UP_SECONDS - at
        if left and late > 0:
            missed = min(left, math.ceil(late / pace))
            self._block = _Block(at + missed * pace, pace, left - missed)

    async def _refill(self, units: int) -> None:
        """Take a block: as many turns as there are takers here, who will be back in time."""
        turns = max(1, min(self._takers, self._most // units))
        block = await self._reserve(turns * units, reserved=False)
        self._block = block._replace(left=block.left + self._block.left)

    async def _reserve(self, units: int, *, reserved: bool) -> _Block:
        """Take units from every limit at once; the latest and slowest of them counts."""
        wait = pace = 0.0
        async with self._database.write() as session:
            for limit in self._limits:
                share = RESERVED_SHARE if reserved else ORDINARY_SHARE
                per_unit = 60 / (limit.units_per_minute * share)
                cost = math.ceil(units * per_unit * _MICROSECONDS)
                saved = _RESERVE if reserved else _ORDINARY
                name = _reserve_name(limit) if reserved else limit.name
                statement = move_on(self._database.dialect, name, units, cost, saved)
                until_free = (await session.execute(statement)).scalar_one() / _MICROSECONDS
                wait, pace = max(wait, until_free), max(pace, per_unit)
            asked_at = asyncio.get_running_loop().time()
        return _Block(asked_at + wait, pace, units)


def move_on(dialect: str, name: str, units: int, cost: int, saved: _Saved) -> ReturningInsert[int]:
    """Move a limit's time on by `cost` microseconds; answers how long until the units are free."""
    row = GovernorRow
    first = _now() - int(saved.at_first * _MICROSECONDS)
    earliest = _now() - int(saved.at_most * _MICROSECONDS)
    start = case((row.free_at > earliest, row.free_at), else_=earliest)
    return (
        _insert(dialect, name, free_at=first + cost, metered=units)
        .on_conflict_do_update(
            index_elements=[row.name], set_={"free_at": start + cost, **_metering(units)}
        )
        .returning(row.free_at - cost - _now())
    )


def postpone(dialect: str, name: str, microseconds: int) -> Upsert:
    """Give a limit no units before so many microseconds have passed."""
    row = GovernorRow
    until = _now() + microseconds
    later = case((row.free_at > until, row.free_at), else_=until)
    return _insert(dialect, name, free_at=until, metered=0).on_conflict_do_update(
        index_elements=[row.name], set_={"free_at": later}
    )


def _insert(dialect: str, name: str, *, free_at: ColumnElement[int], metered: int) -> Upsert:
    return insert_into(GovernorRow, dialect=dialect).values(
        name=name,
        free_at=free_at,
        metered_since=now_ms(),
        metered=metered,
        metered_before=0,
    )


def _now() -> ColumnElement[int]:
    return now_ms() * literal(1000, BigInteger())


def _metering(units: int) -> dict[str, ColumnElement[int]]:
    """Count units, and begin a new count when the present one is METER_MS old."""
    row = GovernorRow
    age = now_ms() - row.metered_since
    fresh = age < METER_MS
    return {
        "metered": case((fresh, row.metered + units), else_=units),
        "metered_before": case(
            (fresh, row.metered_before), (age < 2 * METER_MS, row.metered), else_=0
        ),
        "metered_since": case(
            (fresh, row.metered_since),
            (age < 2 * METER_MS, row.metered_since + METER_MS),
            else_=now_ms(),
        ),
    }


def _reserve_name(limit: Limit) -> str:
    return f"{limit.name}:reserve"


async def _sleep_until(at: float) -> None:
    left = at - asyncio.get_running_loop().time()
    if left > 0:
        await asyncio.sleep(left)
