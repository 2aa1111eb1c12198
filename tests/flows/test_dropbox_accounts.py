"""Dropbox in the name of an account: its own folders, looked through and imported."""

from pathlib import Path

import pytest
from connecting import ROOT, list_connections, start_private
from flows.conftest import DropboxPort
from pictures import write_pictures

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OWN = "https://www.dropbox.com/home"


async def test_a_connected_account_shows_its_folders_and_they_are_imported_s1_32(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    write_pictures(tree / "Camera Uploads" / "Été", 2)
    write_pictures(tree, 1, first=7)
    async with dropbox_port(dropbox_refresh_token="token") as (harbour, dropbox):
        answer = await harbour.api.post(ROOT, json={"source": "dropbox"})
        assert answer.status_code == 201, answer.text
        connection = answer.json()
        assert connection["name"] == "robin@harbour.example"
        places = f"{ROOT}/{connection['id']}/places"
        (camera,) = (await harbour.api.get(places)).json()["places"]
        assert camera == {"name": "Camera Uploads", "link": f"{OWN}/Camera%20Uploads"}
        inside = await harbour.api.get(places, params={"inside": camera["link"]})
        (summer,) = inside.json()["places"]
        assert summer["name"] == "Été"

        job = await harbour.finish(await start_private(harbour, summer["link"], connection["id"]))
        assert (job["state"], job["balance"]["stored"]) == ("completed", 2)
        job = await harbour.finish(await start_private(harbour, OWN, connection["id"]))
        assert (job["balance"]["stored"], job["balance"]["duplicate"]) == (1, 2)
        shared = await start_private(harbour, dropbox.folder_link, connection["id"])
        assert (await harbour.finish(shared))["balance"]["duplicate"] == 3


async def test_an_account_that_has_disconnected_the_app_pauses_its_jobs(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    write_pictures(tree, 2)
    known = {"token"}
    async with dropbox_port(refresh_tokens=known, dropbox_refresh_token="token") as (
        harbour,
        dropbox,
    ):
        added = await harbour.api.post(ROOT, json={"source": "dropbox"})
        known.clear()
        dropbox.app.tokens.expire()
        job_id = await start_private(harbour, OWN, added.json()["id"])
        job = await harbour.until(
            job_id, lambda job: (job["pause"] or {}).get("reason") == "needs_reauth"
        )
        assert job["balance"]["listed"] == 0
        (connection,) = await list_connections(harbour)
        assert connection["state"] == "needs_reauth"
        known.add("token")
        again = await harbour.api.post(ROOT, json={"source": "dropbox"})
        assert again.json()["id"] == added.json()["id"]
        job = await harbour.finish(job_id)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 2)
