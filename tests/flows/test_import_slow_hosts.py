"""Hosts that are slow, busy or silent hold up nobody else, and are not overrun."""

import asyncio
from pathlib import Path

from flows.test_import_web_urls import harbour_at, start
from pictures import picture
from sources.web_host import reply, web_host


async def test_a_slow_host_stalls_no_other_and_none_is_asked_more_than_its_share(
    tmp_path: Path,
) -> None:
    async with (
        web_host(address="127.0.0.2") as slow,
        web_host({f"/{n}.jpg": reply(body=picture(n)) for n in range(60)}) as fast,
        harbour_at(tmp_path) as harbour,
    ):
        answered = asyncio.Event()

        async def late(writer: asyncio.StreamWriter) -> None:
            await answered.wait()
            writer.write(reply(body=picture(1000)))

        slow.pages |= {f"/{n}.jpg": late for n in range(40)}
        lines = [*(slow.url(path) for path in slow.pages), *(fast.url(path) for path in fast.pages)]
        job_id = await start(harbour, urls=lines)
        await harbour.until(job_id, lambda job: job["balance"]["stored"] == 60)
        assert (slow.at_once, fast.at_once) == (8, 0)
        answered.set()
        done = await harbour.finish(job_id)
    assert done["balance"] | {"stored": 61, "duplicate": 39} == done["balance"]
    assert slow.most_at_once == 8
    assert fast.most_at_once <= 8


async def test_a_host_that_asks_for_patience_gets_it_from_every_request(tmp_path: Path) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        busy = reply("429 Too Many", Retry_After="1")
        host.pages |= {f"/{n}.jpg": [busy, reply(body=picture(n))] for n in range(4)}
        done = await harbour.finish(await start(harbour, urls=[host.url(p) for p in host.pages]))
        items = await harbour.items(done["id"])
    assert done["balance"]["stored"] == 4
    assert {item["attempts"] for item in items} == {2}
    assert len(host.heard) == 8


async def test_a_host_that_wants_hours_is_told_and_not_waited_for(tmp_path: Path) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        host.pages["/a.jpg"] = reply("503 Later", Retry_After="7200")
        done = await harbour.finish(await start(harbour, urls=[host.url("/a.jpg")]))
        (item,) = await harbour.items(done["id"])
    assert (item["state"], item["reason"]) == ("failed", "provider_error")
    assert "120 minutes" in item["message"]
