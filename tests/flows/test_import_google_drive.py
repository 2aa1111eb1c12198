"""Flow 1: POST /import/google-drive → list_files → fetch_chunk → finish_import → gallery."""

import csv
import hashlib
import io
from collections import Counter
from pathlib import Path
from uuid import UUID

from emulators.drive_caller import declare
from flows.conftest import Port
from harbour import Harbour, until
from pictures import picture, write_pictures
from sqlalchemy import select

from pixharbor.jobs.models import Task
from pixharbor.jobs.states import TaskState


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


async def test_an_image_is_shown_by_its_address_and_saved_when_asked_to(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 1)
    async with port() as (harbour, drive):
        image = await harbour.run_for_image(drive.folder_link)
        address = f"/api/v1/images/{image['image_id']}"
        shown = await harbour.api.get(address, follow_redirects=True)
        saved = await harbour.api.get(f"{address}?download=1", follow_redirects=True)
        assert shown.headers["content-disposition"].startswith("inline; ")
        assert saved.headers["content-disposition"].startswith("attachment; ")
        assert shown.content == saved.content


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
    declare(tree, files=names)
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
        declare(tree, files=names)
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


async def test_a_shortcut_adds_a_path_to_the_file_and_no_item(port: Port, tree: Path) -> None:
    (tree / "b").mkdir()
    (tree / "b" / "real.jpg").write_bytes(picture(1))
    shortcuts = [{"path": "shown.jpg", "target": "b/real.jpg"}]
    declare(tree, shortcuts=shortcuts)
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert job["balance"]["listed"] == job["balance"]["stored"] == 1
        (item,) = await harbour.items(job["id"])
        assert {item["path"], *item["also_at"]} == {"b/real.jpg", "shown.jpg"}


async def test_pause_resume_and_cancel_act_and_lose_nothing_r13(port: Port, tree: Path) -> None:
    write_pictures(tree, 40)
    async with port() as (harbour, drive):
        drive.hold_downloads()
        job_id = await harbour.start(drive.folder_link)
        await harbour.until(job_id, lambda job: job["state"] == "running")
        paused = await harbour.api.post(f"/api/v1/jobs/{job_id}/pause")
        assert paused.json()["state"] == "paused"
        assert (await harbour.api.post(f"/api/v1/jobs/{job_id}/pause")).status_code == 409
        drive.release_downloads()
        resumed = await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
        assert resumed.json()["state"] in ("listing", "running")
        job = await harbour.finish(job_id)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 40)

        write_pictures(tree, 40, first=1000)
        drive.rescan()
        drive.hold_downloads()
        job_id = await harbour.start(drive.folder_link)
        await harbour.until(job_id, lambda job: job["balance"]["duplicate"] == 40)
        await harbour.api.post(f"/api/v1/jobs/{job_id}/cancel")
        job = await harbour.finish(job_id)
        assert (job["state"], job["balance"]["cancelled"]) == ("cancelled", 40)
        assert (await harbour.api.get(f"/task/{job_id}")).json()["status"] == "REVOKED"
        drive.release_downloads()
        assert (await harbour.api.delete(f"/api/v1/jobs/{job_id}")).status_code == 204
        assert (await harbour.api.get(f"/api/v1/jobs/{job_id}")).status_code == 404
        assert len(await harbour.images()) == 40


async def test_a_paused_import_moves_no_further_while_others_do_r13(port: Port, tree: Path) -> None:
    for name, count in (("large", 200), ("one", 1), ("two", 1)):
        (tree / name).mkdir()
        write_pictures(tree / name, count, first=len(name) * 1000 + count)
    async with port() as (harbour, drive):
        link = "https://drive.google.com/drive/folders/{}".format
        drive.hold_downloads()
        job_id = await harbour.start(link(drive.file_id("large")))
        await harbour.until(job_id, lambda job: job["state"] == "running")
        await harbour.api.post(f"/api/v1/jobs/{job_id}/pause")
        await until_nobody_works_on(harbour, job_id)
        drive.release_downloads()
        balances = []
        for name in ("one", "two"):
            await harbour.run(link(drive.file_id(name)))
            balances.append((await harbour.api.get(f"/api/v1/jobs/{job_id}")).json()["balance"])
        assert [balance["pending"] for balance in balances] == [200, 200]
        await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
        assert (await harbour.finish(job_id))["balance"]["stored"] == 200


async def until_nobody_works_on(harbour: Harbour, job_id: str) -> None:
    """Wait until every task of the job was given back."""
    running = select(Task.id).where(Task.job_id == UUID(job_id), Task.state == TaskState.RUNNING)

    async def look() -> bool | None:
        async with harbour.runtime.work.read() as session:
            return (await session.scalar(running.limit(1))) is None or None

    await until(look)


async def test_the_report_lists_every_file_with_its_fate(port: Port, tree: Path) -> None:
    write_pictures(tree, 3)
    (tree / "=1+1.txt").write_text("a name that a spreadsheet would run")
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        report = await harbour.api.get(f"/api/v1/jobs/{job['id']}/report.csv")
        rows = list(csv.DictReader(io.StringIO(report.text)))
        assert Counter(row["state"] for row in rows) == {"stored": 3, "skipped": 1}
        assert "'=1+1.txt" in {row["name"] for row in rows}
