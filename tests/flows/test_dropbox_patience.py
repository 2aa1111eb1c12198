"""Dropbox that is slow, silent or forgetful: what is stored, what the item and the job say."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from emulators.dropbox_caller import declare
from flows.conftest import DropboxPort
from harbour import Harbour
from pictures import picture, write_pictures

from pixharbor.imports import retry_delays
from pixharbor.sources import provider_http

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TRIES = 3  # instead of eight


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for minutes waits for moments here; the steps are the same."""
    monkeypatch.setattr(provider_http, "IDLE_SECONDS", 1)
    monkeypatch.setattr(provider_http, "_SMALL_DOWNLOAD", provider_http._timeout(5))
    monkeypatch.setattr(provider_http, "METADATA_SECONDS", 2)
    monkeypatch.setattr(retry_delays, "TRIES", TRIES)
    monkeypatch.setattr(retry_delays, "CAP_SECONDS", 0.1)


async def stored(harbour: Harbour) -> Counter[bytes]:
    return Counter([await harbour.original(image) for image in await harbour.images()])


@pytest.mark.parametrize("fault", ["stalled:1", "dripping:1", "slow:1"])
async def test_a_body_that_hangs_drips_or_comes_late_is_waited_for_or_fetched_again(
    dropbox_port: DropboxPort, tree: Path, fault: str
) -> None:
    bodies = write_pictures(tree, 6) + write_pictures(tree / "below", 4, first=10)
    async with dropbox_port(faults=(fault,)) as (harbour, dropbox):
        job = await harbour.run(dropbox.folder_link)
        assert (job["state"], job["reasons"], job["balance"]["stored"]) == ("completed", [], 10)
        assert await stored(harbour) == Counter(bodies)
        if fault == "stalled:1":
            assert min(item["attempts"] for item in await harbour.items(job["id"])) > 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("stalled", "timeout"),
        ("hang", "timeout"),
        ("server_error", "provider_error"),
        ("bad_gateway", "provider_error"),
        ("closed", "truncated"),
        ("reset", "truncated"),
    ],
)
async def test_what_stays_wrong_at_dropbox_has_its_reason_and_the_rest_is_stored(
    dropbox_port: DropboxPort, tree: Path, fault: str, reason: str
) -> None:
    bodies = write_pictures(tree, 3)
    (tree / "bad.jpg").write_bytes(picture(7, size=(400, 300)))
    declare(tree, files={"bad.jpg": {"fault": fault}})
    async with dropbox_port() as (harbour, dropbox):
        job = await harbour.run(dropbox.folder_link)
        assert (job["state"], job["balance"]["stored"], job["balance"]["failed"]) == (
            "partial", 3, 1
        )  # fmt: skip
        (item,) = await harbour.items(job["id"], state="failed")
        assert (item["name"], item["reason"]) == ("bad.jpg", reason)
        assert (item["attempts"], item["image_id"]) == (TRIES, None)
        assert item["message"]
        assert await stored(harbour) == Counter(bodies)


async def test_cursors_that_are_always_reset_end_the_folder_and_keep_what_was_listed(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    bodies = write_pictures(tree, 5)
    async with dropbox_port(faults=("expiring-tokens:times=0", "one-entry-pages")) as (
        harbour,
        dropbox,
    ):
        job = await harbour.run(dropbox.folder_link)
        assert (job["state"], job["balance"]["listed"], job["balance"]["stored"]) == (
            "partial", 1, 1
        )  # fmt: skip
        assert job["balance"]["folders"] == {"listed": 0, "failed": 1}
        assert await stored(harbour) <= Counter(bodies)
        assert dropbox.counts.lists < 30


@pytest.mark.parametrize("fault", ["server_error", "hang", "expired_page_token"])
async def test_a_sub_folder_of_dropbox_that_fails_for_ever_ends_and_can_be_retried(
    dropbox_port: DropboxPort, tree: Path, fault: str
) -> None:
    bodies = write_pictures(tree, 2) + write_pictures(tree / "bad", 2, first=10)
    declare(tree, folders={"bad": {"fault": fault}})
    async with dropbox_port() as (harbour, dropbox):
        job: dict[str, Any] = await harbour.run(dropbox.folder_link)
        assert (job["state"], job["balance"]["stored"]) == ("partial", 2)
        assert [folder["path"] for folder in job["failed_folders"]] == ["bad"]
        assert job["failed_folders"][0]["message"]
        (tree / ".dropbox.json").unlink()
        dropbox.rescan()
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        job = await harbour.finish(job["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 4)
        assert await stored(harbour) == Counter(bodies)
