"""The guard at the door: hosts and origins, through the whole application."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from harbour import running_harbour
from pydantic import ValidationError

from pixharbor.access.guard import AccessSettings, check_listening
from pixharbor.errors import SettingError

Door = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
JOB = f"/api/v1/jobs/{UUID(int=7)}"


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """Opens a harbour with these settings: `async with door(public_url=...) as api`."""

    @asynccontextmanager
    async def open_door(**settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        async with running_harbour(tmp_path / "data", working=False, **settings) as harbour:
            yield harbour.api

    return open_door


async def test_only_our_own_hosts_are_answered_x1(door: Door) -> None:
    ours = [
        "localhost", "localhost:8000", "LocalHost:9", "127.0.0.1", "127.0.0.1:8000", "[::1]",
        "[::1]:8000", "pictures.example", "pictures.example:443", "PICTURES.EXAMPLE",
    ]  # fmt: skip
    theirs = [
        "evil.example", "evil.example:8000", "", "localhost.evil.example", "evil-localhost",
        "localhost@evil.example", "evil.example@localhost", "evil.example:80@localhost",
        "user:pass@localhost", "localhost:8000:80", "localhost:", "localhost/evil.example",
        "localhost?evil.example", "localhost#evil.example", "localhost, evil.example",
        "localhost evil.example", "127.0.0.1.evil.example", "127.1", "0x7f000001", "2130706433",
        "0.0.0.0", "[::ffff:127.0.0.1]", "[::1", "::1", "[::1]evil.example", "pictures.example.",
        "not-pictures.example",
    ]  # fmt: skip
    async with door(public_url="https://pictures.example/harbour/") as api:
        for host in ours:
            assert (await api.get("/health", headers={"Host": host})).status_code == 200, host
        for host in theirs:
            answer = await api.get("/health", headers={"Host": host})
            assert (answer.status_code, answer.json()["code"]) == (403, "host_refused"), host
            assert "PUBLIC_URL" in answer.json()["cure"]


async def test_a_name_of_strange_letters_is_no_host_of_ours(door: Door) -> None:
    async with door() as api:
        for host in (b"local\xfeost", "localho\u017ft".encode()):  # a long s folds to an s
            request = api.build_request("GET", "/health")
            request.headers = httpx.Headers([(b"host", host)])
            assert (await api.send(request)).status_code == 403


async def test_allow_insecure_does_not_open_the_door_to_rebound_names_x1(door: Door) -> None:
    """The documents' compose file sets it, and publishes the port on this machine alone."""
    async with door(host="0.0.0.0", allow_insecure=True) as api:
        assert (await api.get("/health", headers={"Host": "localhost:8000"})).status_code == 200
        assert (await api.get("/health", headers={"Host": "evil.example"})).status_code == 403


async def test_the_address_listened_on_is_a_host_of_ours(door: Door) -> None:
    async with door(host="192.168.7.7", allow_insecure=True) as api:
        for host, status in (("192.168.7.7:8000", 200), ("192.168.7.8:8000", 403)):
            assert (await api.get("/health", headers={"Host": host})).status_code == status


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH"])
async def test_a_page_of_another_site_changes_nothing(door: Door, method: str) -> None:
    ours = ["http://127.0.0.1:8000", "https://127.0.0.1:8000", "https://pictures.example"]
    theirs = [
        "http://evil.example", "null", "", "http://127.0.0.1:3000", "http://127.0.0.1",
        "http://127.0.0.1:8000.evil.example", "http://127.0.0.1:8000@evil.example",
        "http://evil.example@127.0.0.1:8000", "ftp://127.0.0.1:8000", "127.0.0.1:8000",
        "http://[evil", "http://127.0.0.1:8000/", "://",
    ]  # fmt: skip
    async with door(public_url="https://pictures.example/") as api:
        for origin in theirs:
            answer = await api.request(method, JOB, headers={"Origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "origin_refused"), origin
            assert "CORS_ORIGINS" in answer.json()["cure"]
        for origin in ours:
            answer = await api.request(method, JOB, headers={"Origin": origin})
            assert answer.status_code in {404, 405}, origin  # let in: there is no such job
        assert (await api.request(method, JOB)).status_code in {404, 405}  # curl sends no Origin


async def test_reading_needs_no_origin_but_is_never_allowed_to_other_pages(door: Door) -> None:
    async with door() as api:
        answer = await api.get("/images", headers={"Origin": "http://evil.example"})
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers
        asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "DELETE"}
        preflight = await api.options(JOB, headers=asked)
        assert "access-control-allow-origin" not in preflight.headers


async def test_pages_named_in_cors_origins_may_read_and_write_t43(door: Door) -> None:
    page = "http://localhost:5173"
    async with door(cors_origins=f"{page}, https://other.example") as api:
        for origin in (page, "https://other.example"):
            answer = await api.get("/images", headers={"Origin": origin})
            assert answer.headers["access-control-allow-origin"] == origin
            answer = await api.delete(JOB, headers={"Origin": origin})
            assert answer.status_code == 404
            asked = {"Origin": origin, "Access-Control-Request-Method": "DELETE"}
            assert (await api.options(JOB, headers=asked)).status_code == 200
        stranger = await api.get("/images", headers={"Origin": "http://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers
        refused = await api.delete(JOB, headers={"Origin": "http://evil.example"})
        assert refused.status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_a_server_may_listen_to_its_own_machine(host: str) -> None:
    check_listening(AccessSettings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.7.7", "pictures.example", ""])
def test_a_server_without_accounts_does_not_listen_to_the_world(host: str) -> None:
    with pytest.raises(SettingError, match=r"HOST: .* AUTH is off.*127.0.0.1.*ALLOW_INSECURE=1"):
        check_listening(AccessSettings(host=host))
    check_listening(AccessSettings(host=host, allow_insecure=True))


@pytest.mark.parametrize("given", ["pictures.example", "ftp://pictures.example", "https://", "/"])
def test_a_public_url_that_is_none_is_refused_at_the_start(given: str) -> None:
    with pytest.raises(ValidationError, match="expected an address such as https://"):
        AccessSettings(public_url=given)


async def test_a_forwarded_host_is_never_believed(door: Door) -> None:
    """A page under a rebound name can send one, and a proxy might pass it on."""
    async with door(forwarded_allow_ips="*") as api:
        headers = {"Host": "evil.example", "X-Forwarded-Host": "localhost"}
        assert (await api.get("/health", headers=headers)).status_code == 403
        headers = {"Host": "localhost", "X-Forwarded-Host": "evil.example"}
        assert (await api.get("/health", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("trusted", "scheme"),
    [("", "http"), ("10.0.0.7", "http"), ("127.0.0.1", "https"), ("10.0.0.7, 127.0.0.0/8", "https"),
     ("*", "https")],
)  # fmt: skip
async def test_the_scheme_that_a_proxy_tells_counts_only_from_trusted_addresses(
    door: Door, trusted: str, scheme: str
) -> None:
    """Known to have come by TLS, a page of the same host without TLS may change nothing."""
    async with door(forwarded_allow_ips=trusted) as api:
        headers = {"X-Forwarded-Proto": "https", "Origin": "http://127.0.0.1:8000"}
        answer = await api.delete(JOB, headers=headers)
        assert answer.status_code == (403 if scheme == "https" else 404)
        headers["Origin"] = "https://127.0.0.1:8000"
        assert (await api.delete(JOB, headers=headers)).status_code == 404


@pytest.mark.parametrize("given", ["nginx", "10.0.0.7/8", "10.0.0.256", "10.0.0.7 10.0.0.8", "**"])
def test_proxies_are_named_by_address(given: str) -> None:
    with pytest.raises(ValidationError, match=r"expected the proxies' addresses or networks"):
        AccessSettings(forwarded_allow_ips=given)


def test_proxies_may_be_listed_with_spaces_and_as_networks() -> None:
    settings = AccessSettings(forwarded_allow_ips=" 10.0.0.7 , 172.16.0.0/12,")
    assert settings.forwarded_allow_ips == "10.0.0.7/32,172.16.0.0/12"


@pytest.mark.parametrize(
    ("settings", "reached_from"),
    [
        ({}, "this_computer"),
        ({"public_url": "http://localhost:8000"}, "this_computer"),
        ({"host": "0.0.0.0", "allow_insecure": True}, "network"),
        ({"public_url": "https://pictures.example"}, "network"),
        ({"forwarded_allow_ips": "10.0.0.7"}, "network"),
    ],
)
async def test_the_server_says_from_where_it_is_reached_without_a_sign_in(
    door: Door, settings: dict[str, Any], reached_from: str
) -> None:
    async with door(**settings) as api:
        answer = await api.get("/api/v1/access")
        assert answer.json() == {"auth": "off", "reached_from": reached_from}
