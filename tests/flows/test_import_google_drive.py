"""Flow 1: POST /import/google-drive → list_files → fetch_chunk → finish_import → gallery."""

import hashlib
import json
from collections import Counter
from pathlib import Path

from flows.conftest import Port
from pictures import picture, write_pictures


async def test_a_public_folder_becomes_verified_images_s0_53_s0_54_s0_57_s0_60(
    port: Port, tree: Path
) -> None:
    bodies = write_pictures(tree, 12)
    async with port() as (harbour, drive):
        answer = await harbour.api.post(
            "/import/google-drive", json={"folder_url": drive.folder_link}
        )
        assert answer.status_code == 202
        task_id = answer.json()["task_id"]
        assert answer.json() == {"message": "Import job queued", "task_id": task_id}
        job = await harbour.finish(task_id)

        assert job["state"] == "completed"
        assert job["balance"]["listed"] == job["balance"]["stored"] == 12
        task = (await harbour.api.get(f"/task/{task_id}")).json()
        assert (task["status"], task["result"]["imported"]) == ("SUCCESS", 12)
        images = await harbour.images()
        stored = [await harbour.original(image) for image in images]
        assert Counter(stored) == Counter(bodies)
        for image, body in zip(images, stored, strict=True):
            info = (await harbour.api.get(f"/api/v1/images/{image['image_id']}/info")).json()
            assert info["sha256"] == hashlib.sha256(body).hexdigest()
            assert info["provider_hash"] == f"sha256:{info['sha256']}"


async def test_folders_in_folders_are_imported_with_their_paths_t5(port: Port, tree: Path) -> None:
    write_pictures(tree, 1)
    write_pictures(tree / "a", 1, first=1)
    write_pictures(tree / "a" / "b" / "c", 1, first=2)
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert job["balance"]["stored"] == 3
        assert job["balance"]["folders"] == {"listed": 4, "failed": 0}
        paths = {item["path"] for item in await harbour.items(job["id"])}
        assert paths == {
            "picture-00000.jpg", "a/picture-00001.jpg", "a/b/c/picture-00002.jpg"
        }  # fmt: skip


async def test_a_folder_of_more_than_one_page_is_listed_whole_t4(port: Port, tree: Path) -> None:
    write_pictures(tree, 2345)
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert job["balance"]["stored"] == 2345
        assert drive.counts.lists == 3
        assert drive.counts.downloads == 2345


async def test_same_named_files_are_both_kept_t6(port: Port, tree: Path) -> None:
    (tree / "one.jpg").write_bytes(picture(1))
    (tree / "two.jpg").write_bytes(picture(2))
    names = {"one.jpg": {"name": "same.jpg"}, "two.jpg": {"name": "same.jpg"}}
    (tree / ".drive.json").write_text(json.dumps({"files": names}))
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert job["balance"]["stored"] == 2
        images = await harbour.images()
        assert [image["name"] for image in images] == ["same.jpg", "same.jpg"]
        assert {await harbour.original(image) for image in images} == {picture(1), picture(2)}


async def test_an_unchanged_folder_is_imported_again_without_a_download_t7(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 20)
    (tree / "notes.jpg").write_text("this is no picture")
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        assert drive.counts.downloads == 21
        again = await harbour.run(drive.folder_link)
        assert drive.counts.downloads == 21
        assert again["balance"]["duplicate"] == 20
        assert again["balance"]["skipped"] == 1
        assert {r["reason"] for r in again["reasons"]} == {"unchanged", "not_an_image"}
        assert len(await harbour.images()) == 20


async def test_a_renamed_file_is_renamed_and_not_fetched(port: Port, tree: Path) -> None:
    (tree / "before.jpg").write_bytes(picture(1))
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        names = {"before.jpg": {"name": "after.jpg"}}
        (tree / ".drive.json").write_text(json.dumps({"files": names}))
        drive.rescan()
        job = await harbour.run(drive.folder_link)
        assert [reason["reason"] for reason in job["reasons"]] == ["renamed"]
        assert drive.counts.downloads == 1
        assert [image["name"] for image in await harbour.images()] == ["after.jpg"]


async def test_the_same_content_twice_is_one_image_and_one_duplicate(
    port: Port, tree: Path
) -> None:
    (tree / "one.jpg").write_bytes(picture(1))
    (tree / "two.jpg").write_bytes(picture(1))
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["balance"]["stored"], job["balance"]["duplicate"]) == (1, 1)
        items = await harbour.items(job["id"])
        assert {item["image_id"] for item in items} == {(await harbour.images())[0]["image_id"]}
        assert {item["name"] for item in items} == {"one.jpg", "two.jpg"}


async def test_a_running_import_of_the_same_folder_is_answered_with_its_id(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 5)
    async with port() as (harbour, drive):
        drive.hold_downloads()
        first = await harbour.start(drive.folder_link)
        assert await harbour.start(f"{drive.folder_link}?usp=sharing") == first
        drive.release_downloads()
        await harbour.finish(first)
        assert await harbour.start(drive.folder_link) != first
