"""What goes wrong at Google Drive, one thing at a time: docs/sources/google-drive.md has the table.

Each test says what is stored, what the item says and what the job says.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from emulators.drive_caller import declare
from flows.conftest import Port
from harbour import Harbour
from pictures import picture, write_pictures

from pixharbor.imports import list_files, retry_delays
from pixharbor.sources import google_drive, google_drive_errors, governor, provider_http
from pixharbor_emulators.google_drive import RunningGoogleDrive


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for minutes waits for moments here; the steps are the same."""
    monkeypatch.setattr(provider_http, "IDLE_SECONDS", 0.5)
    monkeypatch.setattr(provider_http, "_SMALL_DOWNLOAD", provider_http._timeout(5))
    monkeypatch.setattr(google_drive_errors, "ROBOT_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(retry_delays, "CAP_SECONDS", 0.1)
    monkeypatch.setattr(governor, "LONGEST_PENALTY_SECONDS", 0.1)


def reasons(job: dict[str, Any]) -> dict[str, int]:
    return {f"{each['state']}/{each['reason']}": each["count"] for each in job["reasons"]}


async def stored(harbour: Harbour) -> Counter[bytes]:
    return Counter([await harbour.original(image) for image in await harbour.images()])


async def assert_healed(harbour: Harbour, drive: RunningGoogleDrive, bodies: list[bytes]) -> None:
    """Everything comes, with the right bytes, and nothing of what went wrong is left."""
    job = await harbour.run(drive.folder_link)
    assert (job["state"], reasons(job)) == ("completed", {}), job
    assert job["balance"]["stored"] == len(bodies)
    assert await stored(harbour) == Counter(bodies)


async def latest_job(harbour: Harbour) -> str:
    return str((await harbour.api.get("/api/v1/jobs")).json()["jobs"][0]["id"])


@pytest.mark.parametrize(
    "fault",
    [
        "truncated", "closed", "resets:times=2", "flipped", "html200", "login-pages",
        "server-errors:0.2", "spellings:0.2", "sorry:0.3", "bad-ranges:0.5",
        "stalled:0.3", "dripping:0.3", "packed", "slow", "redirects",
        "missing-hashes:1", "missing-sizes:1",
    ],
)  # fmt: skip
async def test_what_passes_leaves_no_trace(port: Port, tree: Path, fault: str) -> None:
    bodies = write_pictures(tree, 20)
    async with port(faults=(fault,)) as (harbour, drive):
        await assert_healed(harbour, drive, bodies)


@pytest.mark.parametrize(
    ("fault", "fate"),
    [
        ("vanishing:0.3", "gone/vanished"),
        ("gone:0.3", "gone/vanished"),
        ("abusive:0.3", "failed/abusive"),
        ("forbidden:0.3", "failed/forbidden"),
        ("popular:0.3", "failed/provider_error"),
        ("html200:0.3,times=0", "failed/html_instead_of_file"),
        ("login-pages:0.3,times=0", "failed/html_instead_of_file"),
        ("truncated:0.3,times=0", "failed/truncated"),
        ("closed:0.3,times=0", "failed/truncated"),
        ("stalled:0.3,times=0", "failed/timeout"),
        ("resets:0.3,times=0", "failed/truncated"),
        ("bad-ranges:0.3,times=0", "failed/provider_error"),
        ("sorry:0.3,times=0", "failed/forbidden"),
        ("foreign-redirects:0.3,times=0", "failed/provider_error"),
    ],
)
async def test_what_stays_wrong_has_its_reason_and_the_rest_is_stored(
    port: Port, tree: Path, fault: str, fate: str
) -> None:
    bodies = write_pictures(tree, 20)
    async with port(faults=(fault,)) as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert reasons(job).keys() == {fate}
        assert job["balance"]["stored"] == 20 - reasons(job)[fate] > 0
        assert job["state"] == ("completed" if fate.startswith("gone") else "partial")
        assert await stored(harbour) <= Counter(bodies)
        for item in await harbour.items(job["id"], reason=fate.partition("/")[2]):
            assert item["message"]
            assert item["image_id"] is None
        assert drive.counts.others == 0  # nobody went where a foreign redirect led


async def test_a_wrong_md5_is_outvoted_by_the_same_bytes_twice_and_flagged(
    port: Port, tree: Path
) -> None:
    bodies = write_pictures(tree, 5)
    async with port(faults=("wrong-hashes:1",)) as (harbour, drive):
        await assert_healed(harbour, drive, bodies)
        assert drive.counts.downloads == 10
        for image in await harbour.images():
            info = (await harbour.api.get(f"/api/v1/images/{image['image_id']}/info")).json()
            assert info["source_checksum_mismatch"] is True


async def test_a_wrong_size_is_never_taken_for_the_file(port: Port, tree: Path) -> None:
    write_pictures(tree, 12)
    async with port(faults=("wrong-sizes:1",)) as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["failed"]) == ("partial", 12)
        assert reasons(job).keys() == {"failed/truncated", "failed/checksum"}
        assert all("bytes" in item["message"] for item in await harbour.items(job["id"]))
        assert drive.counts.downloads == 24
        assert await harbour.images() == []


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.jpg", "a/b.jpg", "..", "nul\0.jpg", "📷.jpg", "صورة.jpg", "x" * 1200, " "],
)
async def test_a_name_is_data(port: Port, tree: Path, name: str) -> None:
    bodies = write_pictures(tree, 1)
    declare(tree, files={"picture-00000.jpg": {"name": name, "mimeType": "image/jpeg"}})
    async with port() as (harbour, drive):
        await assert_healed(harbour, drive, bodies)
        (image,) = await harbour.images()
        assert image["name"] == name.replace("\0", "")
        (kept,) = (tree.parent / "data").rglob("*.jpg")
        assert kept.stem.isalnum()  # the object's key is made here, not there


async def test_what_the_name_says_of_the_format_does_not_count(port: Port, tree: Path) -> None:
    (tree / "photo.jpg").write_bytes(picture(1, format="PNG"))
    async with port() as (harbour, drive):
        await assert_healed(harbour, drive, [picture(1, format="PNG")])
        (image,) = await harbour.images()
        info = (await harbour.api.get(f"/api/v1/images/{image['image_id']}/info")).json()
        assert (info["format"], info["mime_type"]) == ("png", "image/png")


@pytest.mark.parametrize(
    "fault",
    ["expiring-tokens", "empty-pages", "short-pages", "repeating-pages", "partial-multi-parent"],
)
async def test_odd_pages_bring_every_file_once(
    port: Port, tree: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(google_drive, "PAGE_SIZE", 10)
    bodies = write_pictures(tree, 35) + write_pictures(tree / "a", 12, first=100)
    bodies += write_pictures(tree / "b", 12, first=200)
    async with port(faults=(fault,)) as (harbour, drive):
        await assert_healed(harbour, drive, bodies)
        assert drive.counts.downloads == len(bodies)


async def test_the_spent_quota_of_a_day_pauses_the_job_until_google_begins_another(
    port: Port, tree: Path
) -> None:
    bodies = write_pictures(tree, 20)
    async with port(faults=("daily-quota:after=8,seconds=3600",)) as (harbour, drive):
        job_id = await harbour.start(drive.folder_link)
        job = await harbour.until(job_id, lambda job: job["state"] == "paused")
        assert job["pause"]["reason"] == "quota"
        assert "midnight Pacific" in job["pause"]["message"]
        until = datetime.fromisoformat(job["pause"]["until"])
        assert timedelta(0) < until - datetime.now(UTC) <= timedelta(hours=25)
        assert (job["balance"]["stored"], job["balance"]["failed"]) == (8, 0)
        next(iter(drive.app.faults)).spent_until = 0.0  # type: ignore[attr-defined]  # the night passes
        await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
        job = await harbour.finish(job_id)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 20)
        assert await stored(harbour) == Counter(bodies)


async def test_what_shifts_while_a_folder_is_paged_through_is_found_the_second_time(
    port: Port, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_drive, "PAGE_SIZE", 10)
    monkeypatch.setattr(list_files, "STEADY_SECONDS", 0)
    bodies = write_pictures(tree, 35) + write_pictures(tree / "a", 2, first=100)
    async with port(faults=("moving",)) as (harbour, drive):
        await assert_healed(harbour, drive, bodies)
        items = await harbour.items(await latest_job(harbour))
        assert sum(item["path"].startswith("a/") for item in items) > 2
        assert drive.counts.downloads == len(bodies)


@pytest.mark.parametrize("fault", ["server_error", "expired_page_token", "sorry", "hang"])
async def test_a_folder_that_fails_for_ever_ends_and_can_be_retried(
    port: Port, tree: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(provider_http, "METADATA_SECONDS", 0.1)
    bodies = write_pictures(tree, 3) + write_pictures(tree / "bad", 3, first=10)
    declare(tree, folders={"bad": {"fault": fault}})
    async with port() as (harbour, drive):
        job_id = await harbour.start(drive.folder_link)
        job = await harbour.until(job_id, lambda job: job["note"] is not None)
        assert "The folder “bad” is asked again." in job["note"]
        job = await harbour.finish(job_id)
        assert (job["state"], job["note"]) == ("partial", None)
        assert job["balance"]["stored"] == 3
        assert job["balance"]["folders"] == {"listed": 1, "failed": 1}
        assert [folder["path"] for folder in job["failed_folders"]] == ["bad"]
        assert job["failed_folders"][0]["message"]
        declare(tree)
        drive.rescan()
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        job = await harbour.finish(job["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 6)
        assert await stored(harbour) == Counter(bodies)


async def test_page_tokens_that_are_always_refused_end_the_folder(
    port: Port, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_drive, "PAGE_SIZE", 10)
    write_pictures(tree, 25)
    async with port(faults=("expiring-tokens:times=0",)) as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["stored"]) == ("partial", 10)
        assert job["balance"]["folders"] == {"listed": 0, "failed": 1}
        assert drive.counts.lists < 30
