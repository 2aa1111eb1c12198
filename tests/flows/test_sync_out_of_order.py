"""Sync, when an import ends after a newer one has listed: the newest listing has the last word."""

from pathlib import Path
from typing import Any

from emulators.drive_caller import redeclare
from flows.conftest import Port
from harbour import FINISHED, Harbour
from pictures import picture, write_pictures


async def gone_names(harbour: Harbour) -> set[str]:
    return {image["name"] for image in await harbour.images() if image["gone_at"]}


async def act(harbour: Harbour, job: dict[str, Any], verb: str) -> dict[str, Any]:
    answer = await harbour.api.post(f"/api/v1/jobs/{job['id']}/{verb}")
    assert answer.status_code == 200, answer.text
    return await harbour.finish(job["id"])


async def test_retrying_an_old_import_marks_nothing_that_a_newer_one_knows_better(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 3)
    async with port() as (harbour, drive):
        refused = {"files": {"picture-00000.jpg": {"fault": "forbidden"}}}
        redeclare(tree, drive, **refused)
        old = await harbour.run(drive.folder_link)
        assert old["state"] == "partial"
        (tree / "picture-00001.jpg").unlink()
        (tree / "new.jpg").write_bytes(picture(50))
        redeclare(tree, drive, **refused)
        newer = await harbour.run(drive.folder_link)
        assert newer["at_source"] == {"gone": 1, "back": 0, "superseded": 0}

        redeclare(tree, drive)
        done = await act(harbour, old, "retry")
        assert (done["state"], done["balance"]["stored"]) == ("completed", 3)
        assert done["at_source"] == {"gone": 0, "back": 0, "superseded": 0}
        assert await gone_names(harbour) == {"picture-00001.jpg"}
        same = await harbour.run(drive.folder_link)
        assert same["at_source"] == {"gone": 0, "back": 0, "superseded": 0}


async def test_a_dry_run_that_is_run_late_marks_nothing_that_a_newer_import_knows_better(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 2)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        wanted = {"location": drive.folder_link, "dry_run": True}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        dry = await harbour.until(answer.json()["id"], lambda job: job["state"] in FINISHED)
        (tree / "picture-00001.jpg").unlink()
        (tree / "new.jpg").write_bytes(picture(50))
        drive.rescan()
        await harbour.run(drive.folder_link)
        done = await act(harbour, dry, "run")
        assert done["at_source"] == {"gone": 0, "back": 0, "superseded": 0}
        assert await gone_names(harbour) == {"picture-00001.jpg"}


async def test_retrying_an_old_import_takes_no_file_from_the_place_that_has_it_now(
    port: Port, tree: Path
) -> None:
    write_pictures(tree / "a", 2)
    write_pictures(tree / "b", 1, first=10)
    async with port() as (harbour, drive):
        link_a, link_b = (
            f"https://drive.google.com/drive/folders/{drive.file_id(name)}" for name in "ab"
        )
        redeclare(tree, drive, files={"a/picture-00001.jpg": {"fault": "forbidden"}})
        old = await harbour.run(link_a)
        moved = drive.file_id("a/picture-00000.jpg")
        (tree / "a" / "picture-00000.jpg").rename(tree / "b" / "picture-00000.jpg")
        redeclare(tree, drive, files={"b/picture-00000.jpg": {"id": moved}})
        await harbour.run(link_b)
        await act(harbour, old, "retry")
        assert (await harbour.run(link_a))["at_source"]["gone"] == 0
        assert await gone_names(harbour) == set()


async def test_an_old_retry_does_not_bring_back_content_that_no_file_has_any_more(
    port: Port, tree: Path
) -> None:
    (tree / "one.jpg").write_bytes(picture(1))
    (tree / "two.jpg").write_bytes(picture(1))
    (tree / "refused.jpg").write_bytes(picture(2))
    async with port() as (harbour, drive):
        refused = {"files": {"refused.jpg": {"fault": "forbidden"}}}
        redeclare(tree, drive, **refused)
        old = await harbour.run(drive.folder_link)
        assert old["balance"]["duplicate"] == 1
        for name in ("one.jpg", "two.jpg"):
            (tree / name).unlink()
        redeclare(tree, drive, **refused)
        assert (await harbour.run(drive.folder_link))["at_source"]["gone"] == 2
        redeclare(tree, drive)
        await act(harbour, old, "retry")
        assert await gone_names(harbour) <= {"one.jpg", "two.jpg"}
        assert len(await gone_names(harbour)) == 1


async def test_a_retry_that_lists_what_failed_marks_when_no_newer_import_has_listed(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 2)
    write_pictures(tree / "sub", 1, first=10)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        (tree / "picture-00000.jpg").unlink()
        redeclare(tree, drive, folders={"sub": {"fault": "forbidden"}})
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["at_source"]["gone"]) == ("partial", 0)
        redeclare(tree, drive)
        assert (await act(harbour, job, "retry"))["at_source"]["gone"] == 1
        assert await gone_names(harbour) == {"picture-00000.jpg"}
