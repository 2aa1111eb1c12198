"""Pictures wait for memory, and memory comes back."""

import asyncio
from pathlib import Path

import pytest
from imaging.sample_pictures import encode, quarters

from pixharbor.imaging.admission import MemoryBudget, estimate_memory
from pixharbor.imaging.formats import FORMATS
from pixharbor.imaging.inspect import Header, read_header


async def hold_until(budget: MemoryBudget, amount: int, done: asyncio.Event) -> None:
    async with budget.hold(amount):
        await done.wait()


async def test_who_finds_too_little_memory_waits_until_it_is_given_back() -> None:
    budget, done = MemoryBudget(100), asyncio.Event()
    first = asyncio.create_task(hold_until(budget, 60, done))
    second = asyncio.create_task(hold_until(budget, 60, done))
    await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0), budget.hold(50):
            pass
    async with asyncio.timeout(5), budget.hold(40):  # fits beside the first
        pass
    done.set()
    await asyncio.gather(first, second)


async def test_a_picture_larger_than_all_memory_is_let_in_alone() -> None:
    budget = MemoryBudget(100)
    async with budget.hold(1000):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), budget.hold(1):
                pass
    async with asyncio.timeout(5), budget.hold(100):
        pass


async def test_a_job_that_fails_or_is_cancelled_gives_its_memory_back() -> None:
    budget = MemoryBudget(100)
    with pytest.raises(ZeroDivisionError):
        async with budget.hold(100):
            _ = 1 / 0
    held = asyncio.create_task(hold_until(budget, 100, asyncio.Event()))
    await asyncio.sleep(0)
    held.cancel()
    with pytest.raises(asyncio.CancelledError):
        await held
    async with asyncio.timeout(5), budget.hold(100):
        pass


@pytest.mark.parametrize(
    ("header", "at_least"),
    [
        (Header(FORMATS["jpeg"], 10_000, 10_000), 50_000_000),
        (Header(FORMATS["jpeg"], 10_000, 10_000, interlaced=True), 650_000_000),
        (Header(FORMATS["heic"], 8_000, 6_000), 240_000_000),
        (Header(FORMATS["avif"], 8_000, 6_000), 460_000_000),
    ],
    ids=["baseline JPEG", "progressive JPEG", "48 MP HEIC", "48 MP AVIF"],
)
def test_the_estimate_follows_what_decoders_take(header: Header, at_least: int) -> None:
    assert estimate_memory(header, Path()) > at_least


def test_bytes_that_are_held_in_memory_count() -> None:
    data = encode(quarters(), "png")
    header = read_header(data)

    assert estimate_memory(header, data) == estimate_memory(header, Path()) + len(data)
