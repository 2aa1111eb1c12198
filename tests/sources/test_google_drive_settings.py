"""What Google Drive can be told by settings, and what a wrong one answers."""

import pytest
from pydantic import SecretStr
from sources.conftest import settings_for

from pixharbor.errors import SettingError
from pixharbor.sources.google_drive_settings import (
    GOOGLE_API_URL,
    GoogleDriveSettings,
    QuotaProfile,
    read_api_key,
    read_api_url,
    read_quota_profile,
)

EMULATOR = "http://127.0.0.1:8123/drive/v3"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOGLE_API_KEY", "GOOGLE_DRIVE_API_URL", "GOOGLE_QUOTA_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def test_settings_come_from_the_environment_s1_31(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", " AIzaKey \n")
    monkeypatch.setenv("GOOGLE_DRIVE_API_URL", EMULATOR + "/")
    settings = GoogleDriveSettings()
    key = read_api_key(settings)
    assert key is not None
    assert key.get_secret_value() == "AIzaKey"
    assert str(read_api_url(settings)) == EMULATOR
    assert "AIzaKey" not in repr(settings)


@pytest.mark.parametrize("given", [None, "", "  "])
def test_an_empty_key_is_no_key(given: str | None) -> None:
    assert read_api_key(settings_for(GOOGLE_API_URL, key=given)) is None


@pytest.mark.parametrize("given", ["AIza\r\nX-Evil: 1", "two words", "clé"])
def test_what_is_no_key_stops_the_start_without_being_shown(given: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_api_key(GoogleDriveSettings(google_api_key=SecretStr(given)))
    assert "GOOGLE_API_KEY" in caught.value.message
    assert given not in caught.value.message


@pytest.mark.parametrize(
    "given",
    ["drive", "ftp://x.example/", "http://", "http://u:p@x.example/", "http://[", "http://x/?a=1"],
)
def test_what_is_no_address_stops_the_start(given: str) -> None:
    with pytest.raises(SettingError, match="GOOGLE_DRIVE_API_URL"):
        read_api_url(settings_for(given))


NEW = QuotaProfile(user=325_000, project=1_000_000, list=100, get=5, download=200)


@pytest.mark.parametrize(
    ("url", "given", "profile"),
    [
        (GOOGLE_API_URL, None, NEW),
        (GOOGLE_API_URL, "", NEW),
        (EMULATOR, None, QuotaProfile()),
        ("https://googleapis.com.evil.example/drive/v3", None, QuotaProfile()),
        (EMULATOR, "units-2026", NEW),
        (GOOGLE_API_URL, "none", QuotaProfile()),
        (GOOGLE_API_URL, "queries", QuotaProfile(12_000, 12_000, 1, 1, 1)),
        (EMULATOR, "user=1000", QuotaProfile(user=1000)),
        (
            EMULATOR,
            " User=1000, project=5000,list=10,get=1,download=20",
            QuotaProfile(1000, 5000, 10, 1, 20),
        ),
    ],
)
def test_the_quota_is_google_s_own_at_google_and_as_told_elsewhere(
    url: str, given: str | None, profile: QuotaProfile
) -> None:
    settings = settings_for(url)
    settings.google_quota_profile = given
    assert read_quota_profile(settings) == profile


@pytest.mark.parametrize(
    "given", ["fast", "user", "user=", "user=fast", "user=0", "user=-5", "list=100", "day=5", "5"]
)
def test_a_quota_that_makes_no_sense_stops_the_start(given: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_quota_profile(settings_for(EMULATOR, given))
    for word in ("GOOGLE_QUOTA_PROFILE", given, "units-2026", "user=325000"):
        assert word in caught.value.message
