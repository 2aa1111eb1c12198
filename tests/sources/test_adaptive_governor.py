"""A provider without a known limit: asked freely, then at half the pace that it refused, by all."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from sqlalchemy import select, update

from pixharbor.db.clock import now_ms
from pixharbor.db.engine import Database, open_database
from pixharbor.sources.adaptive_governor import (
    DOUBLING_MS,
    FORGOTTEN_MS,
    SLOWEST_PER_MINUTE,
    AdaptiveGovernor,
    PaceRow,
)

NAME = "dropbox:test"


@asynccontextmanager
async def governors(url: str, count: int = 1) -> AsyncIterator[list[AdaptiveGovernor]]:
    """As many as there are processes: each with a connection of its own to one database."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(count):
            database = await stack.enter_async_context(open_database(url))
            governor = AdaptiveGovernor(database, NAME)
            stack.push_async_callback(governor.close)
            made.append(governor)
        yield made


async def row(governor: AdaptiveGovernor) -> tuple[int, int]:
    database: Database = governor._database
    async with database.read() as session:
        found = await session.execute(select(PaceRow.per_minute, PaceRow.since))
        per_minute, since = found.one()
        return per_minute, since


async def let_pass(governor: AdaptiveGovernor, milliseconds: int) -> None:
    """Let the last refusal be so long ago."""
    async with governor._database.write() as session:
        await session.execute(update(PaceRow).values(since=PaceRow.since - milliseconds))
    governor._looked_at = float("-inf")
    governor._pace = None


async def test_without_a_refusal_nothing_is_limited_and_nothing_is_written(
    database_url: str,
) -> None:
    async with governors(database_url) as (governor,):
        began = time.monotonic()
        for _ in range(2_000):
            await governor.take(1)
        assert time.monotonic() - began < 2
        assert await governor.quota() is None
        assert governor.seconds_for(1_000) is None
        async with governor._database.read() as session:
            assert (await session.execute(select(PaceRow))).first() is None


async def test_a_refusal_halves_the_pace_once_and_it_doubles_within_a_minute(
    database_url: str,
) -> None:
    async with governors(database_url) as (governor,):
        for _ in range(200):
            await governor.take(1)
        await asyncio.gather(*(governor.penalise(0.05) for _ in range(8)))
        halved, _ = await row(governor)
        assert 200 * 60 / 5 / 2 <= halved <= 200 * 60  # of what was measured: 200 in 1 to 5 s
        await let_pass(governor, 100)
        assert await allowed(governor) == pytest.approx(halved, rel=0.02)
        await let_pass(governor, DOUBLING_MS)
        assert await allowed(governor) == pytest.approx(2 * halved, rel=0.02)
        assert governor.seconds_for(halved) == pytest.approx(30, rel=0.02)
        await let_pass(governor, FORGOTTEN_MS)
        assert await governor.quota() is None


async def allowed(governor: AdaptiveGovernor) -> float:
    """Requests a minute, at this moment."""
    quota = await governor.quota()
    assert quota is not None
    return quota.allowed_units_per_second * 60


async def test_all_processes_wait_as_long_as_one_of_them_was_told(database_url: str) -> None:
    async with governors(database_url, count=2) as (one, other):
        await one.take(1)
        await other.take(1)
        await one.penalise(3.0)
        other._looked_at = float("-inf")  # its next look, a second later at most
        began = time.monotonic()
        await other.take(1)
        waited = time.monotonic() - began
        assert 2.5 < waited < 6
        assert other._pace is not None


async def test_the_pace_is_kept_by_all_together(database_url: str) -> None:
    async with governors(database_url, count=2) as both:
        async with both[0]._database.write() as session:
            # 1,200 a minute, refused a moment ago: 20 a second for both together.
            session.add(PaceRow(name=NAME, per_minute=1_200, since=0))
            await session.flush()
        await let_pass_until_now(both[0])

        async def work(governor: AdaptiveGovernor) -> None:
            for _ in range(20):
                await governor.take(1)

        began = time.monotonic()
        await asyncio.gather(*(work(governor) for governor in both for _ in range(2)))
        seconds = time.monotonic() - began
        assert 80 / 20 * 0.8 < seconds < 80 / 20 * 2


async def let_pass_until_now(governor: AdaptiveGovernor) -> None:
    """Make the pace one that has just begun to grow."""
    async with governor._database.write() as session:
        await session.execute(update(PaceRow).values(since=now_ms()))


async def test_many_refusals_never_stop_it_altogether(database_url: str) -> None:
    async with governors(database_url) as (governor,):
        for _ in range(5):
            await governor.penalise(0.01)
            await let_pass(governor, 5_000)
        assert (await row(governor))[0] == SLOWEST_PER_MINUTE


async def test_a_person_s_question_waits_for_the_pause_and_not_for_its_turn(
    database_url: str,
) -> None:
    async with governors(database_url) as (governor,):
        await governor.penalise(0.3)
        began = time.monotonic()
        await governor.take(1, interactive=True)
        assert 0.2 < time.monotonic() - began < 2
        began = time.monotonic()
        for _ in range(10):  # ten seconds' worth
            await governor.take(1, interactive=True)
        assert time.monotonic() - began < 2
