"""A list of addresses is imported again: hosts are asked for what is new, and send nothing else."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from harbour import Harbour, running_harbour
from pictures import picture
from sources.web_host import Page, WebHost, reply, web_host

DATE = "Sat, 21 Nov 2026 12:00:00 GMT"
LONG_AGO = "Sat, 21 Nov 2026 08:00:00 GMT"


def versioned(host: WebHost, body: bytes, given: str, asked: str, **headers: Any) -> Page:
    """A page that is sent unless the request's header `asked` says `given`."""

    async def page(writer: asyncio.StreamWriter) -> None:
        lines = host.heard[-1].split("\r\n")
        told = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
        is_known = told.get(asked.lower()) == given
        writer.write(
            reply("304 Not Modified", Content_Length="", **headers)
            if is_known
            else reply(body=body, Date=DATE, **headers)
        )
        await writer.drain()

    return page


def tagged(host: WebHost, body: bytes, tag: str) -> Page:
    return versioned(host, body, tag, "If-None-Match", ETag=tag)


def dated(host: WebHost, body: bytes, moment: str) -> Page:
    return versioned(host, body, moment, "If-Modified-Since", Last_Modified=moment)


async def bring(harbour: Harbour, host: WebHost, paths: list[str] | None = None) -> dict[str, Any]:
    """Import these paths of the host, or all, by a list of their own."""
    urls = [host.url(path) for path in paths or host.pages]
    answer = await harbour.api.post("/api/v1/imports", json={"urls": urls})
    assert answer.status_code == 202, answer.text
    return await harbour.finish(answer.json()["id"])


def harbour_at(folder: Path, **settings: Any) -> AbstractAsyncContextManager[Harbour]:
    """A harbour that may reach hosts on loopback."""
    return running_harbour(folder / "data", allow_private_addresses="127.0.0.0/8", **settings)


def reasons(job: dict[str, Any]) -> dict[str, int]:
    return {reason["reason"]: reason["count"] for reason in job["reasons"]}


async def test_a_list_that_is_imported_again_transfers_no_body_where_hosts_tell_versions(
    tmp_path: Path, database_url: str
) -> None:
    async with web_host() as host, harbour_at(tmp_path, database_url=database_url) as harbour:
        host.pages |= {
            "/strong.jpg": tagged(host, picture(1), '"1"'),
            "/weak.jpg": tagged(host, picture(2), 'W/"2"'),
            "/dated.jpg": dated(host, picture(3), LONG_AGO),
            "/text.jpg": tagged(host, b"only words", '"4"'),
        }
        first = await bring(harbour, host)
        assert (first["balance"]["stored"], first["balance"]["skipped"]) == (3, 1)
        images = await harbour.images()
        host.heard.clear()
        again = await bring(harbour, host)
        assert again["state"] == "completed"
        assert (again["balance"]["duplicate"], again["balance"]["skipped"]) == (3, 1)
        assert reasons(again) == {"unchanged": 3, "not_an_image": 1}
        assert len(host.heard) == 4
        assert again["at_source"] == {"gone": 0, "back": 0, "superseded": 0}
        items = await harbour.items(again["id"], state="duplicate")
        assert {item["image_id"] for item in items} == {image["image_id"] for image in images}
        third = await bring(harbour, host)  # what was not fetched is remembered as it was
        assert reasons(third) == {"unchanged": 3, "not_an_image": 1}


async def test_new_content_behind_a_known_address_is_fetched_and_takes_the_old_ones_place(
    tmp_path: Path,
) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        host.pages["/a.jpg"] = tagged(host, picture(1), '"1"')
        await bring(harbour, host)
        host.pages["/a.jpg"] = tagged(host, picture(2), '"2"')
        job = await bring(harbour, host)
        assert (job["balance"]["stored"], job["at_source"]["superseded"]) == (1, 1)
        assert reasons(await bring(harbour, host)) == {"unchanged": 1}


def fresh(host: WebHost) -> Page:
    """Written to in the very second of the answer."""
    return dated(host, picture(1), DATE)


def ignoring(host: WebHost) -> Page:
    """A host that names a version and never looks at conditions."""
    return reply(body=picture(1), ETag='"1"')


def another_each_time(host: WebHost) -> Page:
    """Each server behind the name has a tag of its own."""

    async def page(writer: asyncio.StreamWriter) -> None:
        writer.write(reply(body=picture(1), ETag=f'"{len(host.heard)}"'))
        await writer.drain()

    return page


def endless(host: WebHost) -> Page:
    """Its end is the connection's: it may lack something."""
    return versioned(host, picture(1), '"1"', "If-None-Match", ETag='"1"', Content_Length="")


def nonsense(host: WebHost) -> Page:
    """A tag without quotes is none."""
    return tagged(host, picture(1), "1")


@pytest.mark.parametrize("page", [fresh, ignoring, another_each_time, endless, nonsense])
async def test_where_a_version_cannot_be_relied_on_the_file_is_fetched_again(
    tmp_path: Path, page: Callable[[WebHost], Page]
) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        host.pages["/a.jpg"] = page(host)
        await bring(harbour, host)
        job = await bring(harbour, host)
        assert reasons(job) == {"same_content": 1}
        assert len(await harbour.images()) == 1


async def test_a_version_is_asked_for_at_its_own_address_only(tmp_path: Path) -> None:
    """Two files of a host may have one tag: behind a redirect lies another file one day."""
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        host.pages["/today.jpg"] = tagged(host, picture(1), '"1"')
        await bring(harbour, host)
        host.pages["/today.jpg"] = reply("302 Found", Location="/tomorrow.jpg")
        host.pages["/tomorrow.jpg"] = tagged(host, picture(2), '"1"')
        job = await bring(harbour, host, paths=["/today.jpg"])
        assert job["balance"]["stored"] == 1
        host.heard.clear()
        await bring(harbour, host, paths=["/today.jpg"])
        assert not [head for head in host.heard if "if-none-match" in head.lower()]


async def test_a_host_that_says_unchanged_unasked_fails_the_file(tmp_path: Path) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        host.pages["/a.jpg"] = reply("304 Not Modified", Content_Length="")
        job = await bring(harbour, host)
        assert reasons(job) == {"provider_error": 1}


async def test_an_image_that_was_deleted_is_fetched_whatever_the_host_says(tmp_path: Path) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        host.pages["/a.jpg"] = tagged(host, picture(1), '"1"')
        await bring(harbour, host)
        (image,) = await harbour.images()
        await harbour.api.delete(f"/api/v1/images/{image['image_id']}")
        job = await bring(harbour, host)
        assert job["balance"]["stored"] == 1
        assert len(await harbour.images()) == 1
