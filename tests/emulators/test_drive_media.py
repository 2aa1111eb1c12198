"""files.get with alt=media: bytes, ranges, refusals, and who may ask."""

import asyncio
from pathlib import Path

import httpx
import pytest
from emulators.conftest import OpenCaller
from emulators.drive_caller import Caller, declare


async def test_bytes_come_whole_with_type_and_length(album: Path, calling: OpenCaller) -> None:
    async with calling(album) as drive:
        for path, mime_type in (
            ("a.jpg", "image/jpeg"),
            ("trip/day 1/📷 b.png", "image/png"),
            ("empty.jpg", "image/jpeg"),
        ):
            answer = await drive.download(path)
            content = (album / path).read_bytes()
            assert (answer.status_code, answer.content) == (200, content)
            assert answer.headers["content-type"] == mime_type
            assert answer.headers["content-length"] == str(len(content))


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-104857599", 0, 45_000),
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=44999-", 44_999, 45_000),
        ("bytes=-10", 44_990, 45_000),
        ("bytes=-99999", 0, 45_000),
    ],
)
async def test_a_range_answers_206_with_its_part(
    album: Path, calling: OpenCaller, asked: str, start: int, end: int
) -> None:
    async with calling(album) as drive:
        answer = await drive.download("a.jpg", Range=asked)
        assert answer.status_code == 206
        assert answer.content == (album / "a.jpg").read_bytes()[start:end]
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/45000"


@pytest.mark.parametrize("asked", ["bytes=9-3", "bytes=-", "pages=1-2", "bytes=0-1,5-6"])
async def test_a_range_that_is_not_understood_gets_everything(
    album: Path, calling: OpenCaller, asked: str
) -> None:
    async with calling(album) as drive:
        answer = await drive.download("a.jpg", Range=asked)
        assert (answer.status_code, len(answer.content)) == (200, 45_000)


@pytest.mark.parametrize(
    ("path", "asked", "size"),
    [("empty.jpg", "bytes=0-104857599", 0), ("a.jpg", "bytes=45000-", 45_000)],
)
async def test_a_range_outside_the_file_is_416(
    album: Path, calling: OpenCaller, path: str, asked: str, size: int
) -> None:
    async with calling(album) as drive:
        answer = await drive.download(path, Range=asked)
        assert answer.status_code == 416
        assert answer.headers["content-range"] == f"bytes */{size}"


async def test_folders_documents_and_shortcuts_have_no_bytes(
    album: Path, calling: OpenCaller
) -> None:
    declare(album, documents=[{"path": "plan"}], shortcuts=[{"path": "cut", "target": "a.jpg"}])
    async with calling(album) as drive:
        for path in ("trip", "plan", "cut"):
            answer = await drive.download(path)
            [entry] = answer.json()["error"]["errors"]
            assert (answer.status_code, entry["reason"]) == (403, "fileNotDownloadable")


async def test_a_file_that_left_the_disk_is_not_found(album: Path, calling: OpenCaller) -> None:
    async with calling(album) as drive:
        (album / "a.jpg").unlink()
        answer = await drive.download("a.jpg")
        assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (
            404,
            "notFound",
        )


async def test_keys_and_tokens_are_checked_as_google_does(album: Path, calling: OpenCaller) -> None:
    async with calling(album, keys={"good"}, tokens={"fresh"}) as drive:
        assert (await drive.search(key="good")).status_code == 200
        by_header = await ask(drive, {"X-Goog-Api-Key": "good"})
        assert by_header.status_code == 200
        assert (await ask(drive, {"Authorization": "Bearer fresh"})).status_code == 200

        nobody = (await ask(drive, {})).json()["error"]
        assert (nobody["code"], nobody["status"]) == (403, "PERMISSION_DENIED")
        wrong = (await drive.search(key="bad")).json()["error"]
        assert (wrong["code"], wrong["details"][0]["reason"]) == (400, "API_KEY_INVALID")
        stale = (await ask(drive, {"Authorization": "Bearer stale"})).json()["error"]
        assert (stale["code"], stale["errors"][0]["reason"]) == (401, "authError")
        assert stale["errors"][0]["location"] == "Authorization"


async def ask(drive: Caller, headers: dict[str, str]) -> httpx.Response:
    return await drive.client.get(f"{drive.drive.api_url}/files", headers=headers)


async def test_an_address_or_method_that_drive_does_not_have_is_an_html_404(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album) as drive:
        base = drive.drive.api_url.removesuffix("/drive/v3")
        for method, url in (
            ("GET", f"{base}/files"),
            ("POST", f"{base}/drive/v3/files"),
            ("GET", f"{base}/drive/v3/files/a/b"),
        ):
            answer = await drive.client.request(method, url)
            assert answer.status_code == 404
            assert answer.headers["content-type"].startswith("text/html")
        assert drive.drive.counts.others == 3


async def test_the_log_knows_every_request_and_its_bytes_in_process_and_over_http(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["slow:seconds=0"]) as drive:
        await drive.children(pageSize="3")
        await drive.get("a.jpg")
        await drive.download("a.jpg", Range="bytes=0-9")
        counts = drive.drive.counts
        assert (counts.lists, counts.gets, counts.downloads) == (2, 1, 1)
        [entry] = drive.drive.log.entries("download")
        assert (entry.id, entry.status, entry.sent) == (drive.drive.file_id("a.jpg"), 206, 10)
        assert (entry.range, entry.attempt) == (b"bytes=0-9", 1)
        assert drive.drive.log.most_units() == 2 * 100 + 5 + 200

        base = drive.drive.api_url.removesuffix("/drive/v3")
        over_http = (await drive.client.get(f"{base}/_emulator/counts")).json()
        assert over_http["downloads"] == 1
        assert over_http["by_status"] == {"200": 3, "206": 1}
        assert over_http["by_fault"] == {"slow": 4}
        assert over_http["most_units_in_60_s"] == 405
        log = (await drive.client.get(f"{base}/_emulator/log")).json()
        assert [each["kind"] for each in log] == ["list", "list", "get", "download"]


async def test_the_end_waits_for_nobody_and_the_log_counts_only_what_left(
    album: Path, calling: OpenCaller
) -> None:
    (album / "huge.jpg").write_bytes(bytes(50_000_000))
    declare(album, files={"a.jpg": {"fault": "hang"}})
    async with calling(album) as drive:
        hanging = asyncio.create_task(drive.download("a.jpg"))
        url = f"{drive.drive.api_url}/files/{drive.drive.file_id('huge.jpg')}?key=k&alt=media"
        unread = await drive.client.send(drive.client.build_request("GET", url), stream=True)
        assert int(unread.headers["content-length"]) == 50_000_000
    with pytest.raises(httpx.TransportError):
        await hanging
    await unread.aclose()
    sent = {entry.id: entry.sent for entry in drive.drive.log.entries("download")}
    assert 0 < sent[drive.drive.file_id("huge.jpg")] < 50_000_000


async def test_a_test_can_wait_for_a_count_and_hold_downloads_back(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album) as drive:
        drive.drive.hold_downloads()
        held = asyncio.create_task(drive.download("a.jpg"))
        await drive.drive.log.until(lambda counts: counts.held == 1)
        await drive.get("a.jpg")
        assert not held.done()
        drive.drive.release_downloads()
        await drive.drive.log.until(lambda counts: counts.downloads == 1)
        assert (await held).status_code == 200
