"""What each refusal of Google means for the import: by its reason first, by the status second."""

import json
import zoneinfo
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from multidict import CIMultiDict

from pixharbor.errors import Fate
from pixharbor.sources.base import (
    FileRefused,
    FileVanished,
    FolderMissing,
    FolderRefused,
    NeedsReauth,
    ProviderFailed,
    QuotaSpent,
    RateLimited,
    SourceError,
    SourceNotConfigured,
    StaleCursor,
    TimedOut,
)
from pixharbor.sources.google_drive_errors import (
    AutomatedQueries,
    Refusal,
    Subject,
    error_for,
    for_account,
    next_midnight_pacific,
)


def understood(
    status: int,
    body: object = b"",
    *,
    subject: Subject = "file",
    cursor: bool = False,
    **headers: str,
) -> SourceError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return error_for(Refusal(status, given, raw, subject, "trip/day 1", cursor))


def classic(status: int, reason: str, message: str = "No.") -> dict[str, Any]:
    entry = {"domain": "global", "reason": reason, "message": message}
    return {"error": {"code": status, "message": message, "errors": [entry]}}


def detailed(status: int, reason: str, word: str = "", message: str = "No.") -> dict[str, Any]:
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}
    return {"error": {"code": status, "message": message, "status": word, "details": [detail]}}


@pytest.mark.parametrize(
    ("status", "reason", "expected", "fate", "code"),
    [
        (403, "rateLimitExceeded", RateLimited, Fate.RETRY, "provider_error"),
        (403, "userRateLimitExceeded", RateLimited, Fate.RETRY, "provider_error"),
        (403, "sharingRateLimitExceeded", RateLimited, Fate.RETRY, "provider_error"),
        (429, "rateLimitExceeded", RateLimited, Fate.RETRY, "provider_error"),
        (403, "dailyLimitExceeded", QuotaSpent, Fate.PAUSE, "quota"),
        (403, "quotaExceeded", QuotaSpent, Fate.PAUSE, "quota"),
        (403, "downloadQuotaExceeded", FileRefused, Fate.SKIP, "provider_error"),
        (403, "cannotDownloadAbusiveFile", FileRefused, Fate.SKIP, "abusive"),
        (403, "invalidAbuseAcknowledgment", FileRefused, Fate.SKIP, "abusive"),
        (403, "fileNotDownloadable", FileRefused, Fate.SKIP, "forbidden"),
        (403, "cannotDownloadFile", FileRefused, Fate.SKIP, "forbidden"),
        (403, "insufficientFilePermissions", FileRefused, Fate.SKIP, "forbidden"),
        (403, "appNotAuthorizedToFile", FileRefused, Fate.SKIP, "forbidden"),
        (403, "domainPolicy", FileRefused, Fate.SKIP, "forbidden"),
        (403, "download_restricted_for_revision", FileRefused, Fate.SKIP, "forbidden"),
        (403, "forbidden", FileRefused, Fate.SKIP, "forbidden"),
        (404, "notFound", FileVanished, Fate.SKIP, "vanished"),
        (410, "gone", FileVanished, Fate.SKIP, "vanished"),
        (401, "authError", NeedsReauth, Fate.PAUSE, "needs_reauth"),
        (500, "internalError", ProviderFailed, Fate.RETRY, "provider_error"),
        (503, "backendError", ProviderFailed, Fate.RETRY, "provider_error"),
        (416, "requestedRangeNotSatisfiable", ProviderFailed, Fate.RETRY, "provider_error"),
        (400, "badRequest", ProviderFailed, Fate.RETRY, "provider_error"),
    ],
)
def test_a_reason_decides_the_fate_in_every_spelling(
    status: int, reason: str, expected: type[SourceError], fate: Fate, code: str
) -> None:
    snake = "".join(f"_{letter}" if letter.isupper() else letter for letter in reason)
    for spelling in (reason, snake.lower(), snake.upper(), reason[0].upper() + reason[1:]):
        for body in (classic(status, spelling), detailed(status, spelling)):
            error = understood(status, body)
            assert type(error) is expected
            assert (error.fate, error.reason) == (fate, code)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, ProviderFailed),
        (401, NeedsReauth),
        (403, FileRefused),
        (404, FileVanished),
        (408, TimedOut),
        (409, ProviderFailed),
        (410, FileVanished),
        (416, ProviderFailed),
        (429, RateLimited),
        (500, ProviderFailed),
        (502, ProviderFailed),
        (503, ProviderFailed),
        (307, ProviderFailed),
    ],
)
@pytest.mark.parametrize(
    "body",
    [b"", b"Nope", b"[1]", b'"x"', b"\xff\xfe", b'{"error": null}', b'{"error": {"errors": 7}}'],
)
def test_without_google_s_json_the_status_decides(
    status: int, expected: type[SourceError], body: bytes
) -> None:
    assert type(understood(status, body)) is expected


def test_the_reason_counts_more_than_the_status() -> None:
    assert type(understood(403, classic(403, "backendError"))) is ProviderFailed
    assert type(understood(500, classic(500, "notFound"))) is FileVanished
    assert type(understood(400, classic(400, "userRateLimitExceeded"))) is RateLimited


def test_the_status_word_alone_is_a_reason_too() -> None:
    body = {"error": {"code": 403, "message": "No.", "status": "RESOURCE_EXHAUSTED"}}
    assert type(understood(403, body)) is RateLimited
    assert type(understood(400, {"error": "invalid_grant"})) is ProviderFailed


def test_a_quota_per_day_is_the_daily_one_under_its_newer_name() -> None:
    message = "Quota exceeded for quota metric 'Queries' and limit 'Queries per day' of service."
    body = detailed(429, "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED", message)
    assert type(understood(429, body)) is QuotaSpent


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            {
                "error": {
                    "code": 400,
                    "message": "API key not valid. Please pass a valid API key.",
                    "errors": [{"reason": "badRequest", "domain": "global"}],
                    "status": "INVALID_ARGUMENT",
                    "details": [{"reason": "API_KEY_INVALID", "domain": "googleapis.com"}],
                }
            },
            "google_api_key_invalid",
        ),
        (classic(400, "keyInvalid"), "google_api_key_invalid"),
        (classic(403, "dailyLimitExceededUnreg"), "google_api_key_missing"),
    ],
)
def test_a_key_that_google_does_not_take_names_the_setting_and_how_to_get_one(
    body: dict[str, Any], code: str
) -> None:
    error = understood(body["error"]["code"], body, subject="folder", cursor=True)
    assert isinstance(error, SourceNotConfigured)
    assert (error.code, error.status, error.fate) == (code, 503, Fate.STOP)
    for word in ("GOOGLE_API_KEY", "https://console.cloud.google.com/", "pixharbor demo"):
        assert word in error.cure


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (classic(403, "accessNotConfigured"), "google_api_off", ("Enable", "Library")),
        (
            detailed(403, "SERVICE_DISABLED", "PERMISSION_DENIED"),
            "google_api_off",
            ("Enable the Google Drive API", "APIs & Services → Library"),
        ),
        (
            detailed(403, "API_KEY_IP_ADDRESS_BLOCKED"),
            "google_api_key_restricted",
            ("Remove the key's application restriction", "allow this server's address"),
        ),
        (
            detailed(403, "API_KEY_HTTP_REFERRER_BLOCKED"),
            "google_api_key_restricted",
            ("Remove the key's application restriction",),
        ),
        (
            detailed(403, "API_KEY_SERVICE_BLOCKED"),
            "google_api_key_restricted",
            ("Add the Google Drive API to the key's API restrictions",),
        ),
    ],
)
def test_a_good_key_that_may_not_is_mended_and_not_made_anew(
    body: dict[str, Any], code: str, words: tuple[str, ...]
) -> None:
    error = understood(403, body, subject="folder", cursor=True)
    assert type(error) is SourceNotConfigured
    assert (error.code, error.status, error.fate) == (code, 503, Fate.STOP)
    assert "GOOGLE_API_KEY" in error.message
    assert "console.cloud.google.com" in error.cure
    assert all(word in error.cure for word in words)
    assert "Make an API key" not in error.cure


def test_a_folder_is_missing_or_refused_with_the_act_that_cures_it() -> None:
    missing = understood(404, classic(404, "notFound"), subject="folder")
    assert type(missing) is FolderMissing
    refused = understood(403, classic(403, "insufficientFilePermissions"), subject="folder")
    assert type(refused) is FolderRefused
    for error, status in ((missing, 404), (refused, 403)):
        assert error.status == status
        assert "Anyone with the link" in error.cure
        assert "trip/day 1" in error.message


@pytest.mark.parametrize("reason", ["invalid", "badRequest", "invalidParameter"])
def test_a_page_token_that_google_forgot_makes_the_listing_stale(reason: str) -> None:
    refusal = classic(400, reason)
    assert type(understood(400, refusal, subject="folder", cursor=True)) is StaleCursor
    assert type(understood(410, b"", subject="folder", cursor=True)) is StaleCursor
    assert type(understood(400, refusal, subject="folder")) is ProviderFailed


def test_a_page_about_automated_queries_is_waited_out_and_then_forbidden() -> None:
    page = b"<html><head><title>Sorry...</title></head><body>automated queries</body></html>"
    error = understood(403, page)
    assert type(error) is AutomatedQueries
    assert (error.fate, error.reason, error.counts_as_try) == (Fate.RETRY, "forbidden", True)
    assert error.retry_after is not None
    assert error.retry_after >= 60
    assert type(understood(502, page)) is ProviderFailed


def test_who_is_taken_for_a_robot_is_told_to_sign_in_and_who_is_signed_in_to_wait() -> None:
    error = understood(403, b"<html><title>Sorry...</title></html>")
    assert "Connect a Google account" in error.cure
    assert error.cure in error.message  # which is all that an item keeps
    signed_in = for_account(error, "anna@example.com")
    assert isinstance(signed_in, AutomatedQueries)
    assert "Connect" not in signed_in.message + signed_in.cure
    assert (signed_in.retry_after, signed_in.reason) == (error.retry_after, "forbidden")


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    assert understood(429, Retry_After="17").retry_after == 17
    assert understood(503, Retry_After="0").retry_after == 0
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert understood(503, Retry_After=date).retry_after == pytest.approx(90, abs=3)
    past = format_datetime(datetime.now(UTC) - timedelta(seconds=90), usegmt=True)
    assert understood(429, retry_after=past).retry_after == 0
    for nonsense in ("", "soon", "1.5e400", "-3", "Wed, 99 Nov"):
        assert understood(429, Retry_After=nonsense).retry_after in (None, 0)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-11-21T06:00:00+00:00", "2026-11-21T08:00:00+00:00"),  # 22:00 the day before, PST
        ("2026-11-21T08:00:00+00:00", "2026-11-22T08:00:00+00:00"),
        ("2026-07-01T06:59:59+00:00", "2026-07-01T07:00:00+00:00"),  # PDT
        ("2026-11-01T07:30:00+00:00", "2026-11-02T08:00:00+00:00"),  # the clocks go back that day
        ("2026-03-08T09:00:00+00:00", "2026-03-09T07:00:00+00:00"),  # and forward on this one
    ],
)
def test_a_spent_day_ends_at_midnight_pacific(now: str, midnight: str) -> None:
    assert next_midnight_pacific(datetime.fromisoformat(now)) == datetime.fromisoformat(midnight)


def test_midnight_is_known_on_a_machine_without_time_zones() -> None:
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        midnight = next_midnight_pacific(datetime(2026, 12, 24, 12, tzinfo=UTC))
    finally:
        zoneinfo.reset_tzpath()
    assert midnight == datetime(2026, 12, 25, 8, tzinfo=UTC)


def test_a_spent_quota_says_until_when() -> None:
    error = understood(403, classic(403, "dailyLimitExceeded"))
    assert error.until == next_midnight_pacific(datetime.now(UTC))
    assert not error.counts_as_try
