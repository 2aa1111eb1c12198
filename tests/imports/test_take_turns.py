"""Whose turn it is: a full host takes nobody else's place."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast
from uuid import UUID

from pixharbor.imports.pending_items import PendingItem
from pixharbor.imports.take_turns import FILES_AT_ONCE, Places, Turns
from pixharbor.sources.base import Source


class TwoHosts:
    """As much of a source as turns look at: the letter of an id is its host."""

    files_at_once = 8
    files_per_host = 2

    def host_of(self, file_id: str, resource_key: str | None) -> str:
        assert resource_key is None
        return file_id[0]


def item(file_id: str) -> PendingItem:
    return PendingItem(UUID(int=1), 1, file_id, file_id, file_id, None, "", None, None, None, 0)


def turns(*file_ids: str, source: object, places: Places | None = None) -> Turns:
    items = [item(file_id) for file_id in file_ids]
    return Turns(items, cast("Source", source), places or Places())


async def taken(of: AsyncIterator[tuple[str, PendingItem]]) -> str | None:
    async with asyncio.timeout(5):
        turn = await anext(of, None)
    return turn[1].provider_id if turn else None


async def test_hosts_take_turns_and_a_full_one_waits_for_a_place_of_its_own() -> None:
    chunk = turns("a1", "a2", "a3", "a4", "b1", source=TwoHosts())
    of = aiter(chunk)
    assert [await taken(of) for _ in range(3)] == ["a1", "b1", "a2"]
    waiting = asyncio.create_task(taken(of))
    await asyncio.sleep(0)
    chunk.leave("b")
    await asyncio.sleep(0)
    assert not waiting.done()
    chunk.leave("a")
    assert await waiting == "a3"
    chunk.leave("a")
    assert [await taken(of), await taken(of)] == ["a4", None]


async def test_a_source_of_one_host_hands_out_in_order() -> None:
    names = [f"f{number}" for number in range(100)]
    of = aiter(turns(*names, source=object()))
    assert [await taken(of) for _ in range(FILES_AT_ONCE)] == names[:FILES_AT_ONCE]
    waiting = asyncio.create_task(taken(of))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


async def test_chunks_share_the_places_and_the_last_one_has_them_all() -> None:
    places = Places(8)
    first, second = (
        turns(*(f"{name}{n}" for n in range(9)), source=object(), places=places) for name in "xy"
    )
    of_first, of_second = aiter(first), aiter(second)
    assert [await taken(of_first) for _ in range(8)] == [f"x{n}" for n in range(8)]
    assert [await taken(of_second) for _ in range(4)] == ["y0", "y1", "y2", "y3"]
    more_of_first = asyncio.create_task(taken(of_first))
    more_of_second = asyncio.create_task(taken(of_second))
    for _ in range(4):  # the first gives back what it has above its share
        first.leave("")
        await asyncio.sleep(0)
        assert not more_of_first.done()
    first.leave("")
    assert await more_of_first == "x8"
    assert not more_of_second.done()
    assert await taken(of_first) is None
    assert await more_of_second == "y4"  # nothing is left of the first: its places are free


async def test_a_chunk_that_is_given_up_leaves_its_places_to_the_others() -> None:
    places = Places(4)
    given_up = aiter(turns("x1", "x2", "x3", source=object(), places=places))
    of = aiter(turns("y1", "y2", "y3", "y4", source=object(), places=places))
    assert await taken(given_up) == "x1"
    assert [await taken(of), await taken(of)] == ["y1", "y2"]
    waiting = asyncio.create_task(taken(of))
    await asyncio.sleep(0)
    assert not waiting.done()
    await given_up.aclose()
    assert await waiting == "y3"
