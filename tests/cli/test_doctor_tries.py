"""`pixharbor doctor` asks each provider: what it says "ok" of, an import could use."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from connecting import connected, google_settings
from harbour import running_harbour
from pictures import write_pictures
from typer.testing import CliRunner

from pixharbor.cli.doctor import try_all
from pixharbor.cli.main import app
from pixharbor.runtime import Settings
from pixharbor_emulators.dropbox import RunningDropbox, running_dropbox
from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive


@pytest.fixture
def album(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "album", 1)
    return tmp_path / "album"


@pytest.fixture
async def drive(album: Path) -> AsyncIterator[RunningGoogleDrive]:
    async with running_google_drive(album, keys={"right"}) as running:
        yield running


@pytest.fixture
async def dropbox(album: Path) -> AsyncIterator[RunningDropbox]:
    async with running_dropbox(album, apps=["key:secret"], refresh_tokens=["r"]) as running:
        yield running


async def check(name: str, data_dir: Path, **settings: Any) -> dict[str, Any]:
    """What doctor says of one part."""
    given = Settings(_env_file=None, data_dir=data_dir, storage_reserve=0, **settings)
    (found,) = [check for check in await try_all(given) if check["name"] == name]
    return found


async def test_a_key_of_google_s_is_tried_s0_53(tmp_path: Path, drive: RunningGoogleDrive) -> None:
    at = {"google_drive_api_url": drive.api_url}
    right = await check("google drive", tmp_path, **at, google_api_key="right")
    assert right["ok"] is True
    assert right["says"].startswith("the key opens public links")
    wrong = await check("google drive", tmp_path, **at, google_api_key="wrong-canary")
    assert wrong["ok"] is False
    assert "Google does not accept the API key in GOOGLE_API_KEY" in wrong["says"]
    assert "canary" not in wrong["says"]
    asked = len(drive.log.entries())
    none = await check("google drive", tmp_path, **at)
    assert none["ok"] is None
    assert "public links" in none["says"]
    assert "set GOOGLE_API_KEY" in none["says"]
    assert len(drive.log.entries()) == asked


async def test_an_app_of_dropbox_s_is_tried_and_its_account(
    tmp_path: Path, dropbox: RunningDropbox
) -> None:
    at = {"dropbox_api_url": dropbox.api_url, "dropbox_token_url": dropbox.token_url}
    pair = {"dropbox_app_key": "key", "dropbox_app_secret": "secret"}
    right = await check("dropbox", tmp_path, **at, **pair)
    assert right["ok"] is True, right
    assert right["says"].startswith("the app opens links")
    dropbox.app.tokens.lacking = {"account_info.read"}  # which imports do without
    own = await check("dropbox", tmp_path, **at, **pair, dropbox_refresh_token="r")
    assert own["ok"] is True, own
    assert "the account opens its own folders" in own["says"]
    gone = await check("dropbox", tmp_path, **at, **pair, dropbox_refresh_token="gone")
    assert gone["ok"] is False
    assert "Authorise the app again" in gone["says"]
    wrong = await check("dropbox", tmp_path, **at, **pair | {"dropbox_app_secret": "other"})
    assert wrong["ok"] is False
    assert "Dropbox does not accept DROPBOX_APP_KEY" in wrong["says"]
    none = await check("dropbox", tmp_path, **at)
    assert none["ok"] is None
    assert "set DROPBOX_APP_KEY and DROPBOX_APP_SECRET" in none["says"]


async def test_a_provider_that_is_away_is_bad(tmp_path: Path, drive: RunningGoogleDrive) -> None:
    nowhere = str(httpx.URL(drive.api_url).copy_with(port=1))
    away = await check(
        "google drive", tmp_path, google_drive_api_url=nowhere, google_api_key="right"
    )
    assert away["ok"] is False
    assert "No connection to Google" in away["says"]


async def test_connected_accounts_are_tried(tmp_path: Path, drive: RunningGoogleDrive) -> None:
    settings = google_settings(drive)
    async with running_harbour(tmp_path, working=False, **settings) as harbour:
        await connected(harbour)
    name = "google_drive as anna@example.com"
    assert await check(name, tmp_path, **settings) == {
        "name": name, "ok": True, "says": "signed in as anna@example.com"
    }  # fmt: skip
    # Sealed with the key in DATA_DIR: another one opens nothing.
    other = await check(name, tmp_path, **settings, secret_key="another key than the one before")
    assert other["ok"] is False
    assert "SECRET_KEY" in other["says"]


def test_what_is_not_set_is_no_fault_and_not_called_ok(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GOOGLE_API_KEY", "DROPBOX_APP_KEY", "DROPBOX_APP_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("STORAGE_RESERVE", "0")
    answered = CliRunner().invoke(app, ["doctor", "--json"])
    assert answered.exit_code == 0, answered.output
    told = json.loads(answered.stdout)
    assert told["healthy"] is True
    oks = {check["name"]: check["ok"] for check in told["checks"]}
    assert (oks["database"], oks["google drive"], oks["dropbox"]) == (True, None, None)
    monkeypatch.setenv("GOOGLE_API_KEY", "any")
    monkeypatch.setenv("GOOGLE_DRIVE_API_URL", "http://127.0.0.1:1/drive/v3")
    answered = CliRunner().invoke(app, ["doctor"])
    assert answered.exit_code == 1
    assert "bad      google drive: No connection to Google" in answered.stderr
    assert "not set  dropbox: " in answered.stderr
