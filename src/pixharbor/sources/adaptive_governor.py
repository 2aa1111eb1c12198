"""The rate limiter for a provider that names no limit: it finds the limit out, with its refusals.

Additive increase, multiplicative decrease, as TCP does it: no limit until the provider refuses;
then everybody waits as long as it says and goes on at half the pace, which grows steadily until the
next refusal, and is forgotten when none has come for long. One row in the database tells all
processes; between two looks at it a process may be a second behind.
"""

import asyncio
from collections import deque
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, literal, select
from sqlalchemy.orm import Mapped, mapped_column

from pixharbor.db.base import Base
from pixharbor.db.clock import now_ms
from pixharbor.db.engine import Database
from pixharbor.db.upsert import Upsert, insert_into
from pixharbor.sources.base import Quota
from pixharbor.sources.governor import BLOCK_SECONDS, Limit, SharedGovernor

# From half the refused pace back to all of it takes this long, and as long again to each further
# half: the limit is asked for about once a minute.
DOUBLING_MS: Final = 60_000
# After this long without a refusal nothing is known any more: four times the pace was allowed.
FORGOTTEN_MS: Final = 180_000
# Refusals so soon after one's pause belong to it: many requests were under way.
SETTLING_MS: Final = 1_000
LOOK_SECONDS: Final = 1.0
# How far back a process counts its own requests, to know what was too fast.
MEASURED_SECONDS: Final = 5.0
SLOWEST_PER_MINUTE: Final = 60
FASTEST_PER_MINUTE: Final = 1_000_000


class PaceRow(Base):
    """What a provider's last refusal left: so many requests a minute, growing from `since` on.

    `since` is the end of the pause that the provider asked for, in milliseconds since 1970.
    """

    __tablename__ = "paces"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    per_minute: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[int] = mapped_column(BigInteger)


class _Pace(NamedTuple):
    """The row as it was read: growing since the loop's time `grows_at`."""

    per_minute: int
    grows_at: float

    def now(self) -> float | None:
        """Requests a minute that are allowed at this moment; None for as many as one likes."""
        age = (asyncio.get_running_loop().time() - self.grows_at) * 1000
        if age > FORGOTTEN_MS:
            return None
        return self.per_minute * (1 + max(0.0, age) / DOUBLING_MS)


class AdaptiveGovernor(SharedGovernor):
    """One request is one unit. Implements Governor; see sources/governor.py."""

    def __init__(self, database: Database, name: str) -> None:
        super().__init__(database, [Limit(name, FASTEST_PER_MINUTE)])
        self._name = name
        self._pace: _Pace | None = None
        self._looked_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._recent: deque[tuple[float, int]] = deque()

    async def take(self, units: int, *, interactive: bool = False) -> None:
        """Wait until so many requests may be sent. A person's question waits for pauses alone."""
        await self._look()
        allowed = self._pace.now() if self._pace else None
        if allowed is None or interactive:
            await self._penalty.wait()
        else:
            self._set_limit(allowed)
            await super().take(units)
        self._count(units)

    async def penalise(self, seconds: float | None = None) -> None:
        """Let everybody wait, and go on at half the pace."""
        pace = await self._measure()
        await super().penalise(seconds)
        pause = int(self._penalty.left() * 1000)
        async with self._database.write() as session:
            await session.execute(slow_down(self._database.dialect, self._name, pace, pause))
        self._looked_at = float("-inf")

    async def quota(self) -> Quota | None:  # type: ignore[override]  # as the port says: None without a limit
        """What is used and what is allowed just now; None while there is no limit."""
        await self._look()
        allowed = self._pace.now() if self._pace else None
        if allowed is None:
            return None
        self._set_limit(allowed)
        return await super().quota()

    def seconds_for(self, units: int) -> float | None:  # type: ignore[override]  # as the port says
        """How long so many requests take at the pace of this moment; None without a limit."""
        allowed = self._pace.now() if self._pace else None
        return None if allowed is None else units * 60 / allowed

    def _set_limit(self, per_minute: float) -> None:
        self._limits = [Limit(self._name, per_minute)]
        self._allowed = per_minute / 60
        self._most = max(1, int(self._allowed * BLOCK_SECONDS))

    async def _look(self) -> None:
        """Read the row when the last look is a second old; whoever has never looked waits."""
        now = asyncio.get_running_loop().time()
        if now - self._looked_at > LOOK_SECONDS and (self._looking is None or self._looking.done()):
            first = self._looked_at == float("-inf")
            self._looked_at = now
            self._looking = self._begin(self._read())
            if not first:
                return
        if self._looking is not None and self._pace is None:
            await asyncio.shield(self._looking)

    async def _read(self) -> None:
        row = PaceRow
        async with self._database.read() as session:
            found = await session.execute(
                select(row.per_minute, row.since - now_ms()).where(row.name == self._name)
            )
        pace = found.one_or_none()
        if pace is None:
            return
        per_minute, until_growing = pace
        wait = until_growing / 1000
        self._pace = _Pace(per_minute, asyncio.get_running_loop().time() + wait)
        if wait > 0:
            self._penalty.add(wait)  # another process was told to wait

    def _count(self, units: int) -> None:
        now = asyncio.get_running_loop().time()
        self._recent.append((now, units))
        while self._recent[0][0] < now - MEASURED_SECONDS:
            self._recent.popleft()

    async def _measure(self) -> int:
        """Requests a minute at the moment: of all processes while they share a pace."""
        together = await self.quota()
        if together is not None:
            return int(together.units_per_second * 60)
        now = asyncio.get_running_loop().time()
        seconds = max(1.0, now - self._recent[0][0]) if self._recent else 1.0
        return int(sum(units for _, units in self._recent) * 60 / seconds)


def slow_down(dialect: str, name: str, measured: int, pause_ms: int) -> Upsert:
    """Halve the pace, once for the refusals of one moment, and let it grow after the pause.

    Half of what was used (`measured`, a minute), or of what was allowed if that was less.
    """
    row = PaceRow
    now = now_ms()
    age = case((now > row.since, now - row.since), else_=literal(0, BigInteger()))
    allowed = row.per_minute + row.per_minute * age / DOUBLING_MS
    used = literal(max(measured, 2 * SLOWEST_PER_MINUTE), BigInteger())
    halved = cast(_smaller(allowed, used) / 2, BigInteger())
    slowest = literal(SLOWEST_PER_MINUTE, BigInteger())
    same_moment = now < row.since + SETTLING_MS
    until = now + pause_ms
    later = case((row.since > until, row.since), else_=until)
    return (
        insert_into(row, dialect=dialect)
        .values(name=name, per_minute=max(measured // 2, SLOWEST_PER_MINUTE), since=until)
        .on_conflict_do_update(
            index_elements=[row.name],
            set_={
                "per_minute": case(
                    (same_moment, row.per_minute),
                    (halved < slowest, slowest),
                    else_=halved,
                ),
                "since": later,
            },
        )
    )


def _smaller(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < other, one), else_=other)
