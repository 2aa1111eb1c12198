"""What can go wrong at Dropbox: acts that spoil one answer, and profiles that choose answers.

Names are those of Google Drive's faults wherever the same thing goes wrong (faults.py).
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from pixharbor_emulators import dropbox_errors as errors
from pixharbor_emulators.drive_errors import Reply
from pixharbor_emulators.fault_options import read_fault, whole_numbers
from pixharbor_emulators.faults import (
    Act,
    Call,
    Cut,
    EmptyPage,
    Fault,
    Flip,
    LaterPages,
    MakeAct,
    OneEntryPage,
    Profile,
    Stall,
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
    "closed": lambda _: Cut(says_length=True),
    "reset": lambda _: Cut(reset=True, says_length=True),
    "reset_chunked": lambda _: Cut(reset=True),
    "flipped": lambda _: Flip(),
    "stalled": lambda _: Stall(),
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
    "missing_scope": lambda _: errors.missing_scope("sharing.read"),
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
class LaterDropboxPages(LaterPages, DropboxProfile):
    """Strikes only listings that go on from a cursor."""


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
_LISTS: Final = frozenset({"list"})
_STORM: Final = (
    *("server_error", "unavailable", "bad_gateway"),
    *("too_many", "too_many_text", "too_many_writes", "reset"),
)


def _profile(name: str, acts: tuple[str, ...], about: str, **more: Any) -> DropboxProfile:
    return DropboxProfile(name, acts, about=about, **more)


PROFILES: Final[dict[str, DropboxProfile]] = {
    profile.name: profile
    for profile in (
        _profile(
            "storm",
            _STORM,
            "5xx, 429 and resets, drawn anew each time",
            kinds=_ALL_KINDS,
            each="attempt",
            rate=0.1,
        ),
        _profile(
            "server-errors",
            _STORM[:3],
            "500, 502 and 503, drawn anew each time",
            kinds=_ALL_KINDS,
            each="attempt",
            rate=0.3,
        ),
        _profile("truncated", ("truncated",), "bodies end early, without a length"),
        _profile("closed", ("closed",), "bodies end before the length that was announced"),
        _profile("resets", ("reset", "reset_chunked"), "connections break in the body"),
        _profile("flipped", ("flipped",), "one bit of the body is wrong"),
        _profile(
            "html200",
            ("html200", "speedbump", "password_page"),
            "a web page with status 200 for a file",
        ),
        _profile("slow", ("wait",), "answers come late", kinds=_ALL_KINDS, times=0),
        _profile("dripping", ("drip",), "bodies come in drops", times=0, seconds=0.4),
        _profile("stalled", ("stalled",), "bodies stop near their end, for ever", rate=0.1),
        _profile(
            "vanishing", ("vanished",), "files are gone when they are fetched", rate=0.05, times=0
        ),
        _profile("forbidden", ("forbidden",), "files that are not given away", rate=0.05, times=0),
        _profile("banned", ("banned", "banned_509"), "the link has had too much traffic", rate=0.1),
        _profile(
            "expired-access",
            ("expired_token",),
            "each access token is refused once",
            kinds=_ALL_KINDS,
        ),
        _profile("empty-pages", ("empty_page",), "pages without entries", kinds=_LISTS, times=0),
        _profile(
            "one-entry-pages", ("one_entry",), "pages of a single entry", kinds=_LISTS, times=0
        ),
        LaterDropboxPages(
            "expiring-tokens",
            ("expired_page_token",),
            _LISTS,
            about="each cursor is answered with `reset` once",
        ),
    )
}
# name → what it does, as the help tells it.
ABOUT: Final[dict[str, str]] = {
    "none": "nothing",
    "rate": "so many calls a second are answered, those beyond with 429 and Retry-After",
    **{name: profile.about for name, profile in PROFILES.items()},
}
NAMES: Final = tuple(ABOUT)


def parse_fault(text: str) -> Fault | None:
    """Understand `NAME`, `NAME:RATE` or `NAME:option=number,…`; "none" is None.

    Raises ValueError that lists what is known.
    """
    name, options = read_fault(text)
    if name not in NAMES:
        raise ValueError(f"unknown fault {name!r}; known are {', '.join(NAMES)}")
    try:
        if name == "none":
            return None
        if name == "rate":
            return RateEnforced(**options)
        whole = whole_numbers(options)
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
