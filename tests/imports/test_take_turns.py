"""Whose turn it is: a full host takes nobody else's place."""

import asyncio
from typing import cast
from uuid import UUID

from pixharbor.imports.pending_items import PendingItem
from pixharbor.imports.take_turns import FILES_AT_ONCE, Turns
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


def turns(*file_ids: str, source: object) -> Turns:
    return Turns([item(file_id) for file_id in file_ids], cast("Source", source))


async def taken(of: Turns) -> str | None:
    async with asyncio.timeout(5):
        turn = await of.take()
    return turn[1].provider_id if turn else None


async def test_hosts_take_turns_and_a_full_one_waits_for_a_place_of_its_own() -> None:
    of = turns("a1", "a2", "a3", "a4", "b1", source=TwoHosts())
    assert [await taken(of) for _ in range(3)] == ["a1", "b1", "a2"]
    waiting = asyncio.create_task(taken(of))
    await asyncio.sleep(0)
    of.leave("b")
    await asyncio.sleep(0)
    assert not waiting.done()
    of.leave("a")
    assert await waiting == "a3"
    of.leave("a")
    assert [await taken(of), await taken(of)] == ["a4", None]


async def test_everybody_who_waits_hears_that_nothing_is_left() -> None:
    of = turns("a1", "a2", "a3", source=TwoHosts())
    assert [await taken(of), await taken(of)] == ["a1", "a2"]
    waiting = [asyncio.create_task(taken(of)) for _ in range(3)]
    await asyncio.sleep(0)
    of.leave("a")
    assert sorted(filter(None, await asyncio.gather(*waiting))) == ["a3"]


async def test_a_source_of_one_host_hands_out_in_order() -> None:
    names = [f"f{number}" for number in range(40)]
    of = turns(*names, source=object())
    assert of.at_once == FILES_AT_ONCE
    assert [await taken(of) for _ in range(FILES_AT_ONCE)] == names[:FILES_AT_ONCE]
