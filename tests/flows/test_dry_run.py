"""A dry run: list and count, fetch nothing; and the import that it becomes."""

from pathlib import Path
from typing import Any

import pytest
from emulators.drive_caller import declare
from flows.conftest import Port
from harbour import FINISHED, Harbour
from pictures import picture, write_pictures

LIMITED = {"google_quota_profile": "user=325000,project=1000000,list=100,get=5,download=200"}


async def post(harbour: Harbour, link: str, **wanted: Any) -> str:
    answer = await harbour.api.post("/api/v1/imports", json={"location": link, **wanted})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def dry_run(harbour: Harbour, link: str, **wanted: Any) -> dict[str, Any]:
    job_id = await post(harbour, link, dry_run=True, **wanted)
    return await harbour.until(job_id, lambda job: job["state"] in FINISHED)


async def test_a_dry_run_counts_and_fetches_nothing(port: Port, tree: Path) -> None:
    bodies = write_pictures(tree, 12)
    write_pictures(tree / "sub", 3, first=100)
    (tree / "film.mp4").write_bytes(b"film")
    (tree / "flat.png").write_bytes(picture(7, format="PNG"))
    async with port(**LIMITED) as (harbour, drive):
        job = await dry_run(harbour, drive.folder_link, filters={"max_depth": 0})
        assert (job["state"], job["dry_run"]) == ("completed", True)
        assert drive.counts.downloads == 0
        assert await harbour.images() == []
        size = (tree / "flat.png").stat().st_size
        assert job["plan"] == {
            "files": 13,
            "bytes": sum(map(len, bodies)) + size,
            "files_without_size": 0,
            "types": [
                {"type": "image/jpeg", "files": 12, "bytes": sum(map(len, bodies))},
                {"type": "image/png", "files": 1, "bytes": size},
            ],
            "quota": {
                "seconds": pytest.approx(13 * 200 / 325_000 * 60, abs=0.1),
                "day": None,
                "sentence": "at Google's limit this needs 1 s",
            },
        }
        assert job["balance"]["pending"] == 13
        assert [reason["reason"] for reason in job["reasons"]] == ["not_an_image"]


async def test_a_dry_run_becomes_the_import_without_listing_again(port: Port, tree: Path) -> None:
    write_pictures(tree, 300)
    async with port() as (harbour, drive):
        job = await dry_run(harbour, drive.folder_link)
        lists = drive.counts.lists
        answer = await harbour.api.post(f"/api/v1/jobs/{job['id']}/run")
        assert answer.status_code == 200, answer.text
        done = await harbour.finish(job["id"])
        assert (done["state"], done["balance"]["stored"]) == ("completed", 300)
        assert (done["dry_run"], done["plan"]) == (False, None)
        assert (drive.counts.lists, drive.counts.downloads) == (lists, 300)
        again = await harbour.api.post(f"/api/v1/jobs/{job['id']}/run")
        assert (again.status_code, again.json()["code"]) == (409, "no_dry_run")


async def test_a_dry_run_of_a_known_folder_tells_what_is_new_renamed_and_unchanged(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 5)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        names = {"picture-00001.jpg": {"name": "after.jpg"}}
        declare(tree, files=names)
        (tree / "new.jpg").write_bytes(picture(50))
        drive.rescan()
        job = await dry_run(harbour, drive.folder_link)
        assert job["plan"]["files"] == 1
        counted = {reason["reason"]: reason["count"] for reason in job["reasons"]}
        assert counted == {"unchanged": 4, "renamed": 1}
        assert "after.jpg" not in {image["name"] for image in await harbour.images()}
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/run")
        await harbour.finish(job["id"])
        assert {"after.jpg", "new.jpg"} <= {image["name"] for image in await harbour.images()}
        assert drive.counts.downloads == 6


async def test_a_dry_run_with_nothing_to_fetch_becomes_a_completed_import(
    port: Port, tree: Path
) -> None:
    async with port() as (harbour, drive):
        job = await dry_run(harbour, drive.folder_link)
        assert job["plan"]["files"] == 0
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/run")
        done = await harbour.until(job["id"], lambda job: job["state"] == "completed")
        assert done["dry_run"] is False


async def test_a_dry_run_stands_apart_from_an_import_of_the_same_folder(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 2)
    async with port() as (harbour, drive):
        drive.hold_downloads()
        importing = await harbour.start(drive.folder_link)
        job = await dry_run(harbour, drive.folder_link)
        assert job["id"] != importing
        refused = await harbour.api.post(f"/api/v1/jobs/{job['id']}/run")
        assert (refused.status_code, refused.json()["code"]) == (409, "import_running")
        assert importing in refused.json()["detail"]
        other = await harbour.api.post(
            "/api/v1/imports",
            json={"location": drive.folder_link, "filters": {"types": ["png"]}},
        )
        assert (other.status_code, other.json()["code"]) == (409, "import_running")
        assert "other filters" in other.json()["detail"]
        drive.release_downloads()
        await harbour.finish(importing)
