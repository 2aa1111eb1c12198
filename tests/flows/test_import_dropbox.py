"""Flow 1 from Dropbox: POST /import/dropbox, its links old and new, and one's own folders."""

from collections import Counter
from pathlib import Path

import pytest
from emulators.dropbox_caller import declare
from emulators.dropbox_schema import request_problems
from flows.conftest import DropboxPort
from pictures import picture, write_pictures
from sqlalchemy import select

from pixharbor.jobs.models import Folder, Item, Job
from pixharbor_emulators.dropbox import RunningDropbox

IMPORT = "/import/dropbox"
PASSWORD = "tide table 📷"


def assert_well_asked(dropbox: RunningDropbox) -> None:
    """Every request that was sent is one that Dropbox's own schema allows."""
    problems = {
        (entry.path, problem)
        for entry in dropbox.log.entries()
        for problem in request_problems(entry.path, entry.query)
    }
    assert problems == set()


async def test_a_shared_folder_becomes_verified_images_s0_15_s0_55_s0_56_t1_t2(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    bodies = write_pictures(tree, 12)
    async with dropbox_port() as (harbour, dropbox):
        answer = await harbour.api.post(IMPORT, json={"folder_url": dropbox.folder_link})
        assert answer.status_code == 202
        task_id = answer.json()["task_id"]
        assert answer.json() == {"message": "Import job queued", "task_id": task_id}
        job = await harbour.finish(task_id)

        assert (job["state"], job["source"], job["name"]) == ("completed", "dropbox", tree.name)
        assert job["balance"]["listed"] == job["balance"]["stored"] == 12
        task = (await harbour.api.get(f"/task/{task_id}")).json()
        assert (task["status"], task["result"]["imported"]) == ("SUCCESS", 12)
        images = await harbour.images(source="dropbox")
        assert Counter([await harbour.original(image) for image in images]) == Counter(bodies)
        for image in images:
            info = (await harbour.api.get(f"/api/v1/images/{image['image_id']}/info")).json()
            assert info["provider_hash"].startswith("dropbox:")
        assert_well_asked(dropbox)


@pytest.mark.parametrize("old", [True, False])
async def test_both_kinds_of_folder_links_are_walked_into_every_sub_folder_s0_55_s1_2(
    dropbox_port: DropboxPort, tree: Path, old: bool
) -> None:
    write_pictures(tree, 1)
    write_pictures(tree / "Été", 1, first=1)
    write_pictures(tree / "Été" / "b" / "c 📷", 1, first=2)
    async with dropbox_port() as (harbour, dropbox):
        job = await harbour.run(dropbox.link("", old=old))
        assert job["balance"]["stored"] == 3
        assert job["balance"]["folders"] == {"listed": 4, "failed": 0}
        paths = {item["path"] for item in await harbour.items(job["id"])}
        assert paths == {
            "picture-00000.jpg", "Été/picture-00001.jpg", "Été/b/c 📷/picture-00002.jpg"
        }  # fmt: skip
        assert_well_asked(dropbox)


@pytest.mark.parametrize("old", [True, False])
async def test_a_link_to_one_file_imports_that_file(
    dropbox_port: DropboxPort, tree: Path, old: bool
) -> None:
    write_pictures(tree, 2)
    async with dropbox_port() as (harbour, dropbox):
        job = await harbour.run(dropbox.link("picture-00001.jpg", old=old))
        assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
        (image,) = await harbour.images()
        assert image["name"] == "picture-00001.jpg"
        assert await harbour.original(image) == (tree / "picture-00001.jpg").read_bytes()


async def test_an_unchanged_folder_is_imported_again_without_a_download(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    write_pictures(tree, 5)
    (tree / "notes.jpg").write_text("this is no picture")
    async with dropbox_port() as (harbour, dropbox):
        await harbour.run(dropbox.folder_link)
        assert dropbox.counts.downloads == 6
        again = await harbour.run(dropbox.folder_link)
        assert dropbox.counts.downloads == 6
        assert (again["balance"]["duplicate"], again["balance"]["skipped"]) == (5, 1)


async def test_a_password_opens_a_link_and_is_kept_sealed(
    dropbox_port: DropboxPort, tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_pictures(tree, 2)
    write_pictures(tree / "below", 1, first=2)
    declare(tree, link={"password": PASSWORD})
    async with dropbox_port() as (harbour, dropbox):
        link = dropbox.folder_link
        for given in (None, "wrong"):
            body = {"folder_url": link} | ({"link_password": given} if given else {})
            refused = await harbour.api.post(IMPORT, json=body)
            assert (refused.status_code, refused.json()["code"]) == (403, "link_password")
            assert "link_password" in refused.json()["cure"]
        flat = await harbour.api.post(IMPORT, json={"folder_url": link, "link_password": PASSWORD})
        assert flat.status_code == 202, flat.text
        job = await harbour.finish(flat.json()["task_id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 3)
        told = await harbour.api.post(
            "/api/v1/imports", json={"location": link, "link_password": PASSWORD}
        )
        again = await harbour.finish(told.json()["id"])
        assert (again["state"], again["balance"]["duplicate"]) == ("completed", 3)
        assert_well_asked(dropbox)

        async with harbour.runtime.work.read() as session:
            for table in (Job, Folder, Item):
                rows = (await session.execute(select(table.__table__))).all()
                assert rows
                assert PASSWORD not in str(rows)
        assert PASSWORD not in flat.text + told.text + str(job)
        assert PASSWORD not in "".join(capfd.readouterr())


async def test_only_dropbox_links_take_a_password(dropbox_port: DropboxPort) -> None:
    async with dropbox_port() as (harbour, _):
        body = {"location": "https://example.com/a.jpg", "link_password": "x"}
        answer = await harbour.api.post("/api/v1/imports", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "no_link_passwords")


async def test_without_an_app_it_says_how_to_get_one_and_makes_no_job(
    dropbox_port: DropboxPort,
) -> None:
    async with dropbox_port(dropbox_app_key=None, dropbox_app_secret=None) as (harbour, dropbox):
        answer = await harbour.api.post(IMPORT, json={"folder_url": dropbox.folder_link})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (503, "dropbox_app_key_missing")
        assert "DROPBOX_APP_KEY" in problem["cure"]
        assert "https://www.dropbox.com/developers/apps" in problem["cure"]
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []


async def test_an_own_folder_is_opened_by_the_refresh_token_s1_24_s1_32(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    write_pictures(tree / "Camera Uploads" / "day", 2)
    (tree / "other.jpg").write_bytes(picture(9))
    link = "https://www.dropbox.com/home/Camera%20Uploads"
    async with dropbox_port(dropbox_refresh_token="token") as (harbour, dropbox):
        job = await harbour.run(link)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 2)
        assert {item["path"] for item in await harbour.items(job["id"])} == {
            "day/picture-00000.jpg", "day/picture-00001.jpg"
        }  # fmt: skip
        assert dropbox.app.tokens.refreshed == 1
        assert_well_asked(dropbox)
