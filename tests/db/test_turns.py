"""Turns at SQLite's one writer: one at a time, people first, nobody forgotten."""

import asyncio
import fcntl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from io import BufferedWriter
from pathlib import Path

import pytest
from harbour import until

from pixharbor.db.turns import Turns, _BetweenProcesses


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


@pytest.fixture
def two_processes(tmp_path: Path) -> Iterator[tuple[Turns, Turns]]:
    """Two turns on one file exclude each other as those of two processes do."""
    with (
        closing(Turns(tmp_path / "rows.db")) as here,
        closing(Turns(tmp_path / "rows.db")) as there,
    ):
        yield here, there


async def test_one_process_at_a_time_has_the_turn(two_processes: tuple[Turns, Turns]) -> None:
    inside = 0

    async def write(turns: Turns, *, urgent: bool) -> None:
        nonlocal inside
        async with turns.take(urgent=urgent):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for number in range(60):
            group.create_task(write(two_processes[number % 2], urgent=number % 3 == 0))


async def test_a_click_passes_the_background_work_that_waits_in_other_processes(
    tmp_path: Path, two_processes: tuple[Turns, Turns]
) -> None:
    holder, click = two_processes
    order: list[str] = []

    async def write(turns: Turns, name: str, *, urgent: bool) -> None:
        async with turns.take(urgent=urgent):
            order.append(name)

    with ExitStack() as stack:
        others = [stack.enter_context(closing(Turns(tmp_path / "rows.db"))) for _ in range(5)]
        async with asyncio.TaskGroup() as group, holder.take(urgent=False):
            for turns in others:
                group.create_task(write(turns, "chunk", urgent=False))
            await asyncio.sleep(0)  # they wait for the turn now
            group.create_task(write(click, "click", urgent=True))
            await asyncio.sleep(0)
    assert order == ["click", *["chunk"] * 5]


async def test_a_click_passes_processes_that_are_too_busy_to_look(
    tmp_path: Path, two_processes: tuple[Turns, Turns]
) -> None:
    holder, click = two_processes
    passed = threading.Event()

    async def write(turns: Turns, *, urgent: bool) -> None:
        async with turns.take(urgent=urgent):
            if urgent:
                passed.set()

    with ExitStack() as stack, (tmp_path / "rows.db-people").open("ab") as people:
        others = [stack.enter_context(closing(Turns(tmp_path / "rows.db"))) for _ in range(5)]
        async with asyncio.TaskGroup() as group:
            async with holder.take(urgent=False):
                for turns in others:
                    group.create_task(write(turns, urgent=False))
                clicking = asyncio.to_thread(asyncio.run, write(click, urgent=True))
                group.create_task(clicking)
                await until(lambda: waits(people), seconds=5)
            # The loop of all the others stands still from here on, as one with much to do does.
            assert passed.wait(5)


async def test_a_process_that_is_too_busy_to_use_the_turn_does_not_keep_it(
    two_processes: tuple[Turns, Turns],
) -> None:
    busy, idle = two_processes
    async with asyncio.TaskGroup() as group:
        async with idle.take(urgent=False):
            waiting = group.create_task(take_once(busy))
            await asyncio.sleep(0)
        # It is free, and the busy one's loop stands still until the other has had it once more.
        other = threading.Thread(target=asyncio.run, args=[take_once(idle)])
        other.start()
        other.join(5)
        assert not other.is_alive()
        assert not waiting.done()


async def test_a_process_that_is_always_too_late_has_its_turn_in_the_end(
    two_processes: tuple[Turns, Turns], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whenever its loop is back somebody else has been there first.
    monkeypatch.setattr(_BetweenProcesses, "_take_at_once", lambda _: False)
    here, there = two_processes
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for turns in (here, there, here, there):
            group.create_task(take_once(turns))


async def take_once(turns: Turns) -> None:
    """Have the turn, and nothing to do with it."""
    async with turns.take(urgent=False):
        pass


async def waits(people: BufferedWriter) -> bool | None:
    """Whether somebody says that people wait."""
    try:
        fcntl.flock(people, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(people, fcntl.LOCK_UN)
    return None


@pytest.mark.parametrize("times", [1, 2])
async def test_who_no_longer_waits_holds_up_no_other_process(
    two_processes: tuple[Turns, Turns], times: int
) -> None:
    here, there = two_processes

    async def write() -> None:
        async with there.take(urgent=False):
            pytest.fail("it was told to leave")

    async with here.take(urgent=False):
        leaver = asyncio.create_task(write())
        for _ in range(times):
            await asyncio.sleep(0)
            leaver.cancel()
        await asyncio.sleep(0)
    await asyncio.wait({leaver})
    assert leaver.cancelled()
    async with asyncio.timeout(5), here.take(urgent=False):
        pass
    async with asyncio.timeout(5), there.take(urgent=False):
        pass
