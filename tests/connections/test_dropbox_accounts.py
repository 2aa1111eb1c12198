"""Dropbox accounts: connected in a browser, or the one that the server's settings hold."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from connecting import ROOT, decide, depart, list_connections, start_private
from harbour import Harbour, running_harbour
from pictures import write_pictures

from pixharbor_emulators.dropbox import RunningDropbox, running_dropbox

ACCOUNT = "robin@harbour.example"
HOME = "https://www.dropbox.com/home"
Port = Callable[..., AbstractAsyncContextManager[tuple[Harbour, RunningDropbox]]]


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A Dropbox: two pictures at the top, 120 in a folder."""
    root = tmp_path / "box"
    write_pictures(root, 2)
    write_pictures(root / "trip", 120, first=100)  # more than are under way at a time
    return root


@pytest.fixture
def port(tmp_path: Path, box: Path, sqlite_url: str) -> Port:
    """Opens a harbour and a Dropbox: `async with port() as (harbour, dropbox)`."""

    @asynccontextmanager
    async def open_port(**settings: Any) -> AsyncIterator[tuple[Harbour, RunningDropbox]]:
        async with running_dropbox(box, apps=["app-key:app-secret"]) as dropbox:
            given = {
                "database_url": sqlite_url,
                "storage_reserve": 0,
                "dropbox_app_key": "app-key",
                "dropbox_app_secret": "app-secret",
                "dropbox_api_url": dropbox.api_url,
                "dropbox_content_url": dropbox.api_url,
                "dropbox_token_url": dropbox.token_url,
                "dropbox_authorize_url": dropbox.authorize_url,
                **settings,
            }
            async with running_harbour(tmp_path / "data", **given) as harbour:
                yield harbour, dropbox

    return open_port


async def connect_dropbox(harbour: Harbour) -> str:
    page = await depart(harbour, "dropbox")
    assert page.params["token_access_type"] == "offline"
    answer = await harbour.api.get(await decide(page))
    _, _, connection_id = answer.headers["location"].partition("?connected=")
    assert connection_id, answer.headers["location"]
    return str(connection_id)


async def test_an_account_is_connected_and_its_own_folders_are_imported_s0_56(port: Port) -> None:
    async with port() as (harbour, _):
        connection_id = await connect_dropbox(harbour)
        (connection,) = await list_connections(harbour)
        assert (connection["source"], connection["name"]) == ("dropbox", ACCOUNT)
        answer = await harbour.api.get(f"{ROOT}/{connection_id}/places")
        (trip,) = answer.json()["places"]
        assert trip["name"] == "trip"
        part = await harbour.finish(await start_private(harbour, trip["link"], connection_id))
        whole = await harbour.finish(await start_private(harbour, HOME, connection_id))
    assert (part["state"], part["balance"]["stored"]) == ("completed", 120)
    assert (whole["balance"]["stored"], whole["balance"]["duplicate"]) == (2, 120)


async def test_an_app_that_may_not_say_whose_account_it_is_is_told_which_permission_it_lacks(
    port: Port,
) -> None:
    async with port() as (harbour, dropbox):
        dropbox.app.tokens.lacking = {"account_info.read"}
        answer = await harbour.api.get(await decide(await depart(harbour, "dropbox")))
        assert answer.headers["location"].endswith("/connections?problem=dropbox_scope_missing")
        assert await list_connections(harbour) == []


async def test_an_app_that_may_not_list_is_told_which_permission_it_lacks_and_makes_no_job(
    port: Port,
) -> None:
    async with port() as (harbour, dropbox):
        connection_id = await connect_dropbox(harbour)
        dropbox.app.tokens.lacking = {"files.metadata.read"}
        wanted = {"location": f"{HOME}/trip", "connection_id": connection_id}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (503, "dropbox_scope_missing")
        assert "files.metadata.read" in problem["detail"]
        assert dropbox.app.tokens.refreshed == 0  # another token would lack it too


async def test_a_disconnected_app_pauses_the_job_and_connecting_again_resumes_it(
    port: Port,
) -> None:
    async with port() as (harbour, dropbox):
        connection_id = await connect_dropbox(harbour)
        dropbox.hold_downloads()
        job_id = await start_private(harbour, HOME, connection_id)
        await harbour.until(job_id, lambda job: bool(dropbox.counts.held))
        dropbox.app.tokens.revoke()
        dropbox.release_downloads()
        job = await harbour.until(
            job_id, lambda job: (job["pause"] or {}).get("reason") == "needs_reauth"
        )
        assert f"Connect {ACCOUNT} again" in job["pause"]["message"]
        assert await connect_dropbox(harbour) == connection_id
        job = await harbour.finish(job_id)
    assert (job["state"], job["balance"]["stored"]) == ("completed", 122)


async def test_the_servers_own_refresh_token_makes_a_connection(port: Port) -> None:
    async with port(dropbox_refresh_token="of-the-server") as (harbour, dropbox):
        listed = (await harbour.api.get(ROOT)).json()["providers"]
        own = {each["source"]: each["server_account"] for each in listed}
        assert own == {"google_drive": False, "dropbox": True}
        answer = await harbour.api.post(ROOT, json={"source": "dropbox"})
        assert (answer.status_code, answer.json()["kind"]) == (201, "server")
        job_id = await start_private(harbour, HOME, answer.json()["id"])
        dropbox.app.tokens.expire()
        job = await harbour.finish(job_id)
    assert job["state"] == "completed"


async def test_a_service_account_is_nothing_that_dropbox_knows(port: Port) -> None:
    async with port() as (harbour, _):
        wanted = {"source": "dropbox", "key": {"type": "service_account"}}
        answer = await harbour.api.post(ROOT, json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_service_account")
