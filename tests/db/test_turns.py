"""Turns at SQLite's one writer: one at a time, people first, nobody forgotten."""

import asyncio

from pixharbor.db.turns import Turns


async def test_people_go_before_background_work_and_one_at_a_time() -> None:
    turns = Turns()
    order: list[str] = []
    inside = 0

    async def write(name: str, *, urgent: bool) -> None:
        nonlocal inside
        async with turns.take(urgent=urgent):
            inside += 1
            assert inside == 1
            order.append(name)
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.TaskGroup() as group, turns.take(urgent=False):
        for name in ("chunk 1", "chunk 2"):
            group.create_task(write(name, urgent=False))
        group.create_task(write("click", urgent=True))
        await asyncio.sleep(0)
    assert order == ["click", "chunk 1", "chunk 2"]


async def test_a_turn_given_to_somebody_who_has_just_left_goes_on_to_the_next() -> None:
    turns = Turns()
    entered = asyncio.Event()

    async def write() -> None:
        async with turns.take(urgent=False):
            entered.set()

    async with turns.take(urgent=False):
        leaver = asyncio.create_task(write())
        stayer = asyncio.create_task(write())
        await asyncio.sleep(0)
    leaver.cancel()  # its turn has come in the same moment
    await asyncio.gather(leaver, return_exceptions=True)
    await asyncio.wait_for(stayer, 5)
    assert entered.is_set()
    async with asyncio.timeout(5), turns.take(urgent=True):
        pass
