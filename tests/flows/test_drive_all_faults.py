"""Google Drive with everything wrong at once: it ends, it balances, and what can come has come."""

from pathlib import Path
from typing import Any

import pytest
from flows.conftest import Port
from harbour import FINISHED, Harbour
from pictures import write_pictures

from pixharbor.imports import list_files, retry_delays
from pixharbor.sources import google_drive, google_drive_errors, governor, provider_http
from pixharbor_emulators.faults import Call, DailyLimit, Profile
from pixharbor_emulators.google_drive import RunningGoogleDrive
from pixharbor_emulators.listing_lies import ListingLie

# Faults that strike every attempt decide how a file ends; of two, the first in this order.
FATES: dict[str, tuple[str, str | None]] = {
    "vanishing": ("gone", "vanished"),
    "gone": ("gone", "vanished"),
    "abusive": ("failed", "abusive"),
    "forbidden": ("failed", "forbidden"),
    "popular": ("failed", "provider_error"),
}
ENDS = (*FINISHED, "paused")
LIE_FATES: set[tuple[str, str | None]] = {("failed", "truncated"), ("failed", "checksum")}


async def finish(harbour: Harbour, drive: RunningGoogleDrive, job_id: str) -> dict[str, Any]:
    """To the job's end; at a spent quota the night passes at once."""
    (daily,) = (fault for fault in drive.app.faults if isinstance(fault, DailyLimit))
    while True:
        job = await harbour.until(job_id, lambda job: job["state"] in ENDS, seconds=120)
        if job["state"] != "paused":
            return await harbour.finish(job_id)
        assert job["pause"]["reason"] == "quota"
        daily.spent_until = 0.0
        await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")


def expected(drive: RunningGoogleDrive, file_id: str) -> set[tuple[str, str | None]]:
    """How the file may end, by what the emulator has drawn for it."""
    drawn = drawn_for(drive, file_id)
    for name, fate in FATES.items():
        if name in drawn:
            return {fate}
    return LIE_FATES if "wrong-sizes" in drawn else {("stored", None)}


def drawn_for(drive: RunningGoogleDrive, file_id: str) -> set[str]:
    """The faults that strike the first download of a file, or the listing's words about it."""
    call = Call("download", file_id, 1, "", 0.0, 200)
    return {
        fault.name
        for fault in drive.app.faults
        if (isinstance(fault, Profile) and fault.act(call))
        or (isinstance(fault, ListingLie) and fault.tells_of(file_id))
    }


def can_be_told(drawn: set[str]) -> bool:
    """Whether wrong bytes differ from what was listed: without a hash a flipped bit does not."""
    return not (
        {"missing-hashes", "flipped"} <= drawn
        or {"missing-hashes", "missing-sizes", "truncated"} <= drawn
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_everything_at_once_ends_balances_and_brings_what_can_come_r11(
    port: Port, tree: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(provider_http, "IDLE_SECONDS", 0.5)
    monkeypatch.setattr(provider_http, "_SMALL_DOWNLOAD", provider_http._timeout(5))
    monkeypatch.setattr(google_drive_errors, "ROBOT_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(retry_delays, "CAP_SECONDS", 0.3)
    monkeypatch.setattr(governor, "LONGEST_PENALTY_SECONDS", 0.1)
    monkeypatch.setattr(google_drive, "PAGE_SIZE", 40)
    monkeypatch.setattr(list_files, "STEADY_SECONDS", 0)
    bodies = write_pictures(tree, 150) + write_pictures(tree / "a", 60, first=1000)
    names = [*range(150), *range(1000, 1060)]
    async with port(faults=(f"all:{seed}",)) as (harbour, drive):
        paths = [f"a/picture-{n:05}.jpg" if n >= 1000 else f"picture-{n:05}.jpg" for n in names]
        originals = dict(zip(map(drive.file_id, paths), bodies, strict=True))
        job = await finish(harbour, drive, await harbour.start(drive.folder_link))
        items = await harbour.items(job["id"])
        wrong = {
            item["name"]: (item["state"], item["reason"], item["message"], item["attempts"])
            for item in items
            if (item["state"], item["reason"]) not in expected(drive, item["provider_id"])
        }
        assert wrong == {}
        assert {item["provider_id"] for item in items} == originals.keys()
        assert job["balance"]["stored"] > 150
        assert job["balance"]["folders"] == {"listed": 2, "failed": 0}
        assert job["state"] == "partial"
        assert drive.counts.others == 0  # nobody went where a foreign redirect led
        for image in await harbour.images():
            file_id = image["google_drive_id"]
            if can_be_told(drawn_for(drive, file_id)):
                assert await harbour.original(image) == originals[file_id], image["name"]
        # All that downloads can meet did happen; whether a listing of few pages did is drawn.
        met = {
            fault.name
            for fault in drive.app.faults
            if isinstance(fault, Profile) and "download" in fault.kinds
        }
        assert met <= drive.counts.by_fault.keys()
