"""Sync: a place is imported again and brings only what changed; what is gone is marked."""

from pathlib import Path
from typing import Any

from emulators.drive_caller import redeclare
from flows.conftest import Port
from harbour import Harbour
from pictures import picture, write_pictures


async def by_name(harbour: Harbour) -> dict[str, dict[str, Any]]:
    return {image["name"]: image for image in await harbour.images()}


async def info(harbour: Harbour, image: dict[str, Any]) -> dict[str, Any]:
    answer = await harbour.api.get(f"/api/v1/images/{image['image_id']}/info")
    found: dict[str, Any] = answer.json()
    return found


async def test_a_moved_file_takes_its_image_along_and_is_not_fetched(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 2)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        moved = drive.file_id("picture-00000.jpg")
        (tree / "sub").mkdir()
        (tree / "picture-00000.jpg").rename(tree / "sub" / "moved.jpg")
        redeclare(tree, drive, files={"sub/moved.jpg": {"id": moved}})
        job = await harbour.run(drive.folder_link)
        assert drive.counts.downloads == 2
        counted = {reason["reason"]: reason["count"] for reason in job["reasons"]}
        assert counted == {"unchanged": 1, "renamed": 1}
        assert job["at_source"] == {"gone": 0, "back": 0, "superseded": 0}
        found = await info(harbour, (await by_name(harbour))["moved.jpg"])
        assert found["source_path"] == "sub/moved.jpg"
        assert [file["path"] for file in found["source_files"]] == ["sub/moved.jpg"]


async def test_changed_content_is_fetched_and_the_old_image_is_kept_and_marked(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 2)
    before = (tree / "picture-00000.jpg").read_bytes()
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        (tree / "picture-00000.jpg").write_bytes(picture(77, size=(90, 90)))
        drive.rescan()
        job = await harbour.run(drive.folder_link)
        assert (job["balance"]["stored"], job["balance"]["duplicate"]) == (1, 1)
        assert job["at_source"] == {"gone": 0, "back": 0, "superseded": 1}
        new, _, old = await harbour.images()
        assert (new["width"], old["width"]) == (90, 64)
        assert (new["superseded_by"], old["superseded_by"]) == (None, new["image_id"])
        assert await harbour.original(old) == before

        (tree / "picture-00000.jpg").write_bytes(before)  # and back again
        drive.rescan()
        job = await harbour.run(drive.folder_link)
        assert job["at_source"]["superseded"] == 1
        marks = {image["image_id"]: image["superseded_by"] for image in await harbour.images()}
        assert (marks[new["image_id"]], marks[old["image_id"]]) == (old["image_id"], None)


async def test_a_file_that_became_no_image_leaves_its_old_image_marked_as_gone(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 1)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        (tree / "picture-00000.jpg").write_text("this is no picture any more")
        drive.rescan()
        job = await harbour.run(drive.folder_link)
        assert job["balance"]["skipped"] == 1
        (image,) = await harbour.images()
        assert image["gone_at"]


async def test_files_gone_at_the_source_are_marked_counted_and_unmarked_when_back(
    port: Port, tree: Path
) -> None:
    bodies = write_pictures(tree, 5)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        for number in (1, 3):
            (tree / f"picture-0000{number}.jpg").unlink()
        drive.rescan()
        job = await harbour.run(drive.folder_link)
        assert job["balance"]["listed"] == 3
        assert job["at_source"] == {"gone": 2, "back": 0, "superseded": 0}
        images = await by_name(harbour)
        assert len(images) == 5
        gone = {name for name, image in images.items() if image["gone_at"]}
        assert gone == {"picture-00001.jpg", "picture-00003.jpg"}
        assert await harbour.original(images["picture-00001.jpg"]) == bodies[1]
        found = await info(harbour, images["picture-00001.jpg"])
        assert found["source_files"][0]["gone_at"] == found["gone_at"]

        same = await harbour.run(drive.folder_link)  # known to be gone: not counted again
        assert same["at_source"]["gone"] == 0
        (tree / "picture-00001.jpg").write_bytes(bodies[1])
        drive.rescan()
        job = await harbour.run(drive.folder_link)
        assert job["at_source"] == {"gone": 0, "back": 1, "superseded": 0}
        assert drive.counts.downloads == 5
        gone = {name for name, image in (await by_name(harbour)).items() if image["gone_at"]}
        assert gone == {"picture-00003.jpg"}


async def test_an_image_is_gone_only_when_every_file_that_has_it_is(port: Port, tree: Path) -> None:
    for name in ("one.jpg", "two.jpg"):
        (tree / name).write_bytes(picture(1))
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        (tree / "one.jpg").unlink()
        drive.rescan()
        assert (await harbour.run(drive.folder_link))["at_source"]["gone"] == 1
        (image,) = await harbour.images()
        assert image["gone_at"] is None
        (tree / "two.jpg").unlink()
        drive.rescan()
        assert (await harbour.run(drive.folder_link))["at_source"]["gone"] == 1
        (image,) = await harbour.images()
        assert image["gone_at"]
        (tree / "three.jpg").write_bytes(picture(1))  # the same content, as another file
        drive.rescan()
        image = await harbour.run_for_image(drive.folder_link)
        assert image["gone_at"] is None


async def test_a_folder_that_failed_to_list_marks_nothing_as_gone(port: Port, tree: Path) -> None:
    write_pictures(tree, 2)
    write_pictures(tree / "sub", 2, first=10)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        (tree / "picture-00000.jpg").unlink()
        redeclare(tree, drive, folders={"sub": {"fault": "forbidden"}})
        job = await harbour.run(drive.folder_link)
        assert job["state"] == "partial"
        assert job["at_source"]["gone"] == 0
        assert not [image for image in await harbour.images() if image["gone_at"]]
        redeclare(tree, drive)
        assert (await harbour.run(drive.folder_link))["at_source"]["gone"] == 1


async def test_a_refused_or_lesser_listing_marks_nothing_as_gone(port: Port, tree: Path) -> None:
    write_pictures(tree, 1)
    write_pictures(tree / "sub", 2, first=10)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        shallow = {"location": drive.folder_link, "recursive": False}
        for wanted in (shallow, {"location": drive.folder_link, "filters": {"types": ["png"]}}):
            answer = await harbour.api.post("/api/v1/imports", json=wanted)
            job = await harbour.finish(answer.json()["id"])
            assert (job["state"], job["at_source"]["gone"]) == ("completed", 0)
        assert not [image for image in await harbour.images() if image["gone_at"]]


async def test_a_file_that_moved_to_another_place_is_not_gone(port: Port, tree: Path) -> None:
    write_pictures(tree / "a", 2)
    write_pictures(tree / "b", 1, first=10)
    async with port() as (harbour, drive):
        links = [f"https://drive.google.com/drive/folders/{drive.file_id(name)}" for name in "ab"]
        for link in links:
            await harbour.run(link)
        moved = drive.file_id("a/picture-00000.jpg")
        (tree / "a" / "picture-00000.jpg").rename(tree / "b" / "picture-00000.jpg")
        redeclare(tree, drive, files={"b/picture-00000.jpg": {"id": moved}})
        assert (await harbour.run(links[1]))["at_source"]["gone"] == 0
        assert (await harbour.run(links[0]))["at_source"]["gone"] == 0
        assert drive.counts.downloads == 3
        assert not [image for image in await harbour.images() if image["gone_at"]]
