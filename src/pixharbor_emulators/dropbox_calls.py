"""The routes of Dropbox that the emulator has, and what each takes: wrong calls are refused."""

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import orjson

from pixharbor_emulators import dropbox_errors as errors
from pixharbor_emulators.drive_errors import Refused
from pixharbor_emulators.drive_media import Scope, header
from pixharbor_emulators.faults import Kind

PREFIX: Final = "/2/"
TOKEN_PATH: Final = "/oauth2/token"  # noqa: S105 - an address

# The permissions that an app's page at Dropbox offers, as far as routes here need them.
METADATA: Final = "files.metadata.read"
CONTENT: Final = "files.content.read"
SHARING: Final = "sharing.read"
ACCOUNT: Final = "account_info.read"
NOTHING: Final = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One function of the API. `takes` are its arguments; those of `needs` must be there.

    Only apps with the permission `scope` may call it, if it names one.
    """

    kind: Kind
    scope: str
    takes: Mapping[str, type]
    needs: Collection[str] = ()
    style: Literal["rpc", "download"] = "rpc"
    for_users_only: bool = False
    for_apps_only: bool = False


_LINK: Final = {"url": str, "path": str, "link_password": str}
_ONE: Final = {
    "path": str,
    "include_media_info": bool,
    "include_deleted": bool,
    "include_has_explicit_shared_members": bool,
    "include_property_groups": dict,
}
_LISTING: Final = {
    **_ONE,
    "recursive": bool,
    "include_mounted_folders": bool,
    "include_non_downloadable_files": bool,
    "include_restorable_info": bool,
    "limit": int,
    "shared_link": dict,
}
ROUTES: Final[dict[str, Route]] = {
    "files/list_folder": Route("list", METADATA, _LISTING, ["path"]),
    "files/list_folder/continue": Route("list", METADATA, {"cursor": str}, ["cursor"]),
    "files/get_metadata": Route("get", METADATA, _ONE, ["path"], for_users_only=True),
    "files/download": Route(
        "download", CONTENT, {"path": str, "rev": str}, ["path"], "download", for_users_only=True
    ),
    "sharing/get_shared_link_metadata": Route("get", SHARING, _LINK, ["url"]),
    "sharing/get_shared_link_file": Route("download", SHARING, _LINK, ["url"], "download"),
    "users/get_current_account": Route("get", ACCOUNT, {}, for_users_only=True),
    "check/app": Route("get", NOTHING, {"query": str}, for_apps_only=True),
}


def read_arguments(name: str, route: Route, scope: Scope, body: bytes) -> dict[str, Any]:
    """Understand the arguments of a call. Raises Refused."""
    content_type = header(scope, b"content-type")
    if route.style == "download":
        given = header(scope, b"dropbox-api-arg")
        if not given.isascii():
            reason = 'HTTP header "Dropbox-API-Arg": could not decode input as JSON'
            raise Refused(errors.bad_request(name, reason))
        allowed: tuple[bytes, ...] = (b"", b"text/plain", b"application/octet-stream")
    else:
        given, allowed = body, (b"application/json", b"application/json; charset=utf-8")
        if not route.takes:
            allowed = (b"", *allowed)
    if content_type not in allowed:
        reason = f'Bad HTTP "Content-Type" header: "{content_type.decode("latin-1")}".'
        raise Refused(errors.bad_request(name, reason))
    return _checked(name, route, _decoded(name, given))


def read_authorization(name: str, route: Route, scope: Scope) -> tuple[str, str]:
    """Return "Basic" with key:secret, or "Bearer" with a token. Raises Refused."""
    given = header(scope, b"authorization")
    if not given:
        raise Refused(errors.no_authorization(name))
    scheme, credentials = _credentials(given)
    if scheme == "Basic" and route.for_users_only:
        raise Refused(errors.wrong_authorization(name, '"Bearer <access token>"'))
    if scheme == "Bearer" and route.for_apps_only:
        raise Refused(errors.wrong_authorization(name, '"Basic <base64(APP_KEY:APP_SECRET)>"'))
    if scheme not in ("Basic", "Bearer") or not credentials:
        raise Refused(errors.wrong_authorization(name, '"Bearer …" or "Basic …"'))
    return scheme, credentials


@lru_cache(maxsize=64)
def _credentials(given: bytes) -> tuple[str, str]:
    scheme, _, rest = given.decode("latin-1").partition(" ")
    if scheme != "Basic":
        return scheme, rest
    try:
        return scheme, base64.b64decode(rest, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return scheme, ""


def _decoded(name: str, given: bytes) -> Any:
    try:
        return orjson.loads(given) if given else None
    except orjson.JSONDecodeError:
        raise Refused(
            errors.bad_request(name, "request body: could not decode input as JSON")
        ) from None


def _checked(name: str, route: Route, arguments: Any) -> dict[str, Any]:
    def refuse(reason: str) -> Refused:
        return Refused(errors.bad_request(name, f"request body: {reason}"))

    if not route.takes:
        if arguments is not None:
            raise refuse("expected null, got object")
        return {}
    if not isinstance(arguments, dict):
        raise refuse("expected object")
    for field, value in arguments.items():
        if field not in route.takes:
            raise refuse(f"unknown field '{field}'")
        if value is not None and not isinstance(value, route.takes[field]):
            raise refuse(f"{field}: expected {route.takes[field].__name__}")
    for field in route.needs:
        if arguments.get(field) is None:
            raise refuse(f"missing required field '{field}'")
    return arguments
