"""The governor: near the limit, never over it, whoever asks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sources.conftest import OpenDrive, hurry
from sqlalchemy import event

from pixharbor.db.engine import Database, open_database
from pixharbor.sources.base import RateLimited
from pixharbor.sources.governor import (
    LONGEST_PENALTY_SECONDS,
    Limit,
    Penalty,
    SharedGovernor,
    UnlimitedGovernor,
    _Block,
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        if opened.dialect == "sqlite":
            event.listen(opened._writer.sync_engine, "connect", hurry)
        yield opened


@asynccontextmanager
async def governing(database: Database, **units_per_minute: float) -> AsyncIterator[SharedGovernor]:
    limits = [Limit(name, units) for name, units in units_per_minute.items()]
    governor = SharedGovernor(database, limits)
    try:
        yield governor
    finally:
        await governor.close()


async def seconds_to_take(*takers: tuple[SharedGovernor, int], units: int = 10) -> float:
    """Let each governor take so many times `units`, all at once."""
    clock = asyncio.get_running_loop().time
    began = clock()
    async with asyncio.TaskGroup() as group:
        for governor, times in takers:
            for _ in range(times):
                group.create_task(governor.take(units))
    return clock() - began


async def pace(serving: OpenDrive, workers: int, allowed: int) -> tuple[float, int]:
    """Download as fast as allowed (in files a second): the share that was reached, and refusals.

    The emulator enforces a sliding window of 6 s; the run is longer than one window.
    """
    user = allowed * 200 * 60
    quota = f"user={user},project={3 * user}"
    async with serving(profile=quota, faults=[f"quota:{quota},window=6"]) as drive:
        file = await drive.file("a.jpg")
        clock = asyncio.get_running_loop().time
        end = clock() + 6.5

        async def work() -> None:
            while clock() < end:
                with contextlib.suppress(RateLimited):
                    await drive.bytes_of(file)

        await asyncio.gather(*(work() for _ in range(workers)))
        at = [entry.at for entry in drive.emulator.log.entries("download")]
        refused = drive.emulator.counts.refused_by_quota
        return (len(at) - 1 - refused) / (at[-1] - at[0]) / allowed, refused


@pytest.mark.parametrize(
    ("database_url", "workers"),
    [("sqlite", 1), ("sqlite", 8), ("sqlite", 64), ("postgresql", 64)],
    indirect=["database_url"],
)
async def test_downloads_reach_95_percent_of_the_limit_and_none_is_refused(
    album: Path, serving: OpenDrive, workers: int
) -> None:
    (album / "a.jpg").write_bytes(b"x" * 500)
    # 3 % of this short window are 0.18 s, and other tests may hold the machine up for longer.
    for _ in range(3):
        share, refused = await pace(serving, workers, 15 if workers == 1 else 120)
        if refused == 0 and share >= 0.95:
            break
    assert refused == 0
    assert 0.95 <= share <= 1.0


async def test_two_processes_on_one_database_share_one_limit(
    database_url: str, database: Database
) -> None:
    async with (
        open_database(database_url) as other,
        governing(database, user=60_000) as one,
        governing(other, user=60_000) as two,
    ):
        # 1,600 units at 970 a second.
        seconds = await seconds_to_take((one, 80), (two, 80))
        assert 1.6 <= seconds <= 2.5


async def test_the_tightest_limit_counts(database: Database) -> None:
    async with governing(database, user=60_000, project=6_000_000) as governor:
        assert await seconds_to_take((governor, 100)) >= 1.0
        assert governor.seconds_for(2_000) == 2.0


async def test_an_interactive_check_does_not_stand_in_the_queue(database: Database) -> None:
    async with governing(database, user=60_000) as governor:
        queue = [asyncio.create_task(governor.take(100)) for _ in range(100)]
        await queue[0]
        assert await asyncio.wait_for(_interactive(governor, 20), 2) == 20
        assert not queue[-1].done()
        for task in queue:
            task.cancel()


async def _interactive(governor: SharedGovernor, times: int) -> int:
    for _ in range(times):
        await governor.take(5, interactive=True)
    return times


async def test_the_reserve_has_an_end(database: Database) -> None:
    async with governing(database, user=60_000) as governor:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(_interactive(governor, 100), 1)


async def test_a_taker_that_is_cancelled_holds_nobody_up(database: Database) -> None:
    async with governing(database, user=60_000) as governor:
        first, second = [asyncio.create_task(governor.take(10)) for _ in range(2)]
        await asyncio.sleep(0)  # both have begun
        assert governor._refilling
        first.cancel()  # it had begun to take the block that the second waits for, too
        await asyncio.wait_for(second, 2)
        assert first.cancelled()


async def test_turns_that_nobody_used_are_forfeited(database: Database) -> None:
    async with governing(database, user=60_000) as governor:
        now = asyncio.get_running_loop().time()
        governor._block = _Block(now - 1.0, 0.01, 90)  # the last turn was 0.1 s ago
        governor._forfeit()
        assert 10 <= governor._block.left <= 20
        assert governor._block.at >= now - 0.25
        governor._block = _Block(now - 10.0, 0.01, 90)
        governor._forfeit()
        assert governor._block.left == 0


async def test_one_refusal_lets_every_process_wait(database_url: str, database: Database) -> None:
    async with (
        open_database(database_url) as other,
        governing(database, user=600_000) as one,
        governing(other, user=600_000) as two,
    ):
        await one.take(10)
        await two.take(10)
        await one.penalise(0.8)
        assert 0.7 <= await seconds_to_take((two, 1)) <= 2


async def test_after_a_pause_turns_are_as_far_apart_as_before(database: Database) -> None:
    async with governing(database, user=60_000) as governor:
        clock = asyncio.get_running_loop().time
        takers = [asyncio.create_task(governor.take(10)) for _ in range(50)]
        await asyncio.wait(takers, return_when=asyncio.FIRST_COMPLETED)
        refused_at = clock()
        await governor.penalise(0.5)
        await asyncio.gather(*takers)
        # All turns that fell into the pause line up anew behind it, 97 a second.
        assert clock() - refused_at >= 0.5 + 0.4


async def test_the_quota_tells_what_all_processes_use(
    database_url: str, database: Database
) -> None:
    async with (
        open_database(database_url) as other,
        governing(database, user=60_000) as one,
        governing(other, user=60_000) as two,
    ):
        assert (await two.quota()).units_per_second == 0
        await seconds_to_take((one, 120))
        quota = await two.quota()
        assert quota.allowed_units_per_second == 1000
        assert 700 <= quota.units_per_second <= 1000


async def test_without_a_limit_nothing_is_waited_for_but_a_refusal() -> None:
    governor = UnlimitedGovernor()
    clock = asyncio.get_running_loop().time
    for _ in range(1000):
        await asyncio.wait_for(governor.take(200), 0.1)
    assert await governor.quota() is None
    assert governor.seconds_for(200) is None
    began = clock()
    await governor.penalise(0.3)
    await governor.take(200)
    assert clock() - began >= 0.29


async def test_penalties_grow_while_the_provider_goes_on_refusing() -> None:
    penalty = Penalty()
    lengths = []
    for _ in range(9):
        lengths.append(penalty.add(None))
        again = penalty.add(None)  # one more of the requests that were under way
        assert again <= lengths[-1]
        penalty._until = 0.0
    assert lengths == [1, 2, 4, 8, 16, 32, 64, 64, 64]
    assert max(lengths) == LONGEST_PENALTY_SECONDS
    penalty.relent()
    assert penalty.add(None) == 1


async def test_a_penalty_is_never_shortened() -> None:
    penalty = Penalty()
    penalty.add(30)
    penalty.add(5)
    assert penalty.left() > 25


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_refusals_that_the_limit_did_not_foresee_slow_all_workers_down(
    album: Path, serving: OpenDrive
) -> None:
    (album / "a.jpg").write_bytes(b"x" * 500)
    # The provider gives 30 downloads a minute where 6,000 are believed in.
    tight = ["quota:user=6105,window=60"]
    async with serving(profile="user=1200000", faults=tight) as drive:
        file = await drive.file("a.jpg")

        async def work() -> None:
            while True:
                with contextlib.suppress(RateLimited):
                    await drive.bytes_of(file)

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(work() for _ in range(8))), 2.5)
        counts = drive.emulator.counts
        assert counts.by_status[200] == 30 + 2  # and the folder and its listing
        assert 1 <= counts.refused_by_quota <= 2 * 8  # and not a hundred a second
