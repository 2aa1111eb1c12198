"""Flow 1 from a folder of this machine: what is stored, what the items say, what the job says."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from harbour import Harbour, running_harbour
from pictures import picture, write_pictures
from programs import find_program

from pixharbor.sources import local_folder_read

LONG_AGO = 1_700_000_000


def settle(tree: Path) -> None:
    """Let all of it have been written long ago."""
    for path in tree.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO), follow_symlinks=False)


async def run(harbour: Harbour, folder: Path, **more: Any) -> dict[str, Any]:
    settle(folder)
    wanted = {"source": "local_folder", "location": str(folder), **more}
    answer = await harbour.api.post("/api/v1/imports", json=wanted)
    assert answer.status_code == 202, answer.text
    assert answer.json()["name"] == folder.name
    return await harbour.finish(answer.json()["id"])


async def test_a_folder_becomes_images_and_again_costs_no_reading(
    tmp_path: Path, tree: Path, database_url: str
) -> None:
    bodies = write_pictures(tree, 5) + write_pictures(tree / "2024" / "may", 3, first=5)
    (tree / os.fsdecode(b"caf\xe9.jpg")).write_bytes(picture(100))
    (tree / "twin.jpg").hardlink_to(tree / "picture-00000.jpg")
    (tree / "notes.jpg").write_text("no picture")
    (tree / "@eaDir").mkdir()
    given: dict[str, Any] = {"database_url": database_url, "storage_reserve": 0}
    async with running_harbour(tmp_path / "data", local_folder_roots=str(tree), **given) as harbour:
        job = await run(harbour, tree)
        assert job["state"] == "completed"
        assert job["balance"]["stored"] == 9
        reasons = {reason["reason"]: reason["count"] for reason in job["reasons"]}
        assert reasons == {"same_content": 1, "not_an_image": 1, "filtered": 1}
        assert job["balance"]["folders"] == {"listed": 3, "failed": 0}
        images = await harbour.images(source="local_folder")
        stored = [await harbour.original(image) for image in images]
        assert Counter(stored) == Counter([*bodies, picture(100)])
        items = await harbour.items(job["id"])
        paths = {item["path"] for item in items}
        assert {r"caf\xE9.jpg", "2024/may/picture-00005.jpg"} <= paths

        (tree / "picture-00001.jpg").write_bytes(picture(200))
        os.utime(tree / "picture-00001.jpg", (LONG_AGO + 1, LONG_AGO + 1))
        again = await harbour.api.post("/api/v1/imports", json={"location": f"file://{tree}/"})
        done = await harbour.finish(again.json()["id"])
        told = {reason["reason"]: reason["count"] for reason in done["reasons"]}
        assert done["balance"]["stored"] == 1
        assert told == {"unchanged": 9, "not_an_image": 1, "filtered": 1}


async def test_what_the_api_refuses_makes_no_job(tmp_path: Path, tree: Path) -> None:
    async def refusal(harbour: Harbour, location: str) -> tuple[int, str]:
        wanted = {"source": "local-folder", "location": location}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        assert answer.json()["cure"]
        return answer.status_code, answer.json()["code"]

    async with running_harbour(tmp_path / "closed", storage_reserve=0, working=False) as harbour:
        assert await refusal(harbour, str(tree)) == (503, "local_folders_not_allowed")
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []
    roots: dict[str, Any] = {"local_folder_roots": f"{tree}:/nowhere", "storage_reserve": 0}
    async with running_harbour(tmp_path / "data", working=False, **roots) as harbour:
        assert await refusal(harbour, f"{tree}/missing") == (404, "folder_missing")
        assert await refusal(harbour, "/etc") == (403, "folder_refused")
        assert await refusal(harbour, f"{tree}/../x") == (422, "link_not_understood")
        assert await refusal(harbour, "photos") == (422, "link_not_understood")
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []


async def test_a_file_that_changed_after_it_was_listed_is_stored_as_it_is_now(
    tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pictures(tree, 1)
    # Long enough for this test to change it meanwhile, however busy the machine is.
    monkeypatch.setattr(local_folder_read, "SETTLED_SECONDS", 4.0)
    given: dict[str, Any] = {"local_folder_roots": str(tree), "storage_reserve": 0}
    async with running_harbour(tmp_path / "data", **given) as harbour:
        (tree / "fresh.jpg").write_bytes(picture(1))  # too young: its reader waits
        wanted = {"location": str(tree)}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        job_id = answer.json()["id"]
        await harbour.until(job_id, lambda job: job["balance"]["listed"] == 2)
        (tree / "fresh.jpg").write_bytes(picture(2, size=(80, 80)))
        job = await harbour.finish(job_id)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 2)
        stored = {await harbour.original(image) for image in await harbour.images()}
        assert picture(2, size=(80, 80)) in stored


def import_by_command(
    place: str, folder: Path, *before: str, more: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """`pixharbor import`, typed in `folder`, with its data there."""
    return subprocess.run(
        [*before, sys.executable, "-m", "pixharbor.cli.main", "import", "--json", *more, place],
        env=os.environ | {"DATA_DIR": f"{folder}/data", "STORAGE_RESERVE": "0"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_imports_a_folder_of_this_machine_without_any_setting(
    tmp_path: Path, tree: Path
) -> None:
    write_pictures(tree, 3)
    (tree.parent / "a:b").symlink_to(tree)
    settle(tree)
    balances = []
    for place in ("drive", "./a:b", f"{tree}/picture-00000.jpg"):
        done = import_by_command(place, tmp_path)
        assert done.returncode == 0, done.stderr
        job = json.loads(done.stdout)
        assert job["source"] == "local_folder"
        balances.append({fate: n for fate, n in job["balance"].items() if fate != "folders" and n})
    assert balances == [
        {"listed": 3, "stored": 3},
        {"listed": 3, "duplicate": 3},
        {"listed": 1, "duplicate": 1},
    ]


def test_the_command_uploads_an_archive(tmp_path: Path, tree: Path) -> None:
    write_pictures(tree, 3)
    shutil.make_archive(str(tmp_path / "Album"), "zip", tree)
    done = import_by_command("Album.zip", tmp_path)
    assert done.returncode == 0, done.stderr
    job = json.loads(done.stdout)
    assert (job["source"], job["name"], job["balance"]["stored"]) == ("zip_archive", "Album.zip", 3)


async def test_a_followed_folder_is_imported_again_when_something_arrives(
    tmp_path: Path, tree: Path
) -> None:
    write_pictures(tree, 2)
    settle(tree)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pixharbor.cli.main", "import", "--follow", "--json", str(tree)),
        env=os.environ | {"DATA_DIR": f"{tmp_path}/data", "STORAGE_RESERVE": "0"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )

    async def next_job() -> dict[str, Any]:
        assert process.stdout is not None
        text = b""
        async with asyncio.timeout(60):
            while line := await process.stdout.readline():
                text += line
                with suppress(ValueError):
                    job: dict[str, Any] = json.loads(text)
                    return job
        raise AssertionError(text)

    try:
        assert (await next_job())["balance"]["stored"] == 2
        (tree / "inner").mkdir()
        (tree / "inner" / "new.jpg").write_bytes(picture(50))
        again = (await next_job())["balance"]
        assert (again["stored"], again["duplicate"]) == (1, 2)
    finally:
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 3


def test_only_folders_of_this_machine_are_followed(tmp_path: Path, tree: Path) -> None:
    for place in ("s3://photos", str(tree / "missing")):
        done = import_by_command(place, tmp_path, more=("--follow",))
        assert done.returncode != 0
        assert "--follow" in done.stderr


def as_anybody() -> tuple[str, ...]:
    """What takes root's right to read everything from a command; nothing for others."""
    if os.geteuid() != 0:
        return ()
    return (
        find_program("setpriv", package="util-linux"),
        "--bounding-set=-dac_override,-dac_read_search",
    )


def test_what_may_not_be_read_makes_the_job_partial(tmp_path: Path, tree: Path) -> None:
    write_pictures(tree, 2)
    write_pictures(tree / "closed", 1, first=10)
    settle(tree)
    (tree / "picture-00001.jpg").chmod(0)
    (tree / "closed").chmod(0)
    done = import_by_command(str(tree), tmp_path, *as_anybody())
    (tree / "closed").chmod(0o700)
    assert done.returncode == 2, done.stderr
    job = json.loads(done.stdout)
    assert job["state"] == "partial"
    assert (job["balance"]["stored"], job["balance"]["failed"]) == (1, 1)
    assert job["balance"]["folders"] == {"listed": 1, "failed": 1}
    assert {reason["reason"] for reason in job["reasons"]} == {"forbidden"}
    assert "may not read" in job["failed_folders"][0]["message"]
