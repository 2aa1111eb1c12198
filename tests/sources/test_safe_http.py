"""The guard of everything that a user names: where it connects, and how long it waits."""

import asyncio
import gzip
import socket
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import ValidationError
from sources.web_host import WebHost, reply, web_host
from yarl import URL

from pixharbor.sources import safe_http
from pixharbor.sources.base import ProviderFailed, SourceError, TimedOut, Unreachable
from pixharbor.sources.safe_http import (
    AddressRefused,
    AnswerRefused,
    SafeHttp,
    SafeHttpSettings,
    open_safe_http,
)

LOOPBACK = "127.0.0.0/8,::1"
PICTURE = b"\xff\xd8\xff" + bytes(5000)


@asynccontextmanager
async def safe(allowed: str = LOOPBACK) -> AsyncIterator[SafeHttp]:
    settings = SafeHttpSettings(_env_file=None, allow_private_addresses=allowed)
    async with open_safe_http(settings) as http:
        yield http


async def fetch(http: SafeHttp, url: str, **options: Any) -> bytes:
    async with http.get(URL(url, encoded=True), **options) as answer:
        assert answer.status == 200
        return b"".join([chunk async for chunk in answer.body])


def answers_of_the_dns(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Every name has these addresses, from one question to the next; returns what was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [
            (
                socket.AF_INET6 if ":" in one else socket.AF_INET,
                socket.SOCK_STREAM,
                socket.IPPROTO_TCP,
                "",
                (one, port, 0, 0) if ":" in one else (one, port),
            )
            for one in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "0.0.0.0",
        "0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "user:password@127.0.0.1",
        "example.org@127.0.0.1",
    ],
)
async def test_no_spelling_of_this_machine_is_connected_to_x1_t19(host: str) -> None:
    async with web_host() as canary, safe(allowed="") as http:
        port = URL(canary.origin).port
        with pytest.raises(SourceError):
            await fetch(http, f"http://{host}:{port}/")
        assert canary.connections == 0


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "10.0.0.7", "100.100.100.200", "fd00:ec2::254", "::ffff:10.0.0.7"],
)
async def test_a_name_that_leads_inside_is_refused_before_a_connection_x1(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers_of_the_dns(monkeypatch, [address])
    async with safe(allowed="") as http:
        with pytest.raises(AddressRefused, match=r"inside\.example does not lead") as refused:
            await fetch(http, "http://inside.example/")
    assert "ALLOW_PRIVATE_ADDRESSES" in refused.value.cure
    assert address not in refused.value.message  # nobody maps our network by asking


async def test_of_a_names_many_addresses_only_public_ones_are_tried_x1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with web_host({"/": reply(body=b"good")}) as good, safe("127.0.0.1") as http:
        answers_of_the_dns(monkeypatch, ["10.0.0.7", "127.0.0.1", "fd00::7"])
        port = URL(good.origin).port
        assert await fetch(http, f"http://mixed.example:{port}/") == b"good"


async def test_a_name_that_changes_its_address_is_looked_up_once_and_checked_where_it_connects_x1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the first answer is allowed, the next one leads inside."""
    async with (
        web_host({"/": reply(body=b"first")}) as first,
        web_host(address="127.0.0.2") as canary,
        safe("127.0.0.1") as http,
    ):
        asked = answers_of_the_dns(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
        assert await fetch(http, f"http://rebound.example:{URL(first.origin).port}/") == b"first"
        assert asked == ["rebound.example"]
        with pytest.raises(AddressRefused):
            await fetch(http, f"http://rebound.example:{URL(canary.origin).port}/")
        assert asked == ["rebound.example"] * 2
        assert canary.connections == 0


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 T", "308 P"])
async def test_redirects_are_followed_and_each_is_looked_at_x1(status: str) -> None:
    async with (
        web_host(address="127.0.0.2") as canary,
        web_host({"/ok.jpg": reply(body=PICTURE)}) as host,
        safe("127.0.0.1") as http,
    ):
        host.pages["/a"] = reply(status, Location="/b?x=%2F")
        host.pages["/b?x=%2F"] = reply(status, Location=host.url("/ok.jpg"))
        assert await fetch(http, host.url("/a")) == PICTURE
        host.pages["/in"] = reply(status, Location=canary.url("/"))
        with pytest.raises(AddressRefused):
            await fetch(http, host.url("/in"))
        assert canary.connections == 0


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "gopher://127.0.0.1:70/_x",
        "data:text/plain,x",
        "javascript:alert(1)",
        "http://127.0.0.1:22/",
        "http://127.0.0.1:6000/",
        "http://[::1",
        "http://:80/",
        "",
    ],
)
async def test_a_redirect_to_what_is_no_web_address_ends_there_x1(location: str) -> None:
    async with web_host() as host, safe() as http:
        host.pages["/"] = reply("302 Found", Location=location)
        with pytest.raises((AddressRefused, AnswerRefused)):
            async with http.get(URL(host.url("/"))) as answer:
                assert answer.status == 302


async def test_a_circle_of_redirects_ends() -> None:
    async with web_host() as host, safe() as http:
        host.pages["/"] = reply("302 Found", Location="/")
        with pytest.raises(AnswerRefused, match="redirects more than 5 times"):
            await fetch(http, host.url("/"))
        assert len(host.heard) == 6


async def test_nothing_secret_goes_along_to_another_host() -> None:
    async with (
        web_host({"/": reply(body=b"x", Set_Cookie="a=b")}, address="127.0.0.2") as other,
        web_host() as host,
        safe() as http,
    ):
        host.pages["/"] = reply("302 Found", Location=other.url("/"), Set_Cookie="c=d")
        host.pages["/same"] = reply("302 Found", Location="/")
        with_password = host.url("/same").replace("://", "://user:secret@")
        await fetch(http, with_password, headers={"If-None-Match": '"1"'})
    assert all("If-None-Match" in head for head in host.heard)
    assert "If-None-Match" not in other.heard[0]
    for head in (other.heard[0], host.heard[1]):
        assert "cookie" not in head.lower()
    assert "authorization" not in "".join([*host.heard, *other.heard]).lower()
    assert "referer" not in other.heard[0].lower()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("file:///etc/passwd", "Only http and https"),
        ("ftp://example.org/a.jpg", "Only http and https"),
        ("http://example.org:22/", "Port 22"),
        ("http://example.org:25/", "Port 25"),
        ("http://example.org:0/", "Port 0"),
        ("http://example.org:6667/", "Port 6667"),
        ("https://example.org:6000/", "Port 6000"),
    ],
)
async def test_other_schemes_and_ports_are_refused_unasked_x1(url: str, told: str) -> None:
    async with safe() as http:
        with pytest.raises(AddressRefused, match=told) as refused:
            await fetch(http, url)
    assert "ALLOW_PRIVATE_ADDRESSES" not in refused.value.cure  # that would open no port


async def test_a_host_that_is_not_there_is_told_from_a_dns_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def silent(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    async with safe() as http:
        monkeypatch.setattr(socket, "getaddrinfo", missing)
        with pytest.raises(AnswerRefused, match=r"no host nowhere\.example") as refused:
            await fetch(http, "http://nowhere.example/a.jpg?token=secret")
        assert refused.value.reason == "unreachable"
        assert "secret" not in refused.value.message
        monkeypatch.setattr(socket, "getaddrinfo", silent)
        with pytest.raises(Unreachable):
            await fetch(http, "http://quiet.example/")


async def test_a_body_that_ends_early_is_no_file() -> None:
    async with web_host() as host, safe() as http:
        host.pages["/"] = reply(body=PICTURE, Content_Length="6000")
        with pytest.raises(ProviderFailed) as refused:
            await fetch(http, host.url("/"))
        assert refused.value.reason == "truncated"


async def test_what_a_host_packs_unasked_is_unpacked_and_a_bomb_can_be_left_x2() -> None:
    bomb = gzip.compress(bytes(64 << 20))
    async with web_host() as host, safe() as http:
        host.pages["/gzip"] = reply(body=gzip.compress(PICTURE), Content_Encoding="gzip")
        host.pages["/zlib"] = reply(body=zlib.compress(PICTURE), Content_Encoding="deflate")
        host.pages["/bomb"] = reply(body=bomb, Content_Encoding="gzip")
        host.pages["/cut"] = reply(body=gzip.compress(PICTURE)[:20], Content_Encoding="gzip")
        host.pages["/no"] = reply(body=b"not gzip at all", Content_Encoding="gzip")
        host.pages["/br"] = reply(body=b"x", Content_Encoding="br")
        assert await fetch(http, host.url("/gzip")) == PICTURE
        assert await fetch(http, host.url("/zlib")) == PICTURE
        assert "Accept-Encoding: identity" in host.heard[0]
        async with http.get(URL(host.url("/bomb"))) as answer:
            assert answer.size is None
            largest = max([len(chunk) async for chunk in answer.body])
        assert largest <= 1 << 20
        for path in ("/cut", "/no", "/br"):
            with pytest.raises(SourceError):
                await fetch(http, host.url(path))


async def test_headers_without_end_are_not_read_to_the_end() -> None:
    async with web_host() as host, safe() as http:
        host.pages["/"] = reply(X_Long="a" * 100_000)
        with pytest.raises(SourceError):
            await fetch(http, host.url("/"))
        many = b"".join(b"X-%d: 1\r\n" % number for number in range(1000))
        host.pages["/many"] = b"HTTP/1.1 200 OK\r\n" + many + b"\r\n"
        with pytest.raises(SourceError):
            await fetch(http, host.url("/many"))


async def drip(host: WebHost, writer: asyncio.StreamWriter, head: bytes, piece: bytes) -> None:
    """Send a head and then for ever a little, so that no single wait is long."""
    writer.write(head)
    while not host.over.is_set():
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)


async def test_who_drips_is_given_up_in_the_head_and_in_the_body(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(safe_http, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(safe_http, "BODY_SECONDS", 0.3)
    async with web_host() as host, safe() as http:
        start = b"HTTP/1.1 200 OK\r\n"
        host.pages["/head"] = lambda writer: drip(host, writer, start, b"A: b\r\n")
        host.pages["/body"] = lambda writer: drip(host, writer, start + b"\r\n", b"x")
        host.pages["/small"] = lambda writer: drip(
            host, writer, start + b"Content-Length: 90000\r\n\r\n", b"x"
        )
        for path in ("/head", "/body", "/small"):
            with pytest.raises(TimedOut):
                await fetch(http, host.url(path))


async def test_who_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_http, "IDLE_SECONDS", 0.2)
    async with web_host() as host, safe() as http:

        async def silent(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\nabc")
            await writer.drain()
            await host.over.wait()

        host.pages["/"] = silent
        with pytest.raises(TimedOut):
            await fetch(http, host.url("/"))


async def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    trustme = pytest.importorskip("trustme")
    import ssl  # noqa: PLC0415 - only here

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    async with web_host({"/": reply(body=b"x")}, tls=tls) as host, safe() as http:
        with pytest.raises(
            AnswerRefused, match=r"certificate of 127\.0\.0\.1 is not valid"
        ) as refused:
            await fetch(http, host.url("/"))
        assert refused.value.reason == "unreachable"
        assert host.heard == []


def test_networks_that_are_none_stop_the_start() -> None:
    with pytest.raises(ValidationError, match=r"such as 192\.168\.1\.0/24"):
        SafeHttpSettings(_env_file=None, allow_private_addresses="10.0.0.0/8,home")
