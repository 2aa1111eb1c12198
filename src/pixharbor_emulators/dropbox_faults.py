"""What can go wrong at Dropbox: acts that spoil one answer, and profiles that choose answers.

Names are those of Google Drive's faults wherever the same thing goes wrong (faults.py).
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from pixharbor_emulators import dropbox_errors as errors
from pixharbor_emulators.drive_errors import Reply
from pixharbor_emulators.faults import (
    Act,
    Call,
    Cut,
    EmptyPage,
    Fault,
    Flip,
    MakeAct,
    OneEntryPage,
    Profile,
    Wait,
)
from pixharbor_emulators.quota import UnitWindow

_SECONDS: Final = (
    1  # what Retry-After says: tests wait for it, so not the 15 or 300 of the real one
)
_LINK_IN_TROUBLE: Final = (
    "This account's links are generating too much traffic and have been temporarily disabled!"
)

ACTS: Final[dict[str, MakeAct]] = {
    "truncated": lambda _: Cut(),
    "reset": lambda _: Cut(reset=True),
    "flipped": lambda _: Flip(),
    "html200": lambda _: errors.page(200, "Dropbox - a.jpg", "<div id='preview'></div>"),
    "speedbump": lambda _: errors.page(
        200, "Dropbox", "<a href='/speedbump/?url=x'>Continue to the file</a>"
    ),
    "password_page": lambda _: errors.page(
        200, "Dropbox - Password", "<form action='/sm/auth'>This link has a password.</form>"
    ),
    "banned": lambda _: errors.page(429, "Dropbox - Error (429)", _LINK_IN_TROUBLE),
    "banned_509": lambda _: errors.page(509, "Dropbox - Error (509)", _LINK_IN_TROUBLE),
    "vanished": lambda call: _of_link(call, "not_found"),
    "forbidden": lambda call: _of_link(call, "access_denied"),
    "restricted": lambda _: errors.route_error("path", "restricted_content"),
    "locked": lambda _: errors.route_error("path", "locked"),
    "unsupported": lambda _: errors.route_error("unsupported_file"),
    "unsupported_link": lambda _: errors.route_error("unsupported_link_type"),
    "too_many": lambda _: errors.too_many_requests(_SECONDS),
    "too_many_text": lambda _: errors.too_many_requests_text(_SECONDS),
    "too_many_writes": lambda _: errors.too_many_requests(_SECONDS, "too_many_write_operations"),
    "server_error": lambda _: errors.text(500, "Internal Server Error"),
    "unavailable": lambda _: errors.text(503, "Service Unavailable", [(b"retry-after", b"0")]),
    "bad_gateway": lambda _: errors.page(502, "Error", "<h1>502 Bad Gateway</h1>nginx"),
    "expired_token": lambda _: errors.expired_access_token(),
    "invalid_token": lambda _: errors.invalid_access_token(),
    "suspended": lambda _: errors.route_error("user_suspended", status=401),
    "missing_scope": lambda _: errors.route_error(
        "missing_scope", status=401, required_scope="sharing.read"
    ),
    "expired_page_token": lambda _: errors.route_error("reset"),
    "empty_page": lambda _: EmptyPage(),
    "one_entry": lambda _: OneEntryPage(),
    "hang": lambda _: Wait(3600),
}


def _of_link(call: Call, what: str) -> Reply:
    """Listings know no errors of links: theirs are those of paths."""
    if call.kind != "list":
        return errors.route_error(f"shared_link_{what}")
    return errors.route_error("path", "not_found" if what == "not_found" else "restricted_content")


@dataclass(frozen=True, slots=True)
class DropboxProfile(Profile):
    """A profile that draws from Dropbox's acts."""

    @staticmethod
    def acts_by_name() -> dict[str, MakeAct]:
        """What the words in `acts` do."""
        return ACTS


@dataclass(frozen=True, slots=True)
class CursorsExpire(DropboxProfile):
    """Strikes only listings that go on from a cursor."""

    def act(self, call: Call) -> Act | None:
        """Leave first pages alone. Implements Fault."""
        return None if call.page_token is None else Profile.act(self, call)


class RateEnforced:
    """So many calls in any ten seconds for each caller; a call that is refused counts too."""

    name = "rate"

    def __init__(self, rate: float = 10.0, retry_after: float = _SECONDS) -> None:
        self.refused = 0
        self._limit = rate * 10
        self._retry_after = round(retry_after)
        self._callers: dict[str, UnitWindow] = {}

    def act(self, call: Call) -> Act | None:
        """Count the call, and refuse it when there were too many. Implements Fault."""
        window = self._callers.setdefault(call.user, UnitWindow(self._limit, 10.0))
        has_room = window.has_room(call.at, 1)
        window.spend(call.at, 1)
        if has_room:
            return None
        self.refused += 1
        return errors.too_many_requests(self._retry_after)


_ALL_KINDS: Final = frozenset({"list", "get", "download"})
_LIST: Final = frozenset({"list"})
_STORM: Final = (
    *("server_error", "unavailable", "bad_gateway"),
    *("too_many", "too_many_text", "too_many_writes", "reset"),
)

PROFILES: Final[dict[str, DropboxProfile]] = {
    profile.name: profile
    for profile in (
        DropboxProfile("storm", _STORM, _ALL_KINDS, each="attempt", rate=0.1),
        DropboxProfile("truncated", ("truncated",)),
        DropboxProfile("flipped", ("flipped",)),
        DropboxProfile("html200", ("html200", "speedbump", "password_page")),
        DropboxProfile("resets", ("reset",)),
        DropboxProfile("slow", ("wait",), _ALL_KINDS, times=0),
        DropboxProfile("vanishing", ("vanished",), rate=0.05, times=0),
        DropboxProfile("banned", ("banned", "banned_509"), rate=0.1),
        DropboxProfile("empty-pages", ("empty_page",), _LIST),
        DropboxProfile("one-entry-pages", ("one_entry",), _LIST, times=0),
        DropboxProfile("expired-access", ("expired_token",), _ALL_KINDS),
        CursorsExpire("expiring-tokens", ("expired_page_token",), _LIST),
    )
}
NAMES: Final = ("none", "rate", *sorted(PROFILES))


def parse_fault(text: str) -> Fault | None:
    """Understand `NAME`, `NAME:RATE` or `NAME:option=number,…`; "none" is None.

    Raises ValueError that lists what is known.
    """
    name, _, rest = text.partition(":")
    if name not in NAMES:
        raise ValueError(f"unknown fault {name!r}; known are {', '.join(NAMES)}")
    options = dict(_option(each, text) for each in rest.split(",") if each)
    try:
        if name == "none":
            return None
        if name == "rate":
            return RateEnforced(**options)
        whole = {key: int(options.pop(key)) for key in ("times", "seed") if key in options}
        return replace(PROFILES[name], **options, **whole)  # type: ignore[arg-type]  # options are numbers of either kind
    except TypeError:
        raise ValueError(f"fault {text!r}: {name} has no such option") from None


@lru_cache(maxsize=1024)
def declared_fault(text: str, *, folder: bool = False) -> DropboxProfile:
    """Understand a sidecar's `fault`: an act, in every attempt or, as "ACT:2", in the first two.

    A folder's fault strikes when it is listed or looked up; a file's when it is downloaded.
    Raises ValueError that lists the acts.
    """
    name, _, times = text.partition(":")
    if name not in ACTS:
        raise ValueError(f"unknown file fault {name!r}; known are {', '.join(sorted(ACTS))}")
    kinds = frozenset({"list", "get"} if folder else {"download"})
    return DropboxProfile(name, (name,), kinds, times=int(times or 0))


def _option(text: str, whole: str) -> tuple[str, float]:
    key, equals, number = text.partition("=")
    try:
        return (key, float(number)) if equals else ("rate", float(key))
    except ValueError:
        raise ValueError(f"fault {whole!r}: {text!r} is not a number") from None
