"""What each refusal of Dropbox means for the import: by its tags first, by the status second."""

import json
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
from pixharbor.sources.dropbox_errors import PasswordNeeded, Refusal, error_for, wants_fresh_token

PAGE = b"<!DOCTYPE html><html><title>Error</title><body>too much traffic</body></html>"


def refused(status: int, body: bytes = b"", **more: Any) -> SourceError:
    headers = CIMultiDict(more.pop("headers", {}))
    subject = more.pop("subject", "file")
    return error_for(Refusal(status, headers, body, subject, "a.jpg", **more))


def tagged(*tags: str, **fields: object) -> bytes:
    error: dict[str, object] = {".tag": tags[-1], **fields}
    for tag in reversed(tags[:-1]):
        error = {".tag": tag, tag: error}
    return json.dumps({"error_summary": "/".join(tags) + "/..", "error": error}).encode()


@pytest.mark.parametrize(
    ("status", "body", "file_error", "folder_error"),
    [
        (409, tagged("path", "not_found"), FileVanished, FolderMissing),
        (409, tagged("shared_link_not_found"), FileVanished, FolderMissing),
        (409, tagged("shared_link_is_directory"), FileVanished, FolderMissing),
        (409, tagged("shared_link_access_denied"), FileRefused, PasswordNeeded),
        (409, tagged("path", "restricted_content"), FileRefused, PasswordNeeded),
        (409, tagged("unsupported_link_type"), FileRefused, FolderRefused),
        (409, tagged("path", "locked"), FileRefused, FolderRefused),
        (409, tagged("unsupported_file"), FileRefused, FolderRefused),
        (409, tagged("never_seen_before"), ProviderFailed, ProviderFailed),
        (403, b'{"error": {".tag": "other"}}', FileRefused, FolderRefused),
        (404, b"", FileVanished, FolderMissing),
        (401, tagged("expired_access_token"), SourceNotConfigured, SourceNotConfigured),
        (
            401,
            tagged("missing_scope", required_scope="x"),
            SourceNotConfigured,
            SourceNotConfigured,
        ),
        (400, b"your app does not have the required scope 'x'", *[SourceNotConfigured] * 2),
        (400, b"Invalid app key or secret.", SourceNotConfigured, SourceNotConfigured),
        (400, b"Error in call to API function: path: x", ProviderFailed, ProviderFailed),
        (408, b"", TimedOut, TimedOut),
        (429, b"too_many_requests", RateLimited, RateLimited),
        (429, tagged("x", reason={".tag": "too_many_requests"}), RateLimited, RateLimited),
        (429, PAGE, QuotaSpent, QuotaSpent),
        (509, PAGE, QuotaSpent, QuotaSpent),
        (500, b"", ProviderFailed, ProviderFailed),
        (502, PAGE, ProviderFailed, ProviderFailed),
        (503, b"[]", ProviderFailed, ProviderFailed),
        (302, b"", ProviderFailed, ProviderFailed),
    ],
)
def test_each_answer_has_its_meaning_for_a_file_and_for_a_folder(
    status: int, body: bytes, file_error: type[SourceError], folder_error: type[SourceError]
) -> None:
    assert type(refused(status, body)) is file_error
    assert type(refused(status, body, subject="folder")) is folder_error


def test_an_account_that_is_refused_has_to_be_connected_anew() -> None:
    for tag in ("invalid_access_token", "user_suspended"):
        error = refused(401, tagged(tag), by_app=False)
        assert isinstance(error, NeedsReauth)
        assert error.fate is Fate.PAUSE


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, tagged("missing_scope", required_scope="account_info.read")),
        (400, b"it does not have the required scope 'account_info.read'. The owner can enable it."),
    ],
)
def test_a_permission_that_the_app_lacks_is_named(status: int, body: bytes) -> None:
    error = refused(status, body, by_app=False)
    assert (error.code, error.fate) == ("dropbox_scope_missing", Fate.STOP)
    assert "the permission account_info.read." in error.message
    assert "tick account_info.read" in error.cure


def test_only_a_token_that_has_ended_is_exchanged_for_another() -> None:
    assert wants_fresh_token(401, tagged("expired_access_token"))
    assert wants_fresh_token(401, b"")
    assert not wants_fresh_token(401, tagged("missing_scope", required_scope="x"))
    assert not wants_fresh_token(409, tagged("path", "not_found"))


def test_a_cursor_that_is_unknown_lets_the_folder_be_listed_again() -> None:
    assert isinstance(refused(409, tagged("reset"), with_cursor=True), StaleCursor)
    assert isinstance(refused(400, b"cursor: Invalid", with_cursor=True), StaleCursor)
    assert isinstance(refused(409, tagged("path", "not_found"), with_cursor=True), FileVanished)


def test_the_wait_that_dropbox_asks_for_is_kept() -> None:
    error = refused(429, b"", headers={"Retry-After": "300"})
    assert (error.retry_after, error.counts_as_try) == (300, False)


def test_a_wrong_password_and_a_missing_one_are_told_apart() -> None:
    missing = refused(409, tagged("shared_link_access_denied"), subject="folder")
    wrong = refused(409, tagged("shared_link_access_denied"), subject="folder", password=True)
    assert "has a password" in missing.message
    assert "with the password that was given" in wrong.message
