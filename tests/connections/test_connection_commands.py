"""`pixharbor connections` as a program, on a server that is registered with an emulated Google."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from connecting import google_settings

from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive

ROBOT = "robot@emulated-project.iam.gserviceaccount.com"


@pytest.fixture
async def drive(tree: Path) -> AsyncIterator[RunningGoogleDrive]:
    async with running_google_drive(tree) as running:
        yield running


async def pixharbor(
    folder: Path, drive: RunningGoogleDrive, *words: str, **more: str
) -> tuple[int, str, str]:
    settings = {name.upper(): value for name, value in google_settings(drive).items()}
    own = {"DATA_DIR": f"{folder}/data", "STORAGE_RESERVE": "0", "COLUMNS": "200"}
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pixharbor.cli.main", *words),
        env=os.environ | own | settings | more,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await program.communicate()
    assert program.returncode is not None
    return program.returncode, said.decode(), complained.decode()


async def answer(folder: Path, drive: RunningGoogleDrive, *words: str) -> Any:
    code, said, complained = await pixharbor(folder, drive, *words, "--json")
    assert code == 0, complained
    return json.loads(said)


async def test_a_service_account_is_added_imports_and_is_removed(
    tmp_path: Path, drive: RunningGoogleDrive
) -> None:
    key = tmp_path / "key.json"
    key.write_text(json.dumps(drive.oauth.make_service_account(ROBOT)))
    added = await pixharbor(
        tmp_path, drive, "connections", "add", "google-drive", "--key-file", str(key)
    )
    assert added[0] == 0, added
    assert ROBOT in added[2]
    (connection,) = (await answer(tmp_path, drive, "connections", "list"))["connections"]
    link = f"https://drive.google.com/drive/folders/{drive.file_id('diary')}"
    done = await answer(tmp_path, drive, "import", link, "--connection", connection["id"])
    assert (done["state"], done["balance"]["stored"]) == ("completed", 1)
    removed = await pixharbor(tmp_path, drive, "connections", "remove", connection["id"])
    assert removed[0] == 0
    assert (await answer(tmp_path, drive, "connections", "list"))["connections"] == []


async def test_without_a_key_the_address_to_open_is_printed(
    tmp_path: Path, drive: RunningGoogleDrive
) -> None:
    code, said, complained = await pixharbor(tmp_path, drive, "connections", "add", "google_drive")
    assert code == 0, complained
    assert said.strip() == "http://127.0.0.1:8000/api/v1/connections/google-drive/authorize"


async def test_what_is_missing_is_told_with_its_cure(
    tmp_path: Path, drive: RunningGoogleDrive
) -> None:
    unknown = await pixharbor(
        tmp_path, drive, "connections", "add", "google-drive", GOOGLE_CLIENT_ID=""
    )
    assert unknown[0] == 3
    assert "GOOGLE_CLIENT_ID" in unknown[2]
    nowhere = await pixharbor(tmp_path, drive, "connections", "add", "flickr")
    assert nowhere[0] == 1
    assert "Known: google_drive" in nowhere[2]
