"""Google Drive: what each refusal means, by Google's reason first and by the status second."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from pixharbor.errors import Fate
from pixharbor.sources.base import (
    FileRefused,
    FileVanished,
    FolderMissing,
    FolderRefused,
    KeyMissing,
    NeedsReauth,
    ProviderFailed,
    QuotaSpent,
    RateLimited,
    SourceError,
    SourceNotConfigured,
    StaleCursor,
    TimedOut,
)
from pixharbor.sources.retry_after import read_retry_after

GET_A_KEY: Final = (
    "Make an API key at https://console.cloud.google.com/apis/credentials, switch on the Google "
    "Drive API for its project, and set GOOGLE_API_KEY to the key; `pixharbor demo` shows an "
    "import without one."
)
ENABLE_THE_API: Final = (
    "Enable the Google Drive API for this project: console.cloud.google.com → APIs & Services → "
    "Library (https://console.cloud.google.com/apis/library/drive.googleapis.com)."
)
CREDENTIALS: Final = "https://console.cloud.google.com/apis/credentials"
SHARE_IT: Final = "In Google Drive set the sharing of the folder to “Anyone with the link”."
# Google suspects robots by address and for minutes; a day of pauses would be no better.
ROBOT_PAUSE_SECONDS: Final = 60.0

Subject = Literal["folder", "file"]
Meaning = Literal[
    "key_missing",
    "key_invalid",
    "key_closed_to_us",
    "key_closed_to_drive",
    "api_off",
    "daily",
    "file_quota",
    "abusive",
    "rate",
    "missing",
    "signed_out",
    "refused",
    "failed",
    "bad_request",
]


class AutomatedQueries(SourceError):
    """Google takes this server for a robot and sends a page instead of an answer."""

    # Bulk downloads with an API key meet this; a signed-in account does not (issue 1424 of
    # googleworkspace/python-samples). It passes after a while, or the file fails as forbidden.
    fate = Fate.RETRY
    reason = "forbidden"
    cure = "Connect a Google account and import by that connection, or retry later."


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success. `subject` is what was asked for, `name` its name or id."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    subject: Subject
    name: str
    with_cursor: bool = False


# What is wrong with the key, or with the project that it belongs to: code, message and cure.
_ABOUT_KEY: Final[dict[Meaning, tuple[str, str, str]]] = {
    "key_invalid": (
        "google_api_key_invalid",
        "Google does not accept the API key in GOOGLE_API_KEY.",
        GET_A_KEY,
    ),
    "key_closed_to_us": (
        "google_api_key_restricted",
        "The API key in GOOGLE_API_KEY is restricted to other addresses or apps than this server.",
        f"Remove the key's application restriction, or allow this server's address: {CREDENTIALS}.",
    ),
    "key_closed_to_drive": (
        "google_api_key_restricted",
        "The API key in GOOGLE_API_KEY is restricted to other APIs than Google Drive's.",
        f"Add the Google Drive API to the key's API restrictions: {CREDENTIALS}.",
    ),
    "api_off": (
        "google_api_off",
        "The Google Drive API is not switched on for the project of GOOGLE_API_KEY.",
        ENABLE_THE_API,
    ),
}
# In order: an answer may carry several reasons ("badRequest" beside API_KEY_INVALID), and the
# first row that knows one of them counts. Spelling: see _normal.
_REASONS: Final[tuple[tuple[Meaning, tuple[str, ...]], ...]] = (
    ("key_missing", ("dailylimitexceededunreg", "userratelimitexceededunreg", "keymissing")),
    (
        "key_invalid",
        (
            *("apikeyinvalid", "keyinvalid", "apikeyexpired", "keyexpired", "apikeynotfound"),
            *("consumerinvalid", "consumersuspended", "billingdisabled", "projectinvalid"),
        ),
    ),
    (
        "key_closed_to_us",
        (
            *("apikeyhttpreferrerblocked", "apikeyipaddressblocked", "ipreferrerblocked"),
            *("apikeyandroidappblocked", "apikeyiosappblocked"),
        ),
    ),
    ("key_closed_to_drive", ("apikeyserviceblocked",)),
    ("api_off", ("accessnotconfigured", "servicedisabled")),
    ("daily", ("dailylimitexceeded", "quotaexceeded")),
    ("file_quota", ("downloadquotaexceeded",)),
    ("abusive", ("cannotdownloadabusivefile", "invalidabuseacknowledgment")),
    (
        "rate",
        (
            *("ratelimitexceeded", "userratelimitexceeded", "sharingratelimitexceeded"),
            *("concurrentlimitexceeded", "resourceexhausted"),
        ),
    ),
    ("missing", ("notfound", "filenotfound", "gone")),
    (
        "refused",
        (
            *("filenotdownloadable", "cannotdownloadfile", "insufficientfilepermissions"),
            *("insufficientpermissions", "insufficientparentpermissions", "domainpolicy"),
            *("appnotauthorizedtofile", "downloadrestrictedforrevision", "loginrequired"),
            *("teamdrivemembershiprequired", "accesstokenscopeinsufficient"),
        ),
    ),
    ("signed_out", ("autherror", "unauthorized", "invalidcredentials", "unauthenticated")),
    ("failed", ("backenderror", "internalerror", "transienterror", "internal", "unavailable")),
    ("refused", ("forbidden", "permissiondenied")),
    ("bad_request", ("badrequest", "invalid", "invalidparameter", "invalidargument")),
)
_BY_STATUS: Final[dict[int, Meaning]] = {
    400: "bad_request",
    401: "signed_out",
    403: "refused",
    404: "missing",
    410: "missing",
    429: "rate",
}


def error_for(refusal: Refusal) -> SourceError:
    """The error, with its fate, that an answer of Google stands for."""
    envelope = _envelope(refusal.body)
    wait = read_retry_after(refusal.headers)
    if envelope is None and refusal.status == 403 and b"<html" in refusal.body[:512].lower():  # noqa: PLR2004 - Forbidden
        return AutomatedQueries(
            # An item keeps the message alone.
            f"Google takes this server for a robot. {AutomatedQueries.cure}",
            retry_after=max(wait or 0, ROBOT_PAUSE_SECONDS),
        )
    meaning = _meaning(envelope or {}, refusal.status)
    if meaning == "key_missing":
        return key_missing()
    if meaning in _ABOUT_KEY:
        code, message, cure = _ABOUT_KEY[meaning]
        return SourceNotConfigured(message, code=code, cure=cure)
    if refusal.with_cursor and (meaning == "bad_request" or refusal.status == 410):  # noqa: PLR2004 - Gone
        return StaleCursor()
    if meaning in ("daily", "rate", "failed", "signed_out", "bad_request"):
        return _about_google(meaning, refusal.status, wait)
    about = _about_folder if refusal.subject == "folder" else _about_file
    return about(meaning, refusal.name)


def key_missing() -> KeyMissing:
    """The error for everything that is asked of Google without a key."""
    return KeyMissing(
        "Google Drive needs an API key to open public links.",
        code="google_api_key_missing",
        cure=GET_A_KEY,
    )


def for_account(error: SourceError, account: str) -> SourceError:
    """What an error says to somebody who has connected an account instead of a key."""
    if isinstance(error, SourceNotConfigured):
        return SourceNotConfigured(
            "The Google Drive API is not switched on for the project that signs you in.",
            code="google_api_off",
            cure="Switch it on at https://console.cloud.google.com/apis/library for the project "
            "of GOOGLE_CLIENT_ID (or of the service account).",
        )
    if isinstance(error, AutomatedQueries):  # although it is signed in: only time helps
        return AutomatedQueries(
            "Google takes this server for a robot.",
            retry_after=error.retry_after,
            cure="Retry in some hours.",
        )
    if isinstance(error, FolderMissing | FolderRefused):
        return type(error)(
            f"Google Drive does not show this folder to {account}.",
            cure=f"Check the link, share the folder with {account}, or use another connection.",
        )
    return error


def _about_google(meaning: Meaning, status: int, wait: float | None) -> SourceError:
    """Refusals that have nothing to do with what was asked for."""
    if meaning == "daily":
        return QuotaSpent(
            "Google's quota for today is spent; the import goes on by itself when the next day "
            "begins at Google (midnight Pacific time).",
            until=next_midnight_pacific(datetime.now(UTC)),
            cure="Ask for more in the Google Cloud console under Quotas, or wait.",
        )
    if meaning == "rate":
        return RateLimited("Google asks us to slow down.", retry_after=wait)
    if meaning == "signed_out":
        return NeedsReauth("Google no longer accepts the credentials.", cure=GET_A_KEY)
    if meaning == "bad_request":
        return ProviderFailed(f"Google did not understand the request (HTTP {status}).")
    if status == 408:  # noqa: PLR2004 - Request Timeout
        return TimedOut("Google gave up waiting for the request.", retry_after=wait)
    return ProviderFailed(f"Google failed (HTTP {status}).", retry_after=wait)


def _about_folder(meaning: Meaning, name: str) -> SourceError:
    if meaning == "missing":
        return FolderMissing(
            f"Google Drive has no folder “{name}”, or does not show it to everybody.",
            cure=f"Check the link. {SHARE_IT}",
        )
    return FolderRefused(
        f"Google Drive does not let us read the folder “{name}”. "
        "Share it: set its access to “Anyone with the link”.",
        cure=SHARE_IT,
    )


def _about_file(meaning: Meaning, name: str) -> SourceError:
    if meaning == "missing":
        return FileVanished(f"“{name}” was listed and is gone, or is no longer shared.")
    if meaning == "abusive":
        return FileRefused(
            "Google has marked this file as malware or spam and gives it to its owner alone: by "
            "the owner's connection, with GOOGLE_ACKNOWLEDGE_ABUSE=1.",
            reason="abusive",
        )
    if meaning == "file_quota":
        return FileRefused(
            "Too many people have downloaded this file; Google gives it to nobody for up to 24 "
            "hours. Retry it after that.",
            reason="provider_error",
        )
    return FileRefused("Google Drive does not let us download this file.", cure=SHARE_IT)


def next_midnight_pacific(now: datetime) -> datetime:
    """When Google's quota days begin: the next midnight in Los Angeles, in UTC."""
    pacific = _pacific()
    tomorrow = now.astimezone(pacific).date() + timedelta(days=1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=pacific)
    return midnight.astimezone(UTC)


def _pacific() -> tzinfo:
    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:  # small images have no time zones; winter time is never early
        return timezone(timedelta(hours=-8))


def _meaning(envelope: dict[str, Any], status: int) -> Meaning:
    reasons = {_normal(reason) for reason in _reasons(envelope)}
    message = str(envelope.get("message", "")).lower()
    for meaning, known in _REASONS:
        if reasons.isdisjoint(known):
            continue
        # Newer answers say RATE_LIMIT_EXCEEDED for every quota, the daily one too.
        return "daily" if meaning == "rate" and "per day" in message else meaning
    if status >= 500 or status == 408:  # noqa: PLR2004 - server errors, Request Timeout
        return "failed"
    return _BY_STATUS.get(status, "failed")


def _envelope(body: bytes) -> dict[str, Any] | None:
    """The object under "error", None when the body is not Google's JSON."""
    try:
        error = orjson.loads(body)["error"]
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
        return None
    return error if isinstance(error, dict) else {"status": error}


def _reasons(envelope: dict[str, Any]) -> Iterator[str]:
    for name in ("details", "errors"):
        entries = envelope.get(name)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and entry.get("reason"):
                yield str(entry["reason"])
    yield str(envelope.get("status") or "")


def _normal(reason: str) -> str:
    """userRateLimitExceeded, USER_RATE_LIMIT_EXCEEDED and UserRateLimitExceeded are one reason."""
    return re.sub(r"[^a-z0-9]", "", reason.lower())
