"""Whatever goes wrong at hosts of the web: what is stored, what the item and the job say."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flows.test_import_web_urls import HTML, harbour_at, start
from harbour import Harbour
from pictures import picture
from sources.web_host import WebHost, reply, web_host

from pixharbor.imports import retry_delays
from pixharbor.sources import governor, safe_http

Page = bytes | Callable[[WebHost, asyncio.StreamWriter], Awaitable[None]]

TRIES = 3  # instead of eight
GOOD = [picture(1), picture(2)]
WHOLE = picture(9, size=(400, 300))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for minutes waits for moments here; the steps are the same."""
    monkeypatch.setattr(retry_delays, "TRIES", TRIES)
    monkeypatch.setattr(retry_delays, "CAP_SECONDS", 0.01)
    monkeypatch.setattr(safe_http, "IDLE_SECONDS", 1.5)
    monkeypatch.setattr(safe_http, "ANSWER_SECONDS", 1.5)
    monkeypatch.setattr(safe_http, "BODY_SECONDS", 1.5)
    monkeypatch.setattr(governor, "LONGEST_PENALTY_SECONDS", 0.05)


async def silent(host: WebHost, writer: asyncio.StreamWriter) -> None:
    """Take the request, and say nothing."""
    await host.over.wait()


async def stalled(host: WebHost, writer: asyncio.StreamWriter) -> None:
    """Send half of the file, and then nothing more."""
    answer = reply(body=WHOLE)
    writer.write(answer[: len(answer) // 2])
    await writer.drain()
    await host.over.wait()


async def dripping(_: WebHost, writer: asyncio.StreamWriter) -> None:
    """Send the file, a byte at a time."""
    for byte in reply(body=WHOLE):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.01)


async def resetting(_: WebHost, writer: asyncio.StreamWriter) -> None:
    """Break the connection in the middle of the file."""
    answer = reply(body=WHOLE)
    writer.write(answer[: len(answer) // 2])
    await writer.drain()
    writer.transport.abort()


async def bring(harbour: Harbour, host: WebHost, *pages: Page) -> tuple[dict[str, Any], str]:
    """Import two good pictures, and one that answers with `pages`; answers the job and its URL."""
    host.pages |= {f"/{n}.jpg": reply(body=body) for n, body in enumerate(GOOD)}
    host.pages["/bad.jpg"] = [partial(page, host) if callable(page) else page for page in pages]
    urls = [host.url(path) for path in ("/0.jpg", "/bad.jpg", "/1.jpg")]
    return await harbour.finish(await start(harbour, urls=urls)), urls[1]


async def stored(harbour: Harbour) -> Counter[bytes]:
    return Counter([await harbour.original(image) for image in await harbour.images()])


@pytest.mark.parametrize(
    ("page", "state", "reason", "tries"),
    [
        (reply(body=HTML, Content_Type="image/jpeg"), "failed", "html_instead_of_file", 2),
        (reply("401 Who"), "failed", "forbidden", 1),
        (reply("402 Pay"), "failed", "forbidden", 1),
        (reply("403 No"), "failed", "forbidden", 1),
        (reply("451 Law"), "failed", "forbidden", 1),
        (reply(body=WHOLE, X_Robots_Tag="noai"), "failed", "forbidden", 1),
        (reply("404 None"), "gone", "vanished", 1),
        (reply("410 Gone"), "gone", "vanished", 1),
        (reply("400 What"), "failed", "provider_error", 1),
        (reply("500 Oh"), "failed", "provider_error", TRIES),
        (reply("429 Slow", Retry_After="0"), "failed", "provider_error", TRIES),
        (reply("429 Slow", Retry_After="7200"), "failed", "provider_error", 1),
        (reply("302 Round", Location="/bad.jpg"), "failed", "provider_error", 1),
        (reply("302 In", Location="http://10.0.0.1/"), "failed", "address_refused", 1),
        (reply("302 File", Location="file:///etc/passwd"), "failed", "provider_error", 1),
        (reply(body=WHOLE, Content_Length="99999"), "failed", "truncated", TRIES),
        (resetting, "failed", "truncated", TRIES),
        (silent, "failed", "timeout", TRIES),
        (stalled, "failed", "timeout", TRIES),
        (dripping, "failed", "timeout", TRIES),
        (reply(), "skipped", "empty", 1),
        (reply(body=b"only words"), "skipped", "not_an_image", 1),
    ],
)
async def test_an_address_that_goes_wrong_ends_alone_and_the_rest_is_stored(
    tmp_path: Path, page: Page, state: str, reason: str, tries: int
) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        job, url = await bring(harbour, host, page)
        assert job["state"] == ("partial" if state == "failed" else "completed")
        (item,) = await harbour.items(job["id"], state=state)
        assert (item["name"], item["reason"], item["image_id"]) == ("bad.jpg", reason, None)
        assert (item["attempts"], bool(item["message"])) == (tries, True)
        assert url not in item["message"]  # an address may be signed
        assert await stored(harbour) == Counter(GOOD)


@pytest.mark.parametrize(
    "page",
    [
        reply("500 Oh"),
        reply("503 Later", Retry_After="0"),
        reply("429 Slow", Retry_After="0"),
        reply("408 Late"),
        reply(body=HTML),
        reply(body=WHOLE, Content_Length="99999"),
        resetting,
        silent,
        stalled,
    ],
)
async def test_what_passes_at_a_host_leaves_no_trace(tmp_path: Path, page: Page) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        job, _ = await bring(harbour, host, page, reply(body=WHOLE))
        assert (job["state"], job["reasons"]) == ("completed", [])
        assert await stored(harbour) == Counter([*GOOD, WHOLE])
        tries = {item["name"]: item["attempts"] for item in await harbour.items(job["id"])}
        assert tries == {"0.jpg": 1, "bad.jpg": 2, "1.jpg": 1}


async def test_a_host_that_is_not_there_ends_its_addresses_alone(tmp_path: Path) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        async with web_host() as gone:
            lost = gone.url("/lost.jpg")
        host.pages["/0.jpg"] = reply(body=GOOD[0])
        job = await harbour.finish(await start(harbour, urls=[lost, host.url("/0.jpg")]))
        assert (job["state"], job["balance"]["stored"]) == ("partial", 1)
        (item,) = await harbour.items(job["id"], state="failed")
        assert (item["name"], item["reason"]) == ("lost.jpg", "unreachable")
        assert item["message"]
        assert await stored(harbour) == Counter(GOOD[:1])


async def test_what_no_length_was_stated_for_is_kept_as_it_came(tmp_path: Path) -> None:
    half = WHOLE[: len(WHOLE) // 2]  # nothing tells it from a whole file but its decoder
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        job, _ = await bring(harbour, host, reply(body=half, Content_Length=""))
        assert (job["state"], job["reasons"]) == ("completed", [])
        assert await stored(harbour) == Counter([*GOOD, half])


async def test_a_file_over_the_limit_is_left_where_it_is_whatever_its_length_says(
    tmp_path: Path,
) -> None:
    async with web_host() as host, harbour_at(tmp_path, limit_file_bytes=1500) as harbour:
        for stated in (str(len(WHOLE)), ""):
            job, _ = await bring(harbour, host, reply(body=WHOLE, Content_Length=stated))
            assert job["state"] == "completed"
            (item,) = await harbour.items(job["id"], state="skipped")
            assert (item["name"], item["reason"]) == ("bad.jpg", "too_large")
        assert await stored(harbour) == Counter(GOOD)
