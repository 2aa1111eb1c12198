"""Imports in the name of an account: what it sees, and what happens when its sign-in ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from connecting import ROOT, connected, list_connections, start_private
from connections.conftest import Port
from pictures import write_pictures
from sqlalchemy import select

from pixharbor.sources.governor import GovernorRow
from pixharbor_emulators.google_oauth import User

MY_DRIVE = "https://drive.google.com/drive/my-drive"
SHARED = "https://drive.google.com/drive/shared-with-me"


async def test_my_drive_is_imported_with_its_private_folders(port: Port) -> None:
    async with port() as (harbour, _):
        job_id = await start_private(harbour, MY_DRIVE, await connected(harbour))
        job = await harbour.finish(job_id)
        paths = {item["path"] for item in await harbour.items(job_id)}
    assert job["state"] == "completed"
    assert job["balance"]["stored"] == 3
    assert paths == {"picture-00000.jpg", "picture-00001.jpg", "diary/picture-00050.jpg"}


async def test_what_others_have_shared_is_imported(port: Port) -> None:
    async with port() as (harbour, _):
        job_id = await start_private(harbour, SHARED, await connected(harbour))
        job = await harbour.finish(job_id)
        (item,) = await harbour.items(job_id)
    assert (job["state"], item["path"]) == ("completed", "from bob/picture-00051.jpg")


async def test_a_shared_drive_is_searched_by_its_id(port: Port) -> None:
    async with port() as (harbour, drive):
        link = f"https://drive.google.com/drive/folders/{drive.file_id('team')}"
        job = await harbour.finish(await start_private(harbour, link, await connected(harbour)))
        searched = [entry.query for entry in drive.log.entries() if entry.kind == "list"]
    assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
    assert all(b"corpora=drive" in query for query in searched)
    assert all(b"driveId=0ATeamDrive00000Uk9PVA" in query for query in searched)


async def test_a_private_folder_is_for_accounts_alone_s0_56(port: Port) -> None:
    async with port(google_api_key="key") as (harbour, drive):
        link = f"https://drive.google.com/drive/folders/{drive.file_id('diary')}"
        refused = await harbour.api.post("/import/google-drive", json={"folder_url": link})
        assert refused.status_code == 404
        job = await harbour.finish(await start_private(harbour, link, await connected(harbour)))
    assert (job["state"], job["balance"]["stored"]) == ("completed", 1)


@pytest.mark.parametrize("opted", [False, True])
async def test_what_google_marks_as_malware_is_fetched_for_its_owner_who_opted_for_it(
    port: Port, tree: Path, opted: bool
) -> None:
    sidecar = json.loads((tree / ".drive.json").read_text())
    declared = sidecar.get("files", {}) | {"picture-00000.jpg": {"fault": "abusive"}}
    (tree / ".drive.json").write_text(json.dumps(sidecar | {"files": declared}))
    async with port(google_acknowledge_abuse=opted) as (harbour, drive):
        job = await harbour.finish(await start_private(harbour, MY_DRIVE, await connected(harbour)))
        failed = await harbour.items(job["id"], state="failed")
        asked = [each.query for each in drive.log.entries() if each.kind == "download"]
    assert job["balance"]["stored"] == (3 if opted else 2)
    assert [item["reason"] for item in failed] == ([] if opted else ["abusive"])
    # With a file that is not marked, Google refuses to hear of it.
    assert sum(b"acknowledgeAbuse" in query for query in asked) == int(opted)


async def test_folders_can_be_looked_through(port: Port) -> None:
    async with port(working=False) as (harbour, drive):
        connection_id = await connected(harbour)
        first = (await harbour.api.get(f"{ROOT}/{connection_id}/places")).json()["places"]
        assert [place["name"] for place in first] == ["My Drive", "Shared with me", "team"]
        inside = {"inside": first[0]["link"]}
        answer = await harbour.api.get(f"{ROOT}/{connection_id}/places", params=inside)
        (diary,) = answer.json()["places"]
    assert diary["name"] == "diary"
    assert diary["link"].endswith(drive.file_id("diary"))


async def test_a_revoked_token_pauses_the_job_and_reconnecting_resumes_it_by_itself(
    port: Port, tree: Path, database_url: str
) -> None:
    write_pictures(tree / "diary", 120, first=100)  # more than are under way at a time
    async with port(database_url=database_url) as (harbour, drive):
        connection_id = await connected(harbour)
        drive.hold_downloads()
        job_id = await start_private(harbour, MY_DRIVE, connection_id)
        await harbour.until(job_id, lambda job: bool(drive.counts.held))
        drive.oauth.revoke("anna@example.com")
        drive.release_downloads()
        job = await harbour.until(
            job_id, lambda job: (job["pause"] or {}).get("reason") == "needs_reauth"
        )
        assert "Connect anna@example.com again" in job["pause"]["message"]
        (connection,) = await list_connections(harbour)
        assert connection["state"] == "needs_reauth"
        assert "no longer accepts" in connection["problem"]

        assert await connected(harbour) == connection_id
        job = await harbour.finish(job_id)
        (connection,) = await list_connections(harbour)
    assert (job["state"], job["balance"]["stored"]) == ("completed", 123)
    assert (connection["state"], connection["problem"]) == ("connected", None)


async def test_access_tokens_that_expire_while_a_job_runs_are_renewed(port: Port) -> None:
    async with port() as (harbour, drive):
        connection_id = await connected(harbour)
        drive.hold_downloads()
        job_id = await start_private(harbour, MY_DRIVE, connection_id)
        await harbour.until(job_id, lambda job: bool(drive.counts.held))
        drive.oauth.expire_access_tokens()
        drive.release_downloads()
        job = await harbour.finish(job_id)
        next_job = await harbour.finish(await start_private(harbour, SHARED, connection_id))
    assert (job["state"], next_job["state"]) == ("completed", "completed")
    assert drive.oauth.asked["refresh_token"] == 1


async def test_a_job_of_a_removed_connection_waits_and_connecting_again_resumes_it(
    port: Port,
) -> None:
    async with port(working=False) as (harbour, _):
        connection_id = await connected(harbour)
        job_id = await start_private(harbour, SHARED, connection_id)
        await harbour.api.delete(f"{ROOT}/{connection_id}")
    async with port() as (harbour, _):
        job = await harbour.until(job_id, lambda job: job["state"] == "paused")
        assert job["pause"]["reason"] == "needs_reauth"
        assert "was removed" in job["pause"]["message"]
        assert await connected(harbour) == connection_id
        job = await harbour.finish(job_id)
    assert (job["state"], job["balance"]["stored"]) == ("completed", 1)


def is_asking(job: dict[str, Any]) -> bool:
    return job["governor"] is not None and job["governor"]["units_per_second"] > 0


async def test_each_account_has_its_own_limit_and_shares_the_projects(port: Port) -> None:
    async with port(google_quota_profile="units-2026", google_api_key="key") as (harbour, drive):
        drive.oauth.users.append(User("bob@example.com"))
        drive.hold_downloads()
        for account in ("anna@example.com", "bob@example.com"):
            job_id = await start_private(harbour, MY_DRIVE, await connected(harbour, account))
            job = await harbour.until(job_id, is_asking)
            assert job["connection_id"]
        drive.release_downloads()
        await harbour.finish(job_id)
        async with harbour.runtime.work.read() as session:
            names = set(await session.scalars(select(GovernorRow.name)))
    limits = [name for name in names if not name.endswith(":reserve")]
    # The key identified both accounts out of its own reserve; it has listed and fetched nothing.
    assert sorted(name.split(":")[1] for name in limits) == ["project", "user", "user"]
