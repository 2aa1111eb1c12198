"""What goes wrong in a folder of this machine: what is stored, and what items and job say."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from flows.test_import_local_folder import settle
from harbour import Harbour, running_harbour
from pictures import picture, write_pictures

from pixharbor.imports import retry_delays
from pixharbor.sources import local_folder_read


def settings_for(tree: Path) -> dict[str, Any]:
    return {"local_folder_roots": str(tree), "storage_reserve": 0}


async def start(harbour: Harbour, place: Path, **more: Any) -> str:
    answer = await harbour.api.post("/api/v1/imports", json={"location": str(place), **more})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def test_a_file_that_never_rests_fails_and_the_rest_is_stored(
    tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_delays, "CAP_SECONDS", 0.01)
    monkeypatch.setattr(local_folder_read, "MOST_WAITS", 1)
    write_pictures(tree, 2)
    restless = tree / "restless.jpg"
    restless.write_bytes(picture(100))

    async def write() -> None:
        while True:
            restless.touch()
            await asyncio.sleep(0.05)

    async with running_harbour(tmp_path / "data", **settings_for(tree)) as harbour:
        writing = asyncio.create_task(write())
        job = await harbour.finish(await start(harbour, tree))
        writing.cancel()
        items = {item["name"]: item for item in await harbour.items(job["id"])}
        assert (job["state"], job["balance"]["stored"]) == ("partial", 2)
        failed = items["restless.jpg"]
        assert (failed["state"], failed["reason"]) == ("failed", "provider_error")
        assert "retry when it is finished" in failed["message"]
        settle(tree)
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        job = await harbour.until(job["id"], lambda job: job["state"] == "completed")
        assert job["balance"]["stored"] == 3


async def test_what_goes_or_is_swapped_after_the_listing_is_told_for_each_file(
    tmp_path: Path, tree: Path
) -> None:
    for name in ("gone", "linked", "piped", "stays"):
        (tree / f"{name}.jpg").write_bytes(picture(len(name)))
    (tmp_path / "secret.jpg").write_bytes(picture(50))
    settle(tree)
    async with running_harbour(tmp_path / "data", **settings_for(tree)) as harbour:
        job_id = await start(harbour, tree, dry_run=True)
        await harbour.until(job_id, lambda job: job["state"] == "completed")
        for name in ("gone", "linked", "piped"):
            (tree / f"{name}.jpg").unlink()
        (tree / "linked.jpg").symlink_to(tmp_path / "secret.jpg")
        os.mkfifo(tree / "piped.jpg")
        await harbour.api.post(f"/api/v1/jobs/{job_id}/run")
        job = await harbour.finish(job_id)
        told = {
            item["name"]: (item["state"], item["reason"]) for item in await harbour.items(job_id)
        }
    assert job["state"] == "partial"
    assert told == {
        "gone.jpg": ("gone", "vanished"),
        "linked.jpg": ("failed", "forbidden"),
        "piped.jpg": ("failed", "forbidden"),
        "stays.jpg": ("stored", None),
    }


async def test_what_is_no_picture_is_skipped_with_its_reason(tmp_path: Path, tree: Path) -> None:
    write_pictures(tree, 1)
    (tree / "link.jpg").symlink_to(tree / "picture-00000.jpg")
    os.mkfifo(tree / "pipe.jpg")
    (tree / "film.mp4").write_bytes(b"film")
    (tree / "nothing.jpg").touch()
    (tree / "Thumbs.db").write_bytes(b"x")
    (tree / "store").mkdir()
    settle(tree)
    store = f"file://{tree}/store"
    given = {**settings_for(tree), "storage_url": store}
    async with running_harbour(tmp_path / "data", **given) as harbour:
        job = await harbour.finish(await start(harbour, tree))
        told = {
            item["name"]: (item["state"], item["reason"]) for item in await harbour.items(job["id"])
        }
    assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
    assert told == {
        "picture-00000.jpg": ("stored", None),
        "link.jpg": ("skipped", "not_an_image"),
        "pipe.jpg": ("skipped", "not_an_image"),
        "film.mp4": ("skipped", "not_an_image"),
        "nothing.jpg": ("skipped", "empty"),
        "Thumbs.db": ("skipped", "filtered"),
        "store": ("skipped", "filtered"),
    }


async def test_a_folder_that_goes_before_it_is_listed_fails_the_job(
    tmp_path: Path, tree: Path
) -> None:
    album = tree / "album"
    write_pictures(album, 1)
    given = settings_for(tree)
    async with running_harbour(tmp_path / "data", working=False, **given) as harbour:
        job_id = await start(harbour, album)
    album.rename(tree / "elsewhere")
    async with running_harbour(tmp_path / "data", **given) as harbour:
        job = await harbour.finish(job_id)
        assert (job["state"], job["error"]["code"]) == ("failed", "folder_missing")
        assert "mounted" in job["error"]["cure"]
        assert await harbour.items(job_id) == []
