"""How hosts are treated: their share, their wishes, and what becomes of those that never answer."""

import asyncio

import pytest

from pixharbor.db.engine import Database, open_database
from pixharbor.sources import web_urls_hosts
from pixharbor.sources.base import FileVanished, TimedOut, Unreachable
from pixharbor.sources.safe_http import AnswerRefused
from pixharbor.sources.web_urls_hosts import STRIKES, Hosts


async def fail(hosts: Hosts, name: str, error: Exception) -> None:
    with pytest.raises(type(error)):
        async with hosts.turn(name):
            raise error


async def ask(hosts: Hosts, name: str) -> float:
    """Wait for a turn; answers the loop's time at which it came."""
    async with hosts.turn(name):
        return asyncio.get_running_loop().time()


async def test_a_host_has_its_share_and_others_do_not_wait_for_it(database: Database) -> None:
    hosts = Hosts(2, database)
    async with hosts.turn("a"), hosts.turn("a"):
        third = asyncio.create_task(ask(hosts, "a"))
        await ask(hosts, "b")
        assert not third.done()
    await third


async def test_a_host_that_never_answers_is_left_alone_and_asked_again_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_urls_hosts, "LEFT_ALONE_SECONDS", 0.1)
    hosts = Hosts(8, database)
    for number in range(STRIKES):
        await fail(hosts, "a", Unreachable() if number % 2 else TimedOut())
    with pytest.raises(AnswerRefused, match="left alone") as refused:
        await ask(hosts, "a")
    assert refused.value.reason == "unreachable"
    await ask(hosts, "b")
    await asyncio.sleep(0.15)
    await ask(hosts, "a")


async def test_a_host_that_answers_now_and_then_is_not_left_alone(database: Database) -> None:
    hosts = Hosts(8, database)
    for _ in range(3):
        for _ in range(STRIKES - 1):
            await fail(hosts, "a", TimedOut())
        await fail(hosts, "a", FileVanished())
    for _ in range(STRIKES - 1):
        await fail(hosts, "a", TimedOut())
    await ask(hosts, "a")


async def test_what_a_host_says_of_waiting_is_heard_by_other_processes_on_both_databases(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_urls_hosts, "LOOK_SECONDS", 0.0)
    async with open_database(database_url) as one, open_database(database_url) as other:
        here, there = Hosts(8, one), Hosts(8, other)
        await ask(there, "a")
        told_at = asyncio.get_running_loop().time()
        async with here.turn("a"):
            await here.penalise("a", 1.0)
        assert await ask(there, "b") < told_at + 0.9
        assert await ask(there, "a") >= told_at + 0.9
        assert await ask(here, "a") >= told_at + 0.9


async def test_hosts_that_have_nothing_to_say_are_forgotten(database: Database) -> None:
    hosts = Hosts(8, database)
    for number in range(100):
        await ask(hosts, f"{number}.example")
    assert hosts._hosts == {}
