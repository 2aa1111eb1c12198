"""Google Drive: every form a link can take, read without asking Google."""

import re
from itertools import pairwise
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pixharbor.sources.base import LinkIncomplete, LinkNotUnderstood, Location
from pixharbor.sources.pasted_link import read_pasted

SOURCE: Final = "google_drive"
GOOD_LINK: Final = "https://drive.google.com/drive/folders/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW"

Kind = Literal["folder", "file", "unknown"]

_ID: Final = re.compile(r"[-\w]{10,200}", re.ASCII)
# The word before an id in a path says what the id stands for; "d" is in /file/d/ID and /d/ID.
_KIND_BEFORE_ID: Final[dict[str, Kind]] = {
    "folders": "folder",
    "d": "file",
    "files": "unknown",  # the API's own addresses: /drive/v3/files/ID
}
# The last word of a path that carries its id as ?id=.
_KIND_WITH_ID: Final[dict[str, Kind]] = {
    "folderview": "folder",
    "embeddedfolderview": "folder",
    "open": "unknown",
    "uc": "file",
    "download": "file",
    "thumbnail": "file",
    "leaf": "unknown",
}
_HOSTS: Final = {
    "drive.google.com",
    "docs.google.com",
    "drive.usercontent.google.com",
    "www.googleapis.com",
    *(f"lh{number}.googleusercontent.com" for number in range(3, 7)),
}
# Pages that carry the real address in a parameter: links from mails, and Google's sign-in page.
_WRAPPERS: Final = {"www.google.com": ("q", "url"), "accounts.google.com": ("continue",)}
_NOT_A_SOURCE: Final = "Put the pictures into a folder of Google Drive or Dropbox and share that."
_OTHER_SITES: Final = {
    "dropbox.com": "This is a Dropbox link, not one of Google Drive.",
    "accounts.google.com": (
        "This is Google's sign-in page: the folder is not shared with everybody, or the link was "
        "copied too early."
    ),
    "forms.gle": "This is a Google form, which holds no image files.",
    "photos.google.com": "Google Photos is not part of Google Drive and cannot be imported.",
    "photos.app.goo.gl": "Google Photos is not part of Google Drive and cannot be imported.",
    **dict.fromkeys(
        ("1drv.ms", "onedrive.live.com"), f"This is a link to OneDrive. {_NOT_A_SOURCE}"
    ),
    "sharepoint.com": f"This is a link to SharePoint. {_NOT_A_SOURCE}",
    "icloud.com": f"This is a link to iCloud. {_NOT_A_SOURCE}",
    **dict.fromkeys(("we.tl", "wetransfer.com"), f"This is a link to WeTransfer. {_NOT_A_SOURCE}"),
    "box.com": f"This is a link to Box. {_NOT_A_SOURCE}",
    "mega.nz": f"This is a link to MEGA. {_NOT_A_SOURCE}",
    **dict.fromkeys(
        ("goo.gl", "bit.ly", "tinyurl.com"),
        "This is a shortened link: open it in a browser and copy the address it leads to.",
    ),
}
_PRIVATE_VIEWS: Final = {
    *("my-drive", "home", "recent", "starred", "trash", "search", "computers", "quota"),
    *("shared-with-me", "shared-drives", "team-drives", "priority", "workspaces", "activity"),
}


def read_link(link: str) -> Location:
    """Understand a link to a folder or file, or a bare id. Raises LinkNotUnderstood."""
    try:
        text = read_pasted(link)
    except ValueError:
        raise _not_understood("This is more than one link; give one at a time.") from None
    if not text:
        raise _not_understood("The link is empty.")
    if _is_bare_id(text):
        return Location(SOURCE, text, "unknown")
    return _read_address(_split(text))


def _is_bare_id(text: str) -> bool:
    """Ids mix letters and digits; that tells them from words such as "my-holiday"."""
    return bool(_ID.fullmatch(text) and re.search(r"\d", text) and re.search(r"[A-Za-z]", text))


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text.removeprefix('//')}")
        _ = parts.port  # a port that is no number is found out only when asked for
    except ValueError:
        raise _not_understood("This is not a link.") from None
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or ""):
        raise _not_understood("This is not a link.")
    return parts


def _read_address(parts: SplitResult, *, wrapped: bool = False) -> Location:
    host = (parts.hostname or "").rstrip(".")
    parameters = _parameters(parts.query)
    if host in _WRAPPERS and not wrapped:
        for name in _WRAPPERS[host]:
            if inner := parameters.get(name):
                return _read_address(_split(inner), wrapped=True)
    if host not in _HOSTS:
        raise _not_understood(_about_site(host))
    words = [unquote(word) for word in parts.path.split("/") if word]
    if parts.fragment.startswith("folders/"):  # before 2014: drive.google.com/#folders/ID
        words = parts.fragment.partition("?")[0].split("/")
    if "forms" in words:  # they have an id like a document's
        raise _not_understood(_about_page(words), LinkIncomplete)
    found = _id_in_path(words) or _id_in_query(words, parameters)
    if not found:
        raise _not_understood(_about_page(words), LinkIncomplete)
    kind, ref = found
    return Location(SOURCE, ref, kind, resource_key=_resource_key(parameters))


def _parameters(query: str) -> dict[str, str]:
    """Names in lower case (resourcekey, resourceKey); of a repeated name the first counts."""
    return {name.lower(): value for name, value in reversed(parse_qsl(query))}


def _id_in_path(words: list[str]) -> tuple[Kind, str] | None:
    for word, ref in pairwise(words):
        ref = ref.partition("=")[0]  # noqa: PLW2901 - lh3 addresses end in a size: /d/ID=w1000
        if word in _KIND_BEFORE_ID and _ID.fullmatch(ref):
            return _KIND_BEFORE_ID[word], ref
    return None


def _id_in_query(words: list[str], parameters: dict[str, str]) -> tuple[Kind, str] | None:
    ref = parameters.get("id", "")
    kind = _KIND_WITH_ID.get(words[-1] if words else "open")
    return (kind, ref) if kind and _ID.fullmatch(ref) else None


def _resource_key(parameters: dict[str, str]) -> str | None:
    """The key of an old link; it goes into a header, so nothing but its own alphabet passes."""
    key = parameters.get("resourcekey", "")
    return key if re.fullmatch(r"[-\w]+", key, re.ASCII) else None


def _about_site(host: str) -> str:
    for site, reason in _OTHER_SITES.items():
        if host == site or host.endswith(f".{site}"):
            return reason
    return f"This link leads to {host}, not to Google Drive."


def _about_page(words: list[str]) -> str:
    if _PRIVATE_VIEWS.intersection(words):
        return (
            "This page is your own view of Drive, which only your account can open: connect it, or "
            "open one folder in it."
        )
    if "forms" in words:
        return "This is a Google form, which holds no image files."
    if ("d", "e") in pairwise(words):
        return "This is a published Google document, which holds no image files."
    if {"folders", "d"}.intersection(words) or (words and words[-1] in _KIND_WITH_ID):
        return "This Google Drive link has no valid id of a folder or file; it may have been cut."
    return "This Google Drive link names no folder or file."


def _not_understood(
    reason: str, kind: type[LinkNotUnderstood] = LinkNotUnderstood
) -> LinkNotUnderstood:
    return kind(
        f"{reason} A link to a folder looks like {GOOD_LINK}",
        cure="In Google Drive open the folder, choose Share, then Copy link.",
    )
