"""Whatever is wrong with a link, a folder or a file gets a clear answer, and nothing is lost."""

import csv
import io
import struct
import zlib
from pathlib import Path

import pytest
from emulators.drive_caller import declare
from flows.conftest import Port
from pictures import picture, write_pictures

IMPORT = "/import/google-drive"


@pytest.mark.parametrize(
    ("link", "status", "code"),
    [
        ("hello", 422, "link_not_understood"),
        ("https://example.com/drive/folders/1abcdefghijklmnop", 422, "link_not_understood"),
        ("https://www.dropbox.com/sh/abc/def", 422, "link_not_understood"),
        ("https://drive.google.com/drive/my-drive", 422, "link_not_understood"),
        ("https://drive.google.com/drive/folders/1NoSuchFolder00000000", 404, "folder_missing"),
    ],
)
async def test_a_link_that_leads_nowhere_is_refused_at_once_s0_53(
    port: Port, link: str, status: int, code: str
) -> None:
    async with port() as (harbour, _):
        answer = await harbour.api.post(IMPORT, json={"folder_url": link})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["cure"]
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []


async def test_without_a_key_it_says_how_to_get_one_and_makes_no_job(port: Port) -> None:
    async with port(google_api_key=None) as (harbour, drive):
        answer = await harbour.api.post(IMPORT, json={"folder_url": drive.folder_link})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (503, "google_api_key_missing")
        told = problem["detail"] + problem["cure"]
        assert "GOOGLE_API_KEY" in told
        assert "console.cloud.google.com" in told
        assert "demo" in told
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []


async def test_a_wrong_key_is_named_and_never_shown(port: Port) -> None:
    async with port(keys={"right"}, google_api_key="wrong-canary") as (harbour, drive):
        answer = await harbour.api.post(IMPORT, json={"folder_url": drive.folder_link})
        assert (answer.status_code, answer.json()["code"]) == (503, "google_api_key_invalid")
        assert "canary" not in answer.text


async def test_a_private_folder_says_how_to_share_it(port: Port, tree: Path) -> None:
    write_pictures(tree / "mine", 1)
    declare(tree, folders={"mine": {"fault": "private"}})
    async with port() as (harbour, drive):
        link = f"https://drive.google.com/drive/folders/{drive.file_id('mine')}"
        answer = await harbour.api.post(IMPORT, json={"folder_url": link})
        assert answer.status_code in (403, 404)
        assert "Anyone with the link" in answer.json()["detail"] + answer.json()["cure"]


async def test_a_link_to_one_file_imports_that_file(port: Port, tree: Path) -> None:
    write_pictures(tree, 2)
    async with port() as (harbour, drive):
        link = f"https://drive.google.com/file/d/{drive.file_id('picture-00001.jpg')}/view"
        job = await harbour.run(link)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
        assert [image["name"] for image in await harbour.images()] == ["picture-00001.jpg"]


async def test_an_empty_folder_is_completed_with_nothing_listed(port: Port) -> None:
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["listed"]) == ("completed", 0)


async def test_a_folder_of_no_images_skips_each_with_its_reason(port: Port, tree: Path) -> None:
    (tree / "notes.txt").write_text("text")
    (tree / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(64))
    (tree / "page.jpg").write_text("<!doctype html><html><body>no picture</body></html>")
    (tree / "text.jpg").write_text("no picture either")
    (tree / "empty.jpg").write_bytes(b"")
    (tree / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    document = {"path": "Letter", "mimeType": "application/vnd.google-apps.document"}
    declare(tree, documents=[document])
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["skipped"]) == ("completed", 7)
        reasons = {item["name"]: item["reason"] for item in await harbour.items(job["id"])}
        assert reasons == {
            "notes.txt": "not_an_image",
            "film.mp4": "not_an_image",
            "page.jpg": "not_an_image",
            "text.jpg": "not_an_image",
            "empty.jpg": "empty",
            "drawing.svg": "not_an_image",
            "Letter": "not_binary",
        }
        assert await harbour.images() == []


async def test_a_sub_folder_that_is_refused_makes_the_job_partial_t3(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 2)
    write_pictures(tree / "closed", 2, first=10)
    faults = {"folders": {"closed": {"fault": "forbidden"}}}
    declare(tree, **faults)
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert job["state"] == "partial"
        assert job["balance"]["stored"] == 2
        assert job["balance"]["folders"] == {"listed": 1, "failed": 1}
        (folder,) = job["failed_folders"]
        assert (folder["path"], folder["reason"]) == ("closed", "forbidden")
        assert "anyone with the link" in folder["cure"]
        result = (await harbour.api.get(f"/task/{job['id']}")).json()["result"]
        assert (result["failed"], result["folders"]) == (0, {"listed": 1, "failed": 1})
        assert result["errors"] == [f"closed/: {folder['message']}"]
        report = await harbour.api.get(f"/api/v1/jobs/{job['id']}/report.csv")
        last = list(csv.DictReader(io.StringIO(report.text)))[-1]
        assert (last["path"], last["state"], last["seq"]) == ("closed", "folder_failed", "")
        (tree / ".drive.json").unlink()
        drive.rescan()
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        job = await harbour.finish(job["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 4)
        assert job["balance"]["folders"] == {"listed": 2, "failed": 0}


async def test_one_bad_file_fails_alone_and_can_be_retried_t8_t9_t11_t18(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 3)
    (tree / "short.jpg").write_bytes(picture(7, size=(400, 300)))
    (tree / "page.jpg").write_bytes(picture(8))
    faults = {"short.jpg": {"fault": "truncated"}, "page.jpg": {"fault": "html200"}}
    declare(tree, files=faults)
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert job["state"] == "partial"
        assert (job["balance"]["stored"], job["balance"]["failed"]) == (3, 2)
        failed = await harbour.items(job["id"], state="failed")
        assert {item["name"]: item["reason"] for item in failed} == {
            "short.jpg": "truncated",
            "page.jpg": "html_instead_of_file",
        }
        assert all(item["message"] and item["attempts"] >= 2 for item in failed)
        (tree / ".drive.json").unlink()
        drive.rescan()
        retry = f"/api/v1/jobs/{job['id']}/retry"
        await harbour.api.post(retry, json={"reason": "truncated"})
        job = await harbour.finish(job["id"])
        assert (job["state"], job["balance"]["failed"]) == ("partial", 1)
        await harbour.api.post(retry)
        job = await harbour.finish(job["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 5)
        assert len(await harbour.images()) == 5


async def test_what_vanishes_after_it_was_listed_is_gone_not_failed(port: Port, tree: Path) -> None:
    write_pictures(tree, 2)
    faults = {"files": {"picture-00000.jpg": {"fault": "vanished"}}}
    declare(tree, **faults)
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["gone"]) == ("completed", 1)
        assert job["reasons"][0]["reason"] == "vanished"


async def test_a_shortcut_that_led_nowhere_is_gone_until_the_folder_is_imported_again(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 1)
    shortcuts = {"shortcuts": [{"path": "shown.jpg", "target": "lost.jpg"}]}
    declare(tree, **shortcuts)
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["gone"]) == ("completed", 1)
        (tree / "lost.jpg").write_bytes(picture(1))
        drive.rescan()
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        assert (await harbour.finish(job["id"]))["balance"]["gone"] == 1
        again = await harbour.run(drive.folder_link)
        assert (again["balance"]["stored"], again["balance"]["gone"]) == (1, 0)


async def test_a_file_over_the_limit_is_skipped_without_a_download(port: Port, tree: Path) -> None:
    with (tree / "huge.jpg").open("wb") as file:
        file.write(picture(1))
        file.truncate(300 << 20)  # sparse: 300 MB that take no room here
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert [reason["reason"] for reason in job["reasons"]] == ["too_large"]
        assert drive.counts.downloads == 0


async def test_a_file_larger_than_its_listing_ends_at_the_limit(port: Port, tree: Path) -> None:
    (tree / "liar.jpg").write_bytes(picture(1) + bytes(2 << 20))
    listed = {"files": {"liar.jpg": {"size": "1000"}}}
    declare(tree, **listed)
    async with port(limit_file_bytes=1 << 20) as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert [reason["reason"] for reason in job["reasons"]] == ["too_large"]
        assert drive.counts.downloads == 1


async def test_a_decompression_bomb_is_refused_from_its_header_t21(port: Port, tree: Path) -> None:
    (tree / "bomb.png").write_bytes(_png_of_zeros(13_000, 13_000))
    assert (tree / "bomb.png").stat().st_size < 30_000
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert [reason["reason"] for reason in job["reasons"]] == ["too_many_pixels"]
        assert await harbour.images() == []


async def test_a_large_file_goes_over_the_disk_and_arrives_whole_t17(
    port: Port, tree: Path
) -> None:
    body = picture(1, format="PNG") + bytes(20 << 20)
    (tree / "large.png").write_bytes(body)
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert job["balance"]["stored"] == 1
        assert await harbour.original((await harbour.images())[0]) == body
        assert list(harbour.runtime.staging.iterdir()) == []


async def test_a_full_disk_pauses_the_job_before_it_harms_anything_r9(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 5)
    async with port(storage_reserve=1 << 60) as (harbour, drive):
        job_id = await harbour.start(drive.folder_link)
        job = await harbour.until(job_id, lambda job: job["state"] == "paused")
        assert job["pause"]["reason"] == "storage_full"
        assert "STORAGE_URL" in job["pause"]["message"]
        assert job["balance"]["pending"] == 5
    async with port() as (harbour, drive):
        await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
        job = await harbour.finish(job_id)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 5)


@pytest.mark.parametrize("fault", ["storm:0.3", "resets:0.3", "truncated:0.3", "html200:0.3"])
async def test_a_misbehaving_drive_is_outlasted_r11(port: Port, tree: Path, fault: str) -> None:
    bodies = write_pictures(tree, 60)
    async with port(faults=(fault,)) as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 60)
        stored = {await harbour.original(image) for image in await harbour.images()}
        assert stored == set(bodies)


def _png_of_zeros(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes((width // 8 + 2) * height), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
