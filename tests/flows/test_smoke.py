"""`make smoke` against the emulators: when all is right, when something is not, without keys."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from emulators.drive_caller import declare
from pictures import write_pictures

from pixharbor_emulators.dropbox import running_dropbox
from pixharbor_emulators.google_drive import running_google_drive

TESTS = Path(__file__).parents[1]


async def smoke(**environment: str) -> tuple[int, str]:
    """Run the program; answers its exit code and what it said."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "smoke"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**kept, "PYTHONPATH": f"{TESTS}:{TESTS.parent / 'src'}", **environment},
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, said.decode()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with five pictures, two of them deeper."""
    write_pictures(tmp_path / "album", 3)
    write_pictures(tmp_path / "album" / "deeper", 2, first=10)
    (tmp_path / "album" / "notes.txt").write_text("no picture")
    return tmp_path / "album"


async def test_smoke_imports_from_both_providers_and_checks_every_byte(tree: Path) -> None:
    async with running_google_drive(tree) as drive, running_dropbox(tree) as dropbox:
        code, said = await smoke(
            GOOGLE_API_KEY="key-canary",
            GOOGLE_DRIVE_API_URL=drive.api_url,
            SMOKE_GOOGLE_DRIVE_URL=drive.folder_link,
            DROPBOX_APP_KEY="app",
            DROPBOX_APP_SECRET="secret-canary",
            DROPBOX_API_URL=dropbox.api_url,
            DROPBOX_CONTENT_URL=dropbox.api_url,
            DROPBOX_TOKEN_URL=dropbox.token_url,
            SMOKE_DROPBOX_URL=dropbox.folder_link,
            DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",  # is not for it
        )
    assert code == 0, said
    assert "google_drive: passed." in said
    assert "dropbox: passed." in said
    assert said.count("'stored': 5") == 2
    assert "1 skipped, not_an_image" in said
    assert "canary" not in said


async def test_smoke_says_what_is_wrong(tree: Path) -> None:
    declare(tree, files={"picture-00001.jpg": {"fault": "forbidden"}})
    async with running_google_drive(tree, keys={"right"}) as drive:
        settings = {
            "GOOGLE_DRIVE_API_URL": drive.api_url,
            "SMOKE_GOOGLE_DRIVE_URL": drive.folder_link,
        }
        code, said = await smoke(GOOGLE_API_KEY="right", **settings)
        assert code == 1
        assert "google_drive: FAILED." in said
        assert "wrong: 1 files and 0 folders failed" in said
        assert "dropbox: NOT RUN. Set DROPBOX_APP_KEY and DROPBOX_APP_SECRET and SMOKE" in said
        code, said = await smoke(GOOGLE_API_KEY="wrong", **settings)
        assert code == 1
        assert "Google does not accept the API key" in said


async def test_smoke_without_keys_says_exactly_what_to_set() -> None:
    code, said = await smoke()
    assert code == 2
    for name in ("GOOGLE_API_KEY", "SMOKE_GOOGLE_DRIVE_URL"):
        assert name in said
    for name in ("DROPBOX_APP_KEY", "DROPBOX_APP_SECRET", "SMOKE_DROPBOX_URL"):
        assert name in said
    assert said.count("NOT RUN") == 2
