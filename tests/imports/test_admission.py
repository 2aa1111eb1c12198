"""Admission by bytes: what fits comes in, in the order it came, and small files count for more."""

import asyncio

import pytest

from pixharbor.imports.admission import LEAST_BYTES, Admission

ROOM = 4 * LEAST_BYTES


async def started(*sizes: int, room: Admission) -> list[asyncio.Task[int]]:
    """Files that ask to come in, one after the other; those that fit are in."""
    tasks = [asyncio.create_task(room.enter(size)) for size in sizes]
    await asyncio.sleep(0)
    return tasks


async def test_files_come_in_while_their_bytes_fit_and_then_in_the_order_they_came() -> None:
    room = Admission(ROOM)
    first, large, small = await started(2 * LEAST_BYTES, 3 * LEAST_BYTES, LEAST_BYTES, room=room)
    assert (first.done(), large.done(), small.done()) == (True, False, False)
    room.leave(first.result())
    await asyncio.sleep(0)
    assert (large.done(), small.done()) == (True, True)


async def test_a_small_file_counts_for_what_is_kept_about_it_too() -> None:
    room = Admission(ROOM)
    files = await started(*[1] * 5, room=room)
    assert [file.done() for file in files] == [True] * 4 + [False]
    assert files[0].result() == LEAST_BYTES
    room.leave(LEAST_BYTES)
    assert await files[4] == LEAST_BYTES


async def test_a_file_larger_than_the_room_comes_in_alone() -> None:
    room = Admission(ROOM)
    small, large = await started(1, 9 * ROOM, room=room)
    assert not large.done()
    room.leave(small.result())
    assert await large == ROOM
    (another,) = await started(1, room=room)
    assert not another.done()
    room.leave(ROOM)
    assert await another == LEAST_BYTES


async def test_who_is_cancelled_takes_no_room() -> None:
    room = Admission(ROOM)
    first, waiting, next_ = await started(ROOM, ROOM, 1, room=room)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    room.leave(first.result())
    assert await next_ == LEAST_BYTES
    assert await room.enter(ROOM - LEAST_BYTES) == ROOM - LEAST_BYTES
