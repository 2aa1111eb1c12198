"""Dropbox: what each refusal means, by its tags first and by the status second."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import orjson

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

APP_CONSOLE: Final = "https://www.dropbox.com/developers/apps"
SCOPES: Final = (
    "files.metadata.read, files.content.read, sharing.read and, to connect accounts, "
    "account_info.read"
)
GET_A_KEY: Final = (
    f"Create an app at {APP_CONSOLE}, allow it {SCOPES} there, and set DROPBOX_APP_KEY and "
    "DROPBOX_APP_SECRET to its key and secret."
)
SHARE_IT: Final = "In Dropbox set the link's access to “Anyone with the link” and allow downloads."
# A link with too much traffic is closed for a day (help.dropbox.com, "banned links").
BAN: Final = timedelta(hours=24)

Subject = Literal["folder", "file"]
Meaning = Literal[
    "scope", "signed_out", "stale", "rate", "banned", "missing", "locked_out", "legal",
    "no_bytes", "not_readable", "link_kind", "bad_request", "failed", "timeout",
]  # fmt: skip


class PasswordNeeded(FolderRefused):
    """The link is not open to everybody: its owner may have set a password."""

    code = "link_password"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success. `subject` is what was asked for, `name` its name or link.

    `by_app`: asked with the app's key, not in an account's name; `password` was sent or not.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    subject: Subject
    name: str
    by_app: bool = True
    with_cursor: bool = False
    password: bool = False


# In order: an answer carries several tags, the outermost first, and the first row that knows one
# of them counts.
_TAGS: Final[tuple[tuple[Meaning, tuple[str, ...]], ...]] = (
    ("scope", ("missing_scope", "route_access_denied")),
    (
        "signed_out",
        (
            *("expired_access_token", "invalid_access_token", "user_suspended", "invalid_client"),
            *("invalid_select_user", "invalid_select_admin", "invalid_grant"),
        ),
    ),
    ("stale", ("reset",)),
    ("rate", ("too_many_requests", "too_many_write_operations")),
    ("missing", ("not_found", "shared_link_not_found", "not_folder", "shared_link_is_directory")),
    ("locked_out", ("shared_link_access_denied",)),
    ("legal", ("restricted_content",)),
    ("no_bytes", ("unsupported_file", "unsupported_content_type", "not_file")),
    ("not_readable", ("locked", "no_permission", "access_denied", "malformed_path")),
    ("link_kind", ("unsupported_link_type",)),
    ("bad_request", ("unsupported_parameter_field", "unsupported_grant_type")),
)
_UNAUTHORIZED: Final = 401
_BY_STATUS: Final[dict[int, Meaning]] = {
    400: "bad_request",
    _UNAUTHORIZED: "signed_out",
    403: "not_readable",
    404: "missing",
    408: "timeout",
    409: "failed",
    422: "not_readable",
    429: "rate",
    509: "banned",
}


# JSON to an account ("required_scope": "sharing.read"), text to an app (required scope 'x').
_SCOPE: Final = re.compile(rb"""required[_ ]scope["']?[:\s]*["']([\w.]+)["']""")


def wants_fresh_token(status: int, body: bytes) -> bool:
    """Tell whether a refused access token has ended; one that lacks a permission has not."""
    return status == _UNAUTHORIZED and (
        _meaning(Refusal(status, {}, body, "folder", "token")) == "signed_out"
    )


def error_for(refusal: Refusal) -> SourceError:
    """The error, with its fate, that an answer of Dropbox stands for."""
    meaning = _meaning(refusal)
    if meaning in ("scope", "signed_out"):
        return _about_app(meaning, refusal)
    if refusal.with_cursor and meaning in ("stale", "bad_request"):
        return StaleCursor()
    if meaning in ("stale", "rate", "banned", "failed", "timeout", "bad_request"):
        return _about_dropbox(meaning, refusal)
    if refusal.subject == "folder":
        return _about_folder(meaning, refusal)
    return _about_file(meaning, refusal.name)


def key_missing() -> KeyMissing:
    """The error for everything that is asked of Dropbox without an app's key and secret."""
    return KeyMissing(
        "Dropbox links need the key and secret of an app.",
        code="dropbox_app_key_missing",
        cure=GET_A_KEY,
    )


def app_refused() -> SourceNotConfigured:
    """The error for a key and a secret that Dropbox does not know."""
    return SourceNotConfigured(
        "Dropbox does not accept DROPBOX_APP_KEY with DROPBOX_APP_SECRET.",
        code="dropbox_app_key_invalid",
        cure=GET_A_KEY,
    )


def password_lost() -> PasswordNeeded:
    """The error for a password that was sealed with another SECRET_KEY."""
    return PasswordNeeded(
        "The link's password cannot be opened any more: SECRET_KEY is another one now.",
        cure="Import again with link_password, or set SECRET_KEY to what it was.",
    )


def token_missing() -> KeyMissing:
    """The error for a page of one's own without the account that it belongs to."""
    return KeyMissing(
        "This page is your own view of Dropbox, which nobody else can open.",
        code="dropbox_account_missing",
        cure="Share the folder and give its link, or connect your account and import by that "
        "connection.",
    )


def signed_out() -> NeedsReauth:
    """The error for a refresh token that Dropbox does not exchange any more."""
    return NeedsReauth(
        "Dropbox no longer accepts DROPBOX_REFRESH_TOKEN: the account has disconnected the app.",
        cure=f"Authorise the app again ({APP_CONSOLE}) and set DROPBOX_REFRESH_TOKEN.",
    )


def _about_app(meaning: Meaning, refusal: Refusal) -> SourceError:
    if meaning == "scope":
        scope = _scope_in(refusal.body)
        lacks = f"lacks the permission {scope}" if scope else "is not allowed to do this"
        return SourceNotConfigured(
            f"The Dropbox app of DROPBOX_APP_KEY {lacks}.",
            code="dropbox_scope_missing",
            cure=f"At {APP_CONSOLE} under Permissions tick {scope or SCOPES} and press Submit; "
            "then connect the account again, if one is used.",
        )
    return app_refused() if refusal.by_app else signed_out()


def _scope_in(body: bytes) -> str:
    """The permission that an answer names, in JSON or in words; "" when it names none."""
    named = _SCOPE.search(body[:2048])
    return named[1].decode() if named else ""


def _about_dropbox(meaning: Meaning, refusal: Refusal) -> SourceError:
    """Refusals that have nothing to do with what was asked for."""
    wait = read_retry_after(refusal.headers)
    if meaning == "rate":
        return RateLimited("Dropbox asks us to slow down.", retry_after=wait)
    if meaning == "banned":
        return QuotaSpent(
            "This link has had more traffic than Dropbox allows its owner in a day (20 GB and "
            "100,000 downloads on a free account); the import goes on by itself in 24 hours.",
            until=datetime.now(UTC) + BAN,
            cure="Wait, or ask the owner for a larger plan.",
        )
    if meaning == "timeout":
        return TimedOut("Dropbox gave up waiting for the request.", retry_after=wait)
    if meaning == "bad_request":
        return ProviderFailed(f"Dropbox did not understand the request (HTTP {refusal.status}).")
    return ProviderFailed(f"Dropbox failed (HTTP {refusal.status}).", retry_after=wait)


def _about_folder(meaning: Meaning, refusal: Refusal) -> SourceError:
    name = refusal.name
    if meaning == "missing":
        return FolderMissing(
            f"Dropbox has no folder or file behind “{name}”: the link is wrong, or its owner has "
            "deleted it.",
            cure=f"Check the link. {SHARE_IT}",
        )
    if meaning == "link_kind":
        return FolderRefused(
            "Dropbox shows this kind of link in a browser only.",
            cure="Share a folder, and give its link.",
        )
    if meaning == "locked_out" or (meaning == "legal" and refusal.by_app):
        return _locked_out(refusal)
    return FolderRefused(f"Dropbox does not let us read “{name}”.", cure=SHARE_IT)


def _locked_out(refusal: Refusal) -> PasswordNeeded:
    """Dropbox says the same of a private link, an expired one and one with a password."""
    if refusal.password:
        return PasswordNeeded(
            "Dropbox does not open this link with the password that was given.",
            cure="Check link_password, and that the link has not expired.",
        )
    return PasswordNeeded(
        "Dropbox does not open this link to everybody: it has a password, or has expired, or is "
        "for some people only.",
        cure=f"Give its password as link_password. {SHARE_IT}",
    )


def _about_file(meaning: Meaning, name: str) -> SourceError:
    if meaning == "missing":
        return FileVanished(f"“{name}” was listed and is gone, or is no longer shared.")
    if meaning == "no_bytes":
        return FileRefused("An online document has no file to fetch.", reason="not_binary")
    if meaning == "legal":
        return FileRefused("Dropbox holds this file back for legal reasons.")
    return FileRefused("Dropbox does not let us download this file.", cure=SHARE_IT)


def _meaning(refusal: Refusal) -> Meaning:
    envelope = _envelope(refusal.body)
    if envelope is None:
        return _meaning_of_text(refusal)
    tags = set(_tags(envelope))
    for meaning, known in _TAGS:
        if not tags.isdisjoint(known):
            return meaning
    return _by_status(refusal.status)


def _meaning_of_text(refusal: Refusal) -> Meaning:
    """Misuse of the API and throttling come as text, trouble before the API as a page."""
    text = refusal.body[:2048].decode("latin-1").lower()
    is_page = "<html" in text
    if refusal.status in (429, 509) and is_page:
        return "banned"
    if refusal.status == 400:  # noqa: PLR2004 - Bad Request
        if "required scope" in text:
            return "scope"
        if "app key" in text or "authorization" in text:
            return "signed_out"
    return _by_status(refusal.status)


def _by_status(status: int) -> Meaning:
    return _BY_STATUS.get(status, "failed")


def _envelope(body: bytes) -> dict[str, Any] | None:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return answer if isinstance(answer, dict) else None


def _tags(envelope: Any) -> Iterator[str]:
    """Every tag, the outermost first: {".tag": "path", "path": {".tag": "not_found"}}."""
    error = envelope.get("error", envelope)
    if isinstance(error, str):  # the token endpoint's own way
        yield error
    while isinstance(error, dict):
        tag = error.get(".tag")
        yield str(tag)
        below = error.get(tag) if tag else None
        error = below if below is not None else error.get("reason")
