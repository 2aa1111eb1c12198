"""Dropbox: every form a link can take, read without asking Dropbox."""

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from pixharbor.sources.accounts import Place
from pixharbor.sources.base import LinkIncomplete, LinkNotUnderstood, Location
from pixharbor.sources.pasted_link import read_pasted

SOURCE: Final = "dropbox"
WEB: Final = "https://www.dropbox.com"
OWN_FOLDERS: Final = f"{WEB}/home"
GOOD_LINK: Final = f"{WEB}/scl/fo/abc123def456/AHx7…?rlkey=k1m2n3"

Kind = Literal["folder", "file", "unknown"]

# What stands before an id, whether the newer kind of link (which has an rlkey), how many words
# the link itself has, and what it leads to when no more follow.
_FORMS: Final[dict[tuple[str, ...], tuple[bool, int, Kind]]] = {
    ("scl", "fo"): (True, 4, "folder"),
    ("scl", "fi"): (True, 4, "file"),
    ("sh",): (False, 3, "folder"),
    ("s",): (False, 3, "unknown"),
}
_WORD: Final = re.compile(r"[-\w]{3,}", re.ASCII)
_HOSTS: Final = {"dropbox.com", "www.dropbox.com", "m.dropbox.com"}
# The same links, with the bytes behind them instead of a page; the API knows them by the others.
_DIRECT_HOSTS: Final = {"dl.dropboxusercontent.com", "dl.dropbox.com"}
# Pages that carry the real address in a parameter: links from mails.
_WRAPPERS: Final = {"www.google.com": ("q", "url")}
_OTHER_SITES: Final = {
    "google.com": "This is a Google link, not one of Dropbox.",
    "db.tt": "This is a shortened link: open it in a browser and copy the address it leads to.",
    "bit.ly": "This is a shortened link: open it in a browser and copy the address it leads to.",
    "dropboxusercontent.com": "This address is a passing one: copy the link of the folder instead.",
}
_OTHER_PAGES: Final = {
    "t": "This is a Dropbox Transfer, which only a browser can open: share a folder instead.",
    "transfer": "This is a Dropbox Transfer, which only a browser can open: share a folder.",
    "l": "This link only leads on: open it in a browser and copy the address it leads to.",
    "sc": "This is a collection of links: share one folder instead.",
    "sm": "This is the page that asks for a password: give the link itself, and the password.",
    "request": "This link is for sending files to its owner; it shows none.",
    "paper": "This is a Paper document, which holds no image files.",
    "showcase": "This is a Dropbox Showcase, which only a browser can open: share a folder.",
    "u": "Dropbox's public folders ended in 2017: share the folder by a link.",
}
_OWN_VIEWS: Final = {"home", "work"}


@dataclass(frozen=True, slots=True)
class Way:
    """How a file or folder is reached through a link; travels as `resource_key`.

    `link` is a link's path and key; `is_file`: it leads to the file itself and not to a folder
    around it; `sealed` is the link's password, sealed, "" for none.
    """

    link: str
    is_file: bool = False
    sealed: str = ""

    @property
    def url(self) -> str:
        """What the API is given."""
        return WEB + self.link

    def __str__(self) -> str:
        """The text that `read_way` understands."""
        return self.link + ("#file" if self.is_file else "") + (self.sealed and f" {self.sealed}")


def read_way(text: str) -> Way:
    """Understand what `str` of a way has made."""
    place, _, sealed = text.partition(" ")
    link, _, mark = place.partition("#")
    return Way(link, mark == "file", sealed)


def own_path(location: Location) -> str:
    """The path or id of an own folder: its place without the account that it belongs to."""
    if location.ref.startswith("/"):
        return location.ref
    account, _, path = location.ref.partition(":/")
    return f"/{path}" if path or location.ref.endswith(":/") else account


def own_place(path: str, below: str) -> Place:
    """A folder of the account, as it can be linked to: `below` is its place in that at `path`."""
    whole = f"{path.rstrip('/')}/{below}"
    return Place(OWN_FOLDERS + quote(whole), whole.rpartition("/")[2])


def read_link(link: str) -> Location:
    """Understand a link to a folder or file, or a page of one's own. Raises LinkNotUnderstood.

    An own folder's location has its path as `ref`, "/" for all, and no `resource_key`.
    """
    try:
        text = read_pasted(link)
    except ValueError:
        raise _not_understood("This is more than one link; give one at a time.") from None
    if not text:
        raise _not_understood("The link is empty.")
    return _read_address(_split(text))


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
    parameters = dict(reversed(parse_qsl(parts.query)))  # of a repeated name the first counts
    if host in _WRAPPERS and not wrapped:
        for name in _WRAPPERS[host]:
            if inner := parameters.get(name):
                return _read_address(_split(inner), wrapped=True)
    if host not in _HOSTS | _DIRECT_HOSTS:
        raise _not_understood(_about_site(host))
    words = [unquote(word) for word in parts.path.split("/") if word]
    if words and words[0] in _OWN_VIEWS and host in _HOSTS:
        return Location(SOURCE, "/" + "/".join(words[1:]), "folder")
    return _read_words(words, parameters.get("rlkey", ""))


def _read_words(words: list[str], rlkey: str) -> Location:
    """A link's path: what kind of link, its id, its hash or name, and perhaps a path below."""
    form = tuple(words[:2]) if words[:1] == ["scl"] else tuple(words[:1])
    if form not in _FORMS:
        raise _not_understood(_about_page(words), LinkIncomplete)
    has_key, length, kind = _FORMS[form]
    if len(words) < length or not _WORD.fullmatch(words[len(form)]):
        raise _not_understood(
            "This Dropbox link has no valid id; it may have been cut.", LinkIncomplete
        )
    if has_key and not _WORD.fullmatch(rlkey):
        raise _not_understood(
            "This Dropbox link has lost its key (rlkey=…); copy it anew.", LinkIncomplete
        )
    path = "/".join(quote(word, safe="") for word in words)
    link = f"/{path}?rlkey={rlkey}" if has_key else f"/{path}"
    kind = kind if len(words) == length else "unknown"
    return Location(SOURCE, link, kind, resource_key=str(Way(link)))


def _about_site(host: str) -> str:
    for site, reason in _OTHER_SITES.items():
        if host == site or host.endswith(f".{site}"):
            return reason
    return f"This link leads to {host}, not to Dropbox."


def _about_page(words: list[str]) -> str:
    if words and words[0] in _OTHER_PAGES:
        return _OTHER_PAGES[words[0]]
    return "This Dropbox link names no folder or file."


def _not_understood(
    reason: str, kind: type[LinkNotUnderstood] = LinkNotUnderstood
) -> LinkNotUnderstood:
    return kind(
        f"{reason} A link to a folder looks like {GOOD_LINK}",
        cure="In Dropbox choose Share beside the folder, then Copy link.",
    )
