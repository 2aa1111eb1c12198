"""Google's own error answers, word for word where a public record of them exists."""

from dataclasses import dataclass, field
from typing import Final

import orjson

Headers = list[tuple[bytes, bytes]]

JSON_TYPE: Final = (b"content-type", b"application/json; charset=UTF-8")
HTML_TYPE: Final = (b"content-type", b"text/html; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole HTTP answer that fits in memory."""

    status: int
    body: bytes
    headers: Headers = field(default_factory=lambda: [JSON_TYPE])


class Refused(Exception):
    """The request is answered with an error; `reply` is that answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def html(status: int, page: str, headers: Headers | None = None) -> Reply:
    """Answer with a web page, as Google's front ends do when something is not the API's fault."""
    return Reply(status, page.encode(), [HTML_TYPE, *(headers or [])])


def error(
    status: int,
    reason: str,
    message: str,
    *,
    domain: str = "global",
    location: str | None = None,
    location_type: str = "parameter",
    more: dict[str, object] | None = None,
) -> Reply:
    """Answer with the envelope {"error": {"code", "message", "errors": [...]}}.

    `more` goes beside them: "status" and "details" of the newer kind of answer.
    """
    entry: dict[str, object] = {"message": message, "domain": domain, "reason": reason}
    if location is not None:
        entry |= {"location": location, "locationType": location_type}
    envelope = {"code": status, "message": message, "errors": [entry], **(more or {})}
    return Reply(status, orjson.dumps({"error": envelope}))


def invalid_value(parameter: str) -> Reply:
    """Refuse a page token or a query that makes no sense."""
    return error(400, "invalid", "Invalid Value", location=parameter)


def invalid_field(name: str) -> Reply:
    """Refuse a `fields` selector that names what does not exist."""
    message = f"Invalid field selection {name}"
    return error(400, "invalidParameter", message, location="fields")


def invalid_parameter(parameter: str, value: str) -> Reply:
    """Refuse a parameter whose value is of the wrong kind."""
    message = f"Invalid value '{value}'. Values must match the parameter's type."
    return error(400, "invalidParameter", message, location=parameter)


def not_found(file_id: str) -> Reply:
    """Say that there is no such file, or none that this caller may know of."""
    return error(404, "notFound", f"File not found: {file_id}.", location="fileId")


def gone() -> Reply:
    """Say that there was such a thing, or such a page, and that there is none any more."""
    return error(410, "gone", "Gone")


def no_credentials() -> Reply:
    """Refuse a request with neither key nor token."""
    message = (
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API."
    )
    return error(403, "forbidden", message, more={"status": "PERMISSION_DENIED"})


def unknown_key() -> Reply:
    """Refuse a key that Google never gave out."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": "drive.googleapis.com"},
    }
    message = "API key not valid. Please pass a valid API key."
    more: dict[str, object] = {"status": "INVALID_ARGUMENT", "details": [detail]}
    return error(400, "badRequest", message, more=more)


def bad_token() -> Reply:
    """Refuse an access token that is unknown or has expired."""
    return error(
        401,
        "authError",
        "Invalid Credentials",
        location="Authorization",
        location_type="header",
        more={"status": "UNAUTHENTICATED"},
    )


def not_downloadable() -> Reply:
    """Refuse the bytes of what has none: a folder or a Google document."""
    message = (
        "Only files with binary content can be downloaded. Use Export with Docs Editors files."
    )
    return error(403, "fileNotDownloadable", message, location="alt")


def range_not_satisfiable(size: int) -> Reply:
    """Refuse a range that lies outside a file of `size` bytes."""
    headers = [HTML_TYPE, (b"content-range", f"bytes */{size}".encode())]
    return Reply(416, b"", headers)


def unknown_address() -> Reply:
    """Answer for addresses that this API does not have."""
    page = "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title></html>"
    return html(404, page)
