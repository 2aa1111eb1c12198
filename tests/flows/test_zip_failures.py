"""What goes wrong with a ZIP archive: what is stored, and what items and job say."""

import io
import struct
import time
import zipfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from flows.archives import kept, until_put_away, upload, web_server, zipped
from harbour import Harbour, until
from pictures import picture
from sources.web_host import reply, web_host
from sqlalchemy import select

from pixharbor.imports import pause_import, retry_delays
from pixharbor.jobs.models import Task
from pixharbor.jobs.states import TaskState
from pixharbor.sources.zip_archive_files import MOST_DIRECTORY_BYTES

Open = Callable[..., AbstractAsyncContextManager[Harbour]]


async def test_damaged_and_encrypted_files_fail_alone(tmp_path: Path, harbour_at: Open) -> None:
    body = bytearray(zipped({"bad.jpg": picture(1), "secret.jpg": picture(2), "c.jpg": picture(3)}))
    body[80] ^= 0x10
    second = body.index(b"PK\3\4", 4)
    body[second + 6] |= 1
    directory = body.index(b"PK\1\2", body.index(b"PK\1\2") + 4)
    body[directory + 8] |= 1
    async with harbour_at() as harbour:
        job = await harbour.finish((await upload(harbour, bytes(body))).json()["id"])
        assert (job["state"], job["balance"]["stored"], job["balance"]["failed"]) == (
            "partial", 1, 2
        )  # fmt: skip
        items = {item["name"]: item for item in await harbour.items(job["id"])}
        assert (items["bad.jpg"]["state"], items["bad.jpg"]["reason"]) == ("failed", "checksum")
        assert items["secret.jpg"]["reason"] == "forbidden"
        assert "password" in items["secret.jpg"]["message"]
        await until_put_away(tmp_path)
        assert job["retryable"] is False
        answer = await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        assert (answer.status_code, answer.json()["code"]) == (409, "archive_deleted")
        assert "Import it again" in answer.json()["cure"]
        # What was wrong with each is not forgotten for a try that finds nothing.
        again = {item["name"]: item for item in await harbour.items(job["id"])}
        assert again["bad.jpg"]["reason"] == "checksum"


def local(body: bytearray, name: bytes) -> int:
    """Where the header before an entry's bytes begins."""
    return body.index(name) - 30


def central(body: bytearray, name: bytes) -> int:
    """Where its entry in the directory begins."""
    return body.rindex(name) - 46


async def test_each_entry_that_goes_wrong_ends_alone_and_the_rest_is_stored(
    harbour_at: Open,
) -> None:
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = 0o120777 << 16
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("good", "odd-method", "runs-over", "twin-1", "twin-2"):
            archive.writestr(f"{name}.jpg", picture(len(name) + ord(name[-1])))
        archive.writestr("large.jpg", bytes(200_000))
        archive.writestr("more.jpg", picture(70) + bytes(200_000))
        for name in ("page.jpg", "inner.zip", ".hidden.jpg"):
            archive.writestr(name, b"<html>")
        archive.writestr("empty.jpg", b"")
        archive.writestr(link, "/etc/passwd")
    body = bytearray(data.getvalue().replace(b"twin-2", b"twin-1"))
    body[local(body, b"odd-method") + 8] = body[central(body, b"odd-method") + 10] = 9
    struct.pack_into("<H", body, local(body, b"runs-over") + 28, 60_000)  # beyond the end
    struct.pack_into("<L", body, central(body, b"more.jpg") + 24, 1000)  # it has 200 times that
    async with harbour_at(limit_file_bytes=100_000) as harbour:
        job = await harbour.finish((await upload(harbour, bytes(body))).json()["id"])
        items = await harbour.items(job["id"])
    told = {item["name"]: (item["state"], item["reason"]) for item in items}
    assert told.pop("runs-over.jpg") in {("failed", "truncated"), ("failed", "checksum")}
    assert told == {
        "good.jpg": ("stored", None),
        "twin-1.jpg": ("stored", None),
        "odd-method.jpg": ("failed", "forbidden"),
        "large.jpg": ("skipped", "too_large"),
        "more.jpg": ("failed", "checksum"),
        "page.jpg": ("skipped", "not_an_image"),
        "inner.zip": ("skipped", "not_an_image"),
        ".hidden.jpg": ("skipped", "filtered"),
        "empty.jpg": ("skipped", "empty"),
        "link.jpg": ("skipped", "not_an_image"),
    }
    assert (job["state"], job["balance"]["stored"], len(items)) == ("partial", 3, 12)


def damaged() -> bytes:
    return zipped({"a.jpg": picture(1)}).replace(b"PK\1\2", b"PK\1\3")


def overlapping() -> bytes:
    body = bytearray(zipped({"1.jpg": picture(1), "2.jpg": picture(1)}))
    struct.pack_into("<L", body, central(body, b"2.jpg") + 42, 0)
    return bytes(body)


def swelling() -> bytes:
    body = bytearray(zipped({"a.jpg": picture(1)}))
    struct.pack_into("<L", body, central(body, b"a.jpg") + 24, 0xFFFFFFF0)
    return bytes(body)


def listing_too_much() -> bytes:
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, MOST_DIRECTORY_BYTES + 1, 0, 0)
    return bytes(MOST_DIRECTORY_BYTES + 1) + end


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: zipped({"a.jpg": picture(1)})[:-30], "cut off"),
        (lambda: b"<html>", "no ZIP"),
        (lambda: b"", "no ZIP"),
        (damaged, "directory is damaged"),
        (overlapping, "bomb"),
        (swelling, "bomb"),
        (listing_too_much, "too many files"),
    ],
)
async def test_what_is_no_whole_archive_is_refused_and_leaves_nothing(
    tmp_path: Path, harbour_at: Open, make: Callable[[], bytes], words: str
) -> None:
    async with harbour_at(working=False) as harbour:
        answer = await upload(harbour, make())
        assert (answer.status_code, answer.json()["code"]) == (422, "archive_refused")
        assert words in answer.json()["detail"]
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []
        assert kept(tmp_path) == []


async def test_an_archive_above_the_limit_is_refused_while_it_comes(
    tmp_path: Path, harbour_at: Open
) -> None:
    async with harbour_at(working=False, limit_archive_bytes=1000) as harbour:
        answer = await upload(harbour, zipped({"a.jpg": picture(1, size=(300, 300))}) + b"x" * 1000)
        assert answer.status_code == 422
        assert "LIMIT_ARCHIVE_BYTES" in answer.json()["cure"]
        assert kept(tmp_path) == []
        for wrong in ("[]", "{", '{"location": "/etc"}', '{"nonsense": 1}'):
            answer = await upload(harbour, b"", options=wrong)
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [(404, b"", "folder_missing"), (403, b"", "folder_refused")],
)
async def test_a_link_that_leads_to_no_archive_makes_no_job(
    harbour_at: Open, status: int, body: bytes, code: str
) -> None:
    async with (
        web_server(lambda: web.Response(status=status, body=body)) as url,
        harbour_at(working=False) as harbour,
    ):
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_link_to_a_page_fails_the_job_with_the_reason(
    tmp_path: Path, harbour_at: Open
) -> None:
    async with web_server(lambda: web.Response(body=b"<html>")) as url, harbour_at() as harbour:
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        job = await harbour.finish(answer.json()["id"])
        assert (job["state"], job["error"]["code"]) == ("failed", "archive_refused")
        await until_put_away(tmp_path)


def cut(body: bytes) -> bytes:
    """An answer that ends before all of it has come."""
    return reply(body=body[:100], Content_Length=str(len(body)))


async def test_what_passes_while_an_archive_is_fetched_leaves_no_trace(
    tmp_path: Path, harbour_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_delays, "CAP_SECONDS", 0.01)
    body = zipped({"a.jpg": picture(1)})
    whole = reply(body=body)
    ill = [cut(body), reply("503 Later"), reply("429 Too Many"), reply("500 Oh"), b""]
    async with web_host({"/a.zip": [whole, *ill, whole]}) as host, harbour_at() as harbour:
        wanted = {"location": host.url("/a.zip")}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        job = await harbour.finish(answer.json()["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
        assert len(host.heard) == 7
        await until_put_away(tmp_path)


@pytest.mark.parametrize(
    ("ill", "code"),
    [
        (reply("429 Too Many"), "provider_error"),
        (reply("500 Oh"), "provider_error"),
        (cut(b"PK" * 1000), "truncated"),
        (b"", "unreachable"),
    ],
    ids=["429", "500", "cut", "closed"],
)
async def test_what_stays_wrong_while_an_archive_is_fetched_ends_the_job(
    tmp_path: Path, harbour_at: Open, monkeypatch: pytest.MonkeyPatch, ill: bytes, code: str
) -> None:
    monkeypatch.setattr(retry_delays, "CAP_SECONDS", 0.01)
    async with web_host({"/a.zip": ill}) as host, harbour_at() as harbour:
        wanted = {"location": host.url("/a.zip")}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        job = await harbour.finish(answer.json()["id"])
        assert (job["state"], job["error"]["code"]) == ("failed", code)
        assert job["error"]["cure"]
        assert await harbour.items(job["id"]) == []
        assert kept(tmp_path) == []


async def test_an_archive_whose_host_wants_hours_is_refused_at_once(
    tmp_path: Path, harbour_at: Open
) -> None:
    def later() -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "7200"})

    async with web_server(later) as url, harbour_at(working=False) as harbour:
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        assert (answer.status_code, answer.json()["code"]) == (403, "folder_refused")
        assert "120 minutes" in answer.json()["detail"]


@pytest.mark.parametrize("act", ["pause", "cancel", "stop"])
async def test_a_listing_that_waits_for_its_host_can_be_ended(
    tmp_path: Path, harbour_at: Open, act: str
) -> None:
    def later() -> web.Response:
        return web.Response(status=503, headers={"Retry-After": "500"})

    async with web_server(later) as url, harbour_at() as harbour:
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        job_id = answer.json()["id"]
        await harbour.until(job_id, lambda job: bool(job["note"]))
        if act != "stop":
            await harbour.api.post(f"/api/v1/jobs/{job_id}/{act}")

            async def is_given_back() -> bool | None:
                async with harbour.runtime.work.read() as session:
                    tasks = await session.scalars(select(Task.state))
                    return TaskState.RUNNING not in tasks or None

            await until(is_given_back, seconds=10)
        began = time.monotonic()
    assert time.monotonic() - began < 10


async def test_a_full_disk_pauses_the_import_of_a_linked_archive_until_there_is_room_r9(
    tmp_path: Path, harbour_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def archive() -> web.Response:
        asked.append("archive")
        return web.Response(body=zipped({"a.jpg": picture(1)}))

    async with web_server(archive) as url:
        async with harbour_at(storage_reserve=1 << 60) as harbour:
            answer = await harbour.api.post("/api/v1/imports", json={"location": url})
            job_id = answer.json()["id"]
            job = await harbour.until(job_id, lambda job: job["state"] == "paused")
            assert job["pause"]["reason"] == "storage_full"
            assert "STORAGE_URL" in job["pause"]["message"]
            assert len(asked) == 2  # once to look at it, once to bring it
            assert kept(tmp_path) == []
            monkeypatch.setattr(pause_import, "STORE_PAUSE", timedelta())
            await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
            await harbour.until(job_id, lambda job: len(asked) > 2 and job["state"] == "paused")
        async with harbour_at() as harbour:  # there is room, and it goes on by itself
            job = await harbour.finish(job_id)
            assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
            await until_put_away(tmp_path)


async def test_an_archive_that_has_no_room_is_not_downloaded_r9(
    tmp_path: Path, harbour_at: Open
) -> None:
    large = reply(Content_Length=str(1 << 50))
    async with (
        web_host({"/a.zip": large}) as host,
        harbour_at(limit_archive_bytes=1 << 60) as harbour,
    ):
        wanted = {"location": host.url("/a.zip")}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        job_id = answer.json()["id"]
        job = await harbour.until(job_id, lambda job: job["state"] == "paused")
        assert job["pause"]["reason"] == "storage_full"
        assert "1073741824 MiB" in job["pause"]["message"]


async def test_a_full_disk_refuses_an_upload_and_keeps_nothing_r9(
    tmp_path: Path, harbour_at: Open
) -> None:
    async with harbour_at(working=False, storage_reserve=1 << 60) as harbour:
        answer = await upload(harbour, zipped({"a.jpg": picture(1)}))
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_full")
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []
        assert kept(tmp_path) == []


async def test_private_addresses_are_not_asked_for_archives_x1(harbour_at: Open) -> None:
    async with harbour_at(working=False, allow_private_addresses="") as harbour:
        wanted = {"location": "http://127.0.0.1:9999/album.zip"}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        assert (answer.status_code, answer.json()["code"]) == (403, "address_refused")
