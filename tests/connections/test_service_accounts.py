"""Google service accounts: by an uploaded key or the server's, for themselves or a person."""

import json
from pathlib import Path

import pytest
from connecting import ROOT, list_connections, start_private
from connections.conftest import Port
from harbour import Harbour
from sqlalchemy import select

from pixharbor.connections.models import Connection

ROBOT = "robot@emulated-project.iam.gserviceaccount.com"


async def add(harbour: Harbour, **wanted: object) -> tuple[int, dict[str, object]]:
    answer = await harbour.api.post(ROOT, json={"source": "google_drive", **wanted})
    return answer.status_code, answer.json()


async def test_a_key_is_connected_and_imports_what_is_shared_with_it(port: Port) -> None:
    async with port() as (harbour, drive):
        status, connection = await add(harbour, key=drive.oauth.make_service_account(ROBOT))
        assert (status, connection["kind"], connection["name"]) == (201, "service_account", ROBOT)
        link = f"https://drive.google.com/drive/folders/{drive.file_id('diary')}"
        job = await harbour.finish(await start_private(harbour, link, str(connection["id"])))
        async with harbour.runtime.work.read() as session:
            row = (await session.scalars(select(Connection))).one()
    assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
    assert "PRIVATE KEY" not in row.secret
    assert row.project == "emulated-project"


async def test_it_may_read_in_the_name_of_a_person_where_an_administrator_allows_it(
    port: Port,
) -> None:
    async with port(working=False) as (harbour, drive):
        key = drive.oauth.make_service_account(ROBOT, delegated=True)
        status, connection = await add(harbour, key=key, subject="anna@example.com")
        assert (status, connection["name"]) == (201, "anna@example.com")


async def test_without_delegation_the_refusal_is_told(port: Port) -> None:
    async with port(working=False) as (harbour, drive):
        key = drive.oauth.make_service_account(ROBOT)
        status, problem = await add(harbour, key=key, subject="anna@example.com")
        assert (status, problem["code"]) == (503, "client_refused")
        assert "unauthorized_client" in str(problem["detail"])
        assert await list_connections(harbour) == []


async def test_the_servers_own_key_is_read_anew_for_each_token(port: Port, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    async with port(google_application_credentials=path) as (harbour, drive):
        path.write_text(json.dumps(drive.oauth.make_service_account(ROBOT)))
        status, connection = await add(harbour)
        assert (status, connection["kind"]) == (201, "server")
        path.write_text(json.dumps(drive.oauth.make_service_account(ROBOT)))  # rotated
        drive.oauth.expire_access_tokens()
        job = await harbour.finish(await start_private(harbour, "root", str(connection["id"])))
        assert job["state"] == "completed"
        path.unlink()
        drive.oauth.expire_access_tokens()
        location = "https://drive.google.com/drive/shared-with-me"
        job_id = await start_private(harbour, location, str(connection["id"]))
        job = await harbour.until(job_id, lambda job: job["state"] == "paused")
    assert "GOOGLE_APPLICATION_CREDENTIALS" in job["pause"]["message"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "authorized_user"}, "bad_service_account"),
        ({"private_key": "-----BEGIN PRIVATE KEY-----\nbm8=\n-----END PRIVATE KEY-----\n"},
         "bad_service_account"),
        ({"client_email": "stranger@example.com"}, "grant_ended"),
    ],
)  # fmt: skip
async def test_a_key_that_is_none_is_refused_and_not_kept(
    port: Port, change: dict[str, str], code: str
) -> None:
    async with port(working=False) as (harbour, drive):
        key = drive.oauth.make_service_account(ROBOT) | change
        status, problem = await add(harbour, key=key)
        assert status in (422, 503)
        assert problem["code"] == code
        assert "BEGIN" not in str(problem)
        assert await list_connections(harbour) == []


async def test_a_keys_own_address_for_tokens_is_never_asked(port: Port) -> None:
    async with port(working=False) as (harbour, drive):
        key = drive.oauth.make_service_account(ROBOT) | {"token_uri": "http://169.254.169.254/"}
        status, _ = await add(harbour, key=key)
        assert status == 201


async def test_without_any_key_the_operator_is_told_what_to_set(port: Port) -> None:
    async with port(working=False) as (harbour, _):
        status, problem = await add(harbour)
        assert (status, problem["code"]) == (503, "service_account_missing")
        assert "GOOGLE_APPLICATION_CREDENTIALS" in str(problem["cure"])
