"""Requests to Google: what the key may travel to, and what becomes of broken answers."""

import asyncio
import gzip
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from emulators.drive_caller import declare
from sources.conftest import KEY, OpenDrive, settings_for
from sources.scripted_server import ScriptedServer, reply, scripted
from yarl import URL

from pixharbor.db.engine import Database
from pixharbor.errors import Fate
from pixharbor.sources import provider_http
from pixharbor.sources.base import (
    FileRefused,
    FileVanished,
    Location,
    ProviderFailed,
    QuotaSpent,
    RateLimited,
    Source,
    SourceError,
    SourceFile,
    SourceNotConfigured,
    TimedOut,
    Unreachable,
)
from pixharbor.sources.google_drive import open_google_drive
from pixharbor.sources.google_drive_errors import AutomatedQueries
from pixharbor.sources.google_drive_http import redirect_target

FILE = SourceFile("1abcdefghij", "a.jpg", "a.jpg", size=5)
FOLDER = Location("google_drive", "1abcdefghij")


@asynccontextmanager
async def asking(server: ScriptedServer, database: Database) -> AsyncIterator[Source]:
    async with open_google_drive(settings_for(server.url), database) as source:
        yield source


async def read(source: Source, file: SourceFile = FILE) -> bytes:
    async with source.open(file) as chunks:
        return b"".join([chunk async for chunk in chunks])


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        ("vanished", FileVanished, "vanished"),
        ("forbidden", FileRefused, "forbidden"),
        ("abusive", FileRefused, "abusive"),
        ("download_quota", FileRefused, "provider_error"),
        ("daily_limit", QuotaSpent, "quota"),
        ("user_rate", RateLimited, "provider_error"),
        ("project_rate", RateLimited, "provider_error"),
        ("too_many", RateLimited, "provider_error"),
        ("sorry", AutomatedQueries, "forbidden"),
        ("server_error", ProviderFailed, "provider_error"),
        ("unavailable", ProviderFailed, "provider_error"),
        ("bad_gateway", ProviderFailed, "provider_error"),
        ("redirected_away", ProviderFailed, "provider_error"),
        ("reset", SourceError, None),
    ],
)
async def test_every_refusal_has_a_fate_and_none_tells_the_key_x9(
    album: Path,
    serving: OpenDrive,
    caplog: pytest.LogCaptureFixture,
    fault: str,
    error: type[SourceError],
    reason: str | None,
) -> None:
    (album / "a.jpg").write_bytes(b"x" * 100_000)
    declare(album, files={"a.jpg": {"fault": fault, "resourceKey": "0-key"}})
    with caplog.at_level(logging.DEBUG):
        async with serving() as drive:
            file = await drive.file("a.jpg")
            with pytest.raises(error) as caught:
                await drive.bytes_of(file)
    if reason is not None:
        assert caught.value.reason == reason
    assert_no_key(caught.value, caplog)


def assert_no_key(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    """Not in words, not in a traceback with all variables, not in a log."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    for text in (str(error), repr(error), repr(vars(error)), *told.format(), caplog.text):
        assert KEY not in text


async def test_a_wrong_key_is_refused_without_being_told_x9(
    serving: OpenDrive, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with serving(key=KEY + "x") as drive:
            with pytest.raises(SourceNotConfigured) as caught:
                await drive.source.check(drive.root)
            assert all(KEY not in repr(entry) for entry in drive.emulator.log.entries())
    assert caught.value.code == "google_api_key_invalid"
    assert_no_key(caught.value, caplog)


async def test_without_a_key_nobody_is_asked_s0_53(serving: OpenDrive) -> None:
    async with serving(key=None) as drive:
        for question in (
            drive.source.check(drive.root),
            drive.pages(drive.root),
            read(drive.source),
        ):
            with pytest.raises(SourceNotConfigured) as caught:
                await question
            assert caught.value.code == "google_api_key_missing"
            assert "GOOGLE_API_KEY" in caught.value.cure
            assert "pixharbor demo" in caught.value.cure
        assert drive.emulator.log.entries() == []


async def test_the_key_is_in_a_header_and_in_no_address(database: Database) -> None:
    async with scripted(reply(body=b"12345")) as server, asking(server, database) as source:
        assert await read(source) == b"12345"
        (heard,) = server.heard
        first_line, *headers = heard.split("\r\n")
        assert first_line == (
            "GET /drive/v3/files/1abcdefghij?alt=media&supportsAllDrives=true HTTP/1.1"
        )
        assert f"X-Goog-Api-Key: {KEY}" in headers
        assert "Accept-Encoding: identity" in headers
        assert not any(header.startswith(("Range", "Cookie")) for header in headers)


async def test_a_redirect_within_the_api_is_followed_once_without_the_key(
    database: Database,
) -> None:
    there = reply("307 Temporary Redirect", Location="/_content/1abcdefghij")
    async with (
        scripted(there, reply(body=b"12345"), there) as server,
        asking(server, database) as source,
    ):
        keyed = FILE._replace(resource_key="0-key")
        assert await read(source, keyed) == b"12345"
        assert "GET /_content/1abcdefghij" in server.heard[1]
        assert KEY in server.heard[0]
        assert "0-key" in server.heard[0]
        assert KEY not in server.heard[1]
        assert "0-key" not in server.heard[1]
        with pytest.raises(ProviderFailed):
            await read(source)
        assert len(server.heard) == 4


async def test_a_redirect_to_another_server_is_not_followed_x1(database: Database) -> None:
    async with scripted(reply(body=b"secret")) as canary:
        away = reply("302 Found", Location=f"http://127.0.0.1:{canary.port}/secret")
        async with scripted(away) as server, asking(server, database) as source:
            with pytest.raises(ProviderFailed, match="not Google"):
                await read(source)
        assert canary.heard == []


@pytest.mark.parametrize(
    "place",
    [
        "https://doc-0s-googleusercontent.com/a",
        "https://googleusercontent.com.evil.example/a",
        "https://lh3.googleusercontent.com@evil.example/a",
        "https://me:pw@lh3.googleusercontent.com/a",
        "https://lh3.googleusercontent.com:8443/a",
        "http://lh3.googleusercontent.com/a",
        "http://www.googleapis.com/drive/v3/files/x",
        "https://www.googleapis.com:444/",
        "https://accounts.google.com/signin",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "//evil.example/a",
        "https://[::1",
    ],
)
def test_a_redirect_leads_to_google_or_nowhere_x1(place: str) -> None:
    with pytest.raises(ProviderFailed):
        redirect_target(URL("https://www.googleapis.com/drive/v3"), place)


@pytest.mark.parametrize(
    "place",
    [
        "https://doc-0s-1c-docs.googleusercontent.com/docs/securesc/a?e=download",
        "https://lh3.googleusercontent.com/d/1abc",
        "https://www.googleapis.com/download/drive/v3/files/1abc?alt=media",
        "/download/drive/v3/files/1abc?alt=media",
    ],
)
def test_a_redirect_within_google_is_allowed(place: str) -> None:
    target = redirect_target(URL("https://www.googleapis.com/drive/v3"), place)
    assert str(target).endswith(place)


async def test_a_body_cut_without_a_length_reaches_the_caller_short(
    album: Path, serving: OpenDrive
) -> None:
    (album / "a.jpg").write_bytes(b"x" * 100_000)
    async with serving(faults=["truncated"]) as drive:
        file = await drive.file("a.jpg")
        assert await drive.bytes_of(file) == b"x" * 50_000
        assert await drive.bytes_of(file) == b"x" * 100_000


@pytest.mark.parametrize("length", [9, 5_000_000])
async def test_a_body_shorter_than_its_length_is_truncated(database: Database, length: int) -> None:
    short = reply(body=b"12345", Content_Length=str(length))
    async with scripted(short) as server, asking(server, database) as source:
        with pytest.raises(ProviderFailed) as caught:
            await read(source)
        assert (caught.value.reason, caught.value.fate) == ("truncated", Fate.RETRY)


async def test_a_large_body_comes_in_pieces(album: Path, serving: OpenDrive) -> None:
    (album / "a.jpg").write_bytes(b"x" * 3_000_000)
    async with serving() as drive:
        async with drive.source.open(await drive.file("a.jpg")) as chunks:
            sizes = [len(chunk) async for chunk in chunks]
        assert sum(sizes) == 3_000_000
        assert max(sizes) < 1_000_000


async def test_a_body_that_a_proxy_has_packed_is_unpacked(database: Database) -> None:
    answer = reply(body=gzip.compress(b"12345"), Content_Encoding="gzip")
    async with scripted(answer) as server, asking(server, database) as source:
        assert await read(source) == b"12345"


async def test_a_small_body_that_unpacks_to_a_large_one_comes_in_pieces(
    database: Database,
) -> None:
    answer = reply(body=gzip.compress(bytes(50 << 20)), Content_Encoding="gzip")
    async with scripted(answer) as server, asking(server, database) as source:
        async with source.open(FILE) as chunks:
            sizes = [len(chunk) async for chunk in chunks]
        assert sum(sizes) == 50 << 20
        assert max(sizes) <= 2 << 20


async def test_a_packed_body_that_cannot_be_unpacked_is_a_failure(database: Database) -> None:
    answer = reply(body=b"12345", Content_Encoding="gzip")
    async with scripted(answer) as server, asking(server, database) as source:
        with pytest.raises(ProviderFailed):
            await read(source)


async def test_an_answer_may_be_compressed_and_a_listing_may_lack_types(
    database: Database,
) -> None:
    page = gzip.compress(b'{"files": [{"id": "1abcdefghij", "name": "a"}]}')
    answer = reply(body=page, Content_Encoding="gzip")
    async with scripted(answer) as server, asking(server, database) as source:
        (found,) = [page async for page in source.list_pages(replace(FOLDER, path="trip"), None)]
        assert [(file.path, file.fate) for file in found.files] == [("trip/a", None)]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sign in</html>",
        b"[]",
        b'{"files": 7}',
        b'{"files": [7]}',
        b'{"files": [{"name": "no id"}]}',
        b'{"files": [{"id": "1abcdefghij", "name": "a", "size": "many"}]}',
        b'{"files": [{"id": "1abcdefghij", "name": "a", "modifiedTime": "yesterday"}]}',
        b'{"files": [], "nextPageToken": "again"}',
    ],
)
async def test_a_listing_that_makes_no_sense_is_never_an_empty_one_t3(
    database: Database, body: bytes
) -> None:
    async with scripted(reply(body=body)) as server, asking(server, database) as source:
        with pytest.raises(ProviderFailed):
            async for _ in source.list_pages(replace(FOLDER, path="trip"), None):
                pass


async def test_a_silent_server_is_given_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_http, "METADATA_SECONDS", 0.05)
    monkeypatch.setattr(provider_http, "_SMALL_DOWNLOAD", provider_http._timeout(0.05))
    async with scripted(None) as server, asking(server, database) as source:
        with pytest.raises(TimedOut):
            await read(source)
        with pytest.raises(TimedOut):
            await source.check(FOLDER)


async def test_a_server_that_stops_in_the_middle_is_given_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_http, "IDLE_SECONDS", 0.05)
    started = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n12345")
        await started.wait()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/drive/v3"
    async with server, open_google_drive(settings_for(url), database) as source:
        with pytest.raises(TimedOut):
            await read(source, FILE._replace(size=5_000_000))
        started.set()


async def test_no_server_at_all_is_unreachable(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/drive/v3"
        async with open_google_drive(settings_for(url), database) as source:
            with pytest.raises(Unreachable) as caught:
                await read(source)
    assert caught.value.reason == "unreachable"
    assert_no_key(caught.value, caplog)


async def test_what_is_no_http_is_a_failure_of_the_provider(database: Database) -> None:
    mail = b"220 mail.example ESMTP\r\n\r\n"
    async with scripted(mail) as server, asking(server, database) as source:
        with pytest.raises(ProviderFailed):
            await read(source)


async def test_a_proxy_in_the_environment_is_not_used(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with scripted(reply(body=b"12345")) as server, asking(server, database) as source:
        assert await read(source) == b"12345"


async def test_retry_after_lets_everybody_wait(database: Database) -> None:
    slow = reply("429 Too Many Requests", Retry_After="1")
    async with scripted(slow, reply(body=b"12345")) as server, asking(server, database) as source:
        with pytest.raises(RateLimited) as caught:
            await read(source)
        assert caught.value.retry_after == 1
        clock = asyncio.get_running_loop().time
        refused_at = clock()
        assert await read(source) == b"12345"
        assert clock() - refused_at > 0.9


async def test_a_caller_that_stops_early_leaves_nothing_open(
    album: Path, serving: OpenDrive
) -> None:
    (album / "a.jpg").write_bytes(b"x" * 3_000_000)
    async with serving() as drive:
        file = await drive.file("a.jpg")
        for _ in range(70):  # more often than there are connections
            async with drive.source.open(file) as chunks:
                await anext(aiter(chunks))
        assert len(await drive.bytes_of(file)) == 3_000_000


async def test_a_listing_does_not_wait_for_slow_downloads(album: Path, serving: OpenDrive) -> None:
    (album / "a.jpg").write_bytes(b"a")
    async with serving() as drive:
        file = await drive.file("a.jpg")
        drive.emulator.hold_downloads()
        async with asyncio.TaskGroup() as group:
            downloads = [
                group.create_task(drive.bytes_of(file))
                for _ in range(provider_http.DOWNLOAD_CONNECTIONS + 1)
            ]
            for _ in range(10):
                await asyncio.sleep(0)  # each gets as far as its connection
            async with asyncio.timeout(10):
                assert (await drive.page()).files == [file]
            drive.emulator.release_downloads()
        assert {task.result() for task in downloads} == {b"a"}
