"""Connecting a Google account: what the browser is sent with, and what it may come back with."""

from pathlib import Path

import pytest
from connecting import (
    ROOT,
    connect,
    connected,
    decide,
    depart,
    list_connections,
)
from connections.conftest import Port
from sqlalchemy import select

from pixharbor.connections.models import Connection


async def test_an_account_is_connected_with_a_code_pkce_and_a_state_s0_56(port: Port) -> None:
    async with port(working=False) as (harbour, _):
        page = await depart(harbour)
        asked = dict(page.params)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == 43
        assert asked["access_type"] == "offline"
        assert asked["redirect_uri"] == "http://127.0.0.1:8000/api/v1/connections/callback"
        answer = await harbour.api.get(await decide(page))
        assert answer.headers["location"].startswith("http://127.0.0.1:8000/connections?connected=")
        (connection,) = await list_connections(harbour)
    assert connection["name"] == "anna@example.com"
    assert (connection["source"], connection["kind"]) == ("google_drive", "oauth")
    assert (connection["state"], connection["problem"]) == ("connected", None)
    assert not {"secret", "access_token"} & connection.keys()


async def test_only_the_browser_that_began_can_end_it(port: Port) -> None:
    async with port(working=False) as (harbour, drive):
        back = await decide(await depart(harbour))
        harbour.api.cookies.clear()
        answer = await harbour.api.get(back)
        assert answer.headers["location"].endswith("/connections?problem=state_mismatch")
        assert await list_connections(harbour) == []
        assert drive.oauth.asked["authorization_code"] == 0


async def test_a_callback_that_nobody_began_is_refused(port: Port) -> None:
    async with port(working=False) as (harbour, _):
        answer = await harbour.api.get(f"{ROOT}/callback?state=made-up&code=4/0stolen")
        assert answer.headers["location"].endswith("/connections?problem=state_mismatch")


async def test_a_code_is_good_once(port: Port) -> None:
    async with port(working=False) as (harbour, _):
        page = await depart(harbour)
        back = await decide(page)
        cookies = dict(harbour.api.cookies)
        await harbour.api.get(back)
        harbour.api.cookies.update(cookies)
        answer = await harbour.api.get(back)
        assert answer.headers["location"].endswith("/connections?problem=grant_ended")


@pytest.mark.parametrize(
    ("choice", "problem"), [("cancel", "sign_in_denied"), ("nothing", "scope_missing")]
)
async def test_what_a_person_does_not_allow_is_said_and_nothing_is_kept(
    port: Port, choice: str, problem: str
) -> None:
    async with port(working=False) as (harbour, _):
        page = await connect(harbour, choice)
        assert page.params["problem"] == problem
        assert await list_connections(harbour) == []


async def test_the_same_account_connected_twice_is_one_connection_and_another_a_second(
    port: Port,
) -> None:
    async with port(working=False) as (harbour, drive):
        drive.oauth.users.append(type(drive.oauth.users[0])("bob@example.com"))
        first = await connected(harbour)
        assert await connected(harbour) == first
        await connected(harbour, account="bob@example.com")
        names = [each["name"] for each in await list_connections(harbour)]
    assert names == ["anna@example.com", "bob@example.com"]


async def test_without_a_registration_the_operator_is_told_what_to_set(port: Port) -> None:
    async with port(working=False, google_client_id=None) as (harbour, _):
        answer = await harbour.api.get(f"{ROOT}/google-drive/authorize")
        assert answer.status_code == 503
        assert answer.json()["code"] == "google_drive_client_missing"
        assert "GOOGLE_CLIENT_ID" in answer.json()["cure"]
        (provider, *_) = (await harbour.api.get(ROOT)).json()["providers"]
        assert provider["configured"] is False


async def test_a_wrong_client_secret_names_the_setting(port: Port) -> None:
    async with port(working=False, google_client_secret="wrong") as (harbour, _):
        page = await connect(harbour)
        assert page.params["problem"] == "client_refused"


async def test_tokens_lie_sealed_in_the_database(port: Port, tmp_path: Path) -> None:
    async with port(working=False) as (harbour, drive):
        await connected(harbour)
        rows = read_all(tmp_path, "rows.db*")
    tokens = [*drive.oauth.refresh_tokens, *drive.oauth.access_tokens]
    assert len(tokens) == 2
    assert not [token for token in tokens if token.encode() in rows]
    assert b"anna@example.com" in rows


def read_all(folder: Path, pattern: str) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob(pattern))


async def test_a_removed_connection_is_gone_and_its_secrets_too(port: Port) -> None:
    async with port(working=False) as (harbour, _):
        connection_id = await connected(harbour)
        assert (await harbour.api.delete(f"{ROOT}/{connection_id}")).status_code == 204
        assert await list_connections(harbour) == []
        assert (await harbour.api.delete(f"{ROOT}/{connection_id}")).status_code == 404
        wanted = {"location": "root", "connection_id": connection_id}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        assert (answer.status_code, answer.json()["code"]) == (404, "connection_not_found")
        async with harbour.runtime.work.read() as session:
            row = (await session.scalars(select(Connection))).one()
        assert (row.secret, row.access_token) == ("", None)
