"""Dropbox's own error answers: route errors as JSON, misuse of the API as plain text.

The content types are exact: the official SDK refuses "application/json; charset=utf-8".
"""

import itertools
from typing import Final

import orjson

from pixharbor_emulators.drive_errors import HTML_TYPE, Headers, Reply

JSON_TYPE: Final = (b"content-type", b"application/json")
TEXT_TYPE: Final = (b"content-type", b"text/plain; charset=utf-8")
# Summaries end in a varying number of dots, so that nobody compares whole ones.
_DOTS: Final = itertools.cycle(("", ".", "..", "..."))

Tag = str | tuple[str, dict[str, object]]


def json(status: int, answer: object, headers: Headers | None = None) -> Reply:
    """Answer with JSON, of exactly that content type."""
    return Reply(status, orjson.dumps(answer), [JSON_TYPE, *(headers or [])])


def text(status: int, message: str, headers: Headers | None = None) -> Reply:
    """Answer with a line of text."""
    return Reply(status, message.encode(), [TEXT_TYPE, *(headers or [])])


def page(status: int, title: str, words: str, headers: Headers | None = None) -> Reply:
    """Answer with a web page, as what stands before the API does."""
    body = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{words}</body></html>"
    return Reply(status, body.encode(), [HTML_TYPE, *(headers or [])])


def route_error(*tags: str, status: int = 409, **fields: object) -> Reply:
    """Answer with an error of the route: nested tags, and fields beside the innermost."""
    summary = "/".join(tags) + "/" + next(_DOTS)
    error: dict[str, object] = {".tag": tags[-1], **fields}
    for tag in reversed(tags[:-1]):
        error = {".tag": tag, tag: error}
    return json(status, {"error_summary": summary, "error": error})


def bad_request(route: str, reason: str) -> Reply:
    """Refuse a call that is no call of this API."""
    return text(400, f'Error in call to API function "{route}": {reason}')


def no_authorization(route: str) -> Reply:
    """Refuse a call without credentials."""
    return bad_request(
        route, 'Must provide HTTP header "Authorization" or URL parameter "authorization".'
    )


def wrong_authorization(route: str, expected: str) -> Reply:
    """Refuse credentials of a kind that the route does not take."""
    return bad_request(
        route, f'Invalid authorization value in HTTP header "Authorization". Expecting {expected}.'
    )


def invalid_access_token() -> Reply:
    """Refuse a token that Dropbox never gave out or has taken back."""
    return route_error("invalid_access_token", status=401)


def expired_access_token() -> Reply:
    """Refuse a token that was good once; a refreshed one will be."""
    return route_error("expired_access_token", status=401)


def missing_scope(scope: str) -> Reply:
    """Refuse a token of an app that has no such permission."""
    return route_error("missing_scope", status=401, required_scope=scope)


def app_lacks_scope(route: str, scope: str) -> Reply:
    """Refuse an app that has no such permission."""
    return bad_request(
        route,
        "Your app is not permitted to access this endpoint because it does not have the required "
        f"scope '{scope}'. The owner of the app can enable the scope for the app using the "
        "Permissions tab on the App Console.",
    )


def invalid_grant() -> Reply:
    """Refuse a refresh token: the account has disconnected the app."""
    return json(
        400,
        {"error": "invalid_grant", "error_description": "refresh token is invalid or revoked"},
    )


def too_many_requests(retry_after: int, reason: str = "too_many_requests") -> Reply:
    """Ask to slow down, in JSON."""
    error = {"reason": {".tag": reason}, "retry_after": retry_after}
    answer = {"error_summary": f"{reason}/{next(_DOTS)}", "error": error}
    return json(429, answer, [_retry_after(retry_after)])


def too_many_requests_text(retry_after: int) -> Reply:
    """Ask to slow down, in plain text."""
    return text(429, "too_many_requests", [_retry_after(retry_after)])


def unknown_address() -> Reply:
    """Answer for addresses that this API does not have."""
    return text(404, "The requested URL was not found on the server.")


def _retry_after(seconds: int) -> tuple[bytes, bytes]:
    return (b"retry-after", str(seconds).encode())
