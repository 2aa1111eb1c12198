"""Google Drive: its settings, and the quota profiles that GOOGLE_QUOTA_PROFILE can name."""

from dataclasses import dataclass, replace
from typing import Final

from pydantic import SecretStr
from pydantic_settings import BaseSettings
from yarl import URL

from pixharbor.errors import SettingError

GOOGLE_API_URL: Final = "https://www.googleapis.com/drive/v3"


class GoogleDriveSettings(BaseSettings):
    """How Google Drive is reached.

    `google_quota_profile`: "units-2026" (projects made since 2026-05-01), "queries" (older ones),
    "none", or numbers in units a minute, and units a request, of which any may be left out:
    "user=325000,project=1000000,list=100,get=5,download=200". Empty: units-2026 at Google's own
    address, none elsewhere. `google_acknowledge_abuse`: connected accounts fetch their own files
    that Google has marked as malware.
    """

    google_api_key: SecretStr | None = None
    google_drive_api_url: str = GOOGLE_API_URL
    google_quota_profile: str | None = None
    google_acknowledge_abuse: bool = False


@dataclass(frozen=True, slots=True)
class QuotaProfile:
    """Limits in units a minute (None: no limit) and what each kind of request costs in units."""

    user: float | None = None
    project: float | None = None
    list: int = 100
    get: int = 5
    download: int = 200


# https://developers.google.com/workspace/drive/api/guides/limits, as of 2026.
PROFILES: Final = {
    "none": QuotaProfile(),
    "units-2026": QuotaProfile(user=325_000, project=1_000_000),
    "queries": QuotaProfile(user=12_000, project=12_000, list=1, get=1, download=1),
}


def read_api_key(settings: GoogleDriveSettings) -> SecretStr | None:
    """The key, None without one. Raises SettingError for what cannot travel in a header."""
    given = settings.google_api_key.get_secret_value().strip() if settings.google_api_key else ""
    if not (given.isascii() and given.isprintable()) or " " in given:
        raise SettingError(
            "GOOGLE_API_KEY: holds characters that no API key has; expected the 39 letters and "
            "digits shown at https://console.cloud.google.com/apis/credentials",
        )
    return SecretStr(given) if given else None


def read_api_url(settings: GoogleDriveSettings) -> URL:
    """The API's address without a slash at its end. Raises SettingError."""
    given = settings.google_drive_api_url.strip() or GOOGLE_API_URL
    try:
        url = URL(given.rstrip("/"))
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host or url.user or url.query_string:
        raise SettingError(
            f"GOOGLE_DRIVE_API_URL: cannot use {given!r}; expected an address such as "
            f"{GOOGLE_API_URL}",
        )
    return url


def read_quota_profile(settings: GoogleDriveSettings) -> QuotaProfile:
    """The limits to keep to. Raises SettingError."""
    given = (settings.google_quota_profile or "").strip().lower()
    if not given:
        is_google = (read_api_url(settings).host or "").endswith(".googleapis.com")
        given = "units-2026" if is_google else "none"
    if given in PROFILES:
        return PROFILES[given]
    try:
        return _from_numbers(given)
    except (ValueError, TypeError):
        raise SettingError(
            f"GOOGLE_QUOTA_PROFILE: cannot use {given!r}; expected {', '.join(PROFILES)}, or "
            "numbers such as user=325000,project=1000000,list=100,get=5,download=200",
        ) from None


def _from_numbers(given: str) -> QuotaProfile:
    """Read name=number,…; raises ValueError or TypeError for what is not that."""
    numbers = {}
    for part in given.split(","):
        name, _, number = part.partition("=")
        numbers[name.strip()] = int(number)
    profile = replace(QuotaProfile(), **numbers)
    if min(numbers.values()) < 1 or (profile.user is None and profile.project is None):
        raise ValueError(given)
    return profile
