"""Google's own libraries, unchanged, sign in at the emulator."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.auth.exceptions import RefreshError
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive
from pixharbor_emulators.google_oauth import READ_SCOPE

ROBOT = "robot@emulated-project.iam.gserviceaccount.com"
ANNA = "anna@example.com"


@pytest.fixture
def private_album(album: Path) -> Path:
    (album / ".drive.json").write_text('{"private": ["trip"], "shared_drives": {"trip": "0ATrip"}}')
    return album


def service(drive: RunningGoogleDrive, credentials: Any) -> Any:
    return build(
        "drive",
        "v3",
        credentials=credentials,
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": f"{drive.api_url}/"},
    )


def names(drive: RunningGoogleDrive, credentials: Any, **search: Any) -> list[str]:
    with service(drive, credentials) as api:
        asked = {"q": "trashed = false", "fields": "files(name)", **search}
        return sorted(file["name"] for file in api.files().list(**asked).execute()["files"])


def give_refresh_token(drive: RunningGoogleDrive) -> str:
    """As a browser and a program get one together."""
    page = {
        "response_type": "code",
        "client_id": "id",
        "redirect_uri": "http://127.0.0.1:9/back",
        "scope": READ_SCOPE,
        "choice": "allow",
        "account": ANNA,
    }
    back = httpx.get(drive.authorize_url, params=page, trust_env=False).headers["location"]
    form = {
        "grant_type": "authorization_code",
        "code": httpx.URL(back).params["code"],
        "redirect_uri": page["redirect_uri"],
        "client_id": "id",
        "client_secret": "secret",
    }
    answer = httpx.post(drive.token_url, data=form, trust_env=False).json()
    assert answer.keys() == {"access_token", "expires_in", "scope", "token_type", "refresh_token"}
    return str(answer["refresh_token"])


def by_refresh_token(drive: RunningGoogleDrive, token: str) -> Credentials:
    return Credentials(
        None,
        refresh_token=token,
        token_uri=drive.token_url,
        client_id="id",
        client_secret="secret",
    )


async def test_googles_client_signs_in_with_a_refresh_token_and_renews_by_itself(
    private_album: Path,
) -> None:
    def use(drive: RunningGoogleDrive) -> tuple[list[str], list[str]]:
        credentials = by_refresh_token(drive, give_refresh_token(drive))
        first = names(drive, credentials)
        drive.oauth.expire_access_tokens()  # Google's client meets a 401 and renews
        return first, names(drive, credentials)

    async with running_google_drive(private_album, keys=[], tokens=[]) as drive:
        first, second = await asyncio.to_thread(use, drive)
    assert first == second == ["a.jpg", "album", "empty.jpg", "notes.txt"]
    assert drive.oauth.asked["refresh_token"] == 2


async def test_googles_client_is_told_that_its_token_was_revoked(private_album: Path) -> None:
    def use(drive: RunningGoogleDrive) -> RefreshError:
        token = give_refresh_token(drive)
        drive.oauth.revoke(ANNA)
        with pytest.raises(RefreshError) as refused:
            names(drive, by_refresh_token(drive, token))
        return refused.value

    async with running_google_drive(private_album) as drive:
        error = await asyncio.to_thread(use, drive)
    assert error.args[1] == {
        "error": "invalid_grant",
        "error_description": "Token has been expired or revoked.",
    }


async def test_googles_client_signs_in_with_a_service_account_and_searches_a_shared_drive(
    private_album: Path,
) -> None:
    def use(drive: RunningGoogleDrive) -> list[str]:
        key = drive.oauth.make_service_account(ROBOT) | {"token_uri": drive.token_url}
        robot = service_account.Credentials.from_service_account_info(key, scopes=[READ_SCOPE])
        with service(drive, robot) as api:
            about = api.about().get(fields="user").execute()
            (shared,) = api.drives().list().execute()["drives"]
        assert about["user"]["emailAddress"] == ROBOT
        return names(
            drive,
            robot,
            corpora="drive",
            driveId=shared["id"],
            includeItemsFromAllDrives=True,
            supportsAllDrives=True,
        )

    async with running_google_drive(private_album) as drive:
        found = await asyncio.to_thread(use, drive)
    assert found == ["a.jpg", "day 1", "trip", "📷 b.png"]


async def test_a_signature_that_is_not_the_accounts_own_is_refused(private_album: Path) -> None:
    def use(drive: RunningGoogleDrive) -> str:
        key = drive.oauth.make_service_account(ROBOT) | {"token_uri": drive.token_url}
        drive.oauth.make_service_account(ROBOT)  # another key for the same account
        robot = service_account.Credentials.from_service_account_info(key, scopes=[READ_SCOPE])
        with pytest.raises(RefreshError) as refused:
            names(drive, robot)
        return str(refused.value)

    async with running_google_drive(private_album) as drive:
        assert "Invalid JWT" in await asyncio.to_thread(use, drive)


async def test_what_is_private_does_not_exist_for_a_key(private_album: Path) -> None:
    def use(drive: RunningGoogleDrive) -> HttpError:
        api = build(
            "drive",
            "v3",
            developerKey="k",
            static_discovery=True,
            cache_discovery=False,
            client_options={"api_endpoint": f"{drive.api_url}/"},
        )
        with api, pytest.raises(HttpError) as refused:
            api.files().get(fileId="0ATrip", supportsAllDrives=True).execute()
        return refused.value

    async with running_google_drive(private_album) as drive:
        error = await asyncio.to_thread(use, drive)
    assert error.status_code == 404
