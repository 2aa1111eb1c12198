"""What can go wrong at Google Drive: acts that spoil one answer, and faults that choose answers.

A new act is one line in ACTS. Everything is drawn from a seed by file and attempt, so a run repeats
whatever the order in which requests come in. Faults with names: drive_fault_profiles.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, Protocol

from pixharbor_emulators import drive_fault_replies as replies
from pixharbor_emulators.draws import draw
from pixharbor_emulators.drive_errors import (
    Reply,
    gone,
    invalid_value,
    not_found,
    range_not_satisfiable,
)
from pixharbor_emulators.drive_spellings import SPELLINGS, respelt
from pixharbor_emulators.quota import Quota

Kind = Literal["list", "get", "download", "other"]

LIST_UNITS: Final = 100
GET_UNITS: Final = 5
DOWNLOAD_UNITS: Final = 200
UNITS: Final[dict[str, int]] = {"list": LIST_UNITS, "get": GET_UNITS, "download": DOWNLOAD_UNITS}


@dataclass(frozen=True, slots=True)
class Call:
    """What is being asked.

    `id` is the file, or the listed folders joined by commas; `attempt` counts from 1 for each
    kind, id and page; `at` is in seconds of a clock that only grows; `redirected`: the caller was
    sent here; `acknowledges_abuse`: the owner asks for what is marked as malware.
    """

    kind: Kind
    id: str
    attempt: int
    user: str
    at: float
    units: int
    page_token: str | None = None
    signed_in: bool = False
    origin: str = ""
    redirected: bool = False
    acknowledges_abuse: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """The body ends after a share of it: as if that were all, or with a reset connection.

    Without `says_length` there is no Content-Length that would tell how much is missing.
    """

    share: float = 0.5
    reset: bool = False
    says_length: bool = False


@dataclass(frozen=True, slots=True)
class Drip:
    """The body comes in so many pieces, with a pause before each; `seconds` are for all of it."""

    seconds: float
    pieces: int = 8


@dataclass(frozen=True, slots=True)
class Stall:
    """The body stops after a share of it, and the connection stays open for ever."""

    share: float = 0.97


@dataclass(frozen=True, slots=True)
class Pack:
    """The answer is packed with gzip, whatever the caller accepts: a proxy on the way does that."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One bit in the middle of the body is wrong."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The answer comes late, by `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class LoseParent:
    """A listing of several folders comes without one of them, and does not say so."""

    parent_id: str


@dataclass(frozen=True, slots=True)
class EmptyPage:
    """A page of a listing holds nothing but the token of the next one."""


@dataclass(frozen=True, slots=True)
class OneEntryPage:
    """A page of a listing holds a single entry, whatever was asked for."""


@dataclass(frozen=True, slots=True)
class ShortPage:
    """A page of a listing holds a share of what was asked for, and the token of the next one."""

    share: float = 0.3


@dataclass(frozen=True, slots=True)
class RepeatedEntries:
    """A page begins with the last entries of the page before: something was put in there."""

    entries: int = 3


@dataclass(frozen=True, slots=True)
class MovedEntry:
    """Since the page before, one of its entries was moved to another folder."""


Act = (
    Reply
    | (Cut | Drip | Stall | Flip | Pack | Wait)
    | (LoseParent | EmptyPage | OneEntryPage | ShortPage | RepeatedEntries | MovedEntry)
)
MakeAct = Callable[[Call], Act | None]

_REFUSALS: Final[dict[str, MakeAct]] = {
    "vanished": lambda call: not_found(call.id),
    "forbidden": lambda _: replies.insufficient_permissions(),
    "abusive": lambda call: None if call.acknowledges_abuse else replies.abusive(),
    "download_quota": lambda _: replies.download_quota(),
    "daily_limit": lambda _: replies.daily_limit(),
    "user_rate": lambda _: replies.user_rate_limit(),
    "project_rate": lambda _: replies.rate_limit(),
    "too_many": lambda _: replies.too_many_requests(),
    "server_error": lambda _: replies.backend_error(500),
    "unavailable": lambda _: replies.backend_error(503),
}


def _spelt(make: MakeAct, spelling: str) -> MakeAct:
    def make_spelt(call: Call) -> Act | None:
        reply = make(call)
        assert isinstance(reply, Reply)
        return respelt(reply, spelling)

    return make_spelt


def _sent_to(place: str) -> MakeAct:
    """Send the caller on, but not for ever."""

    def redirect(call: Call) -> Act | None:
        # Another host by its name, though it leads here: whoever goes there is found in the log.
        stranger = call.origin.replace("127.0.0.1", "localhost")
        address = place.format(origin=call.origin, stranger=stranger, id=call.id)
        return None if call.redirected else replies.redirect(address)

    return redirect


ACTS: Final[dict[str, MakeAct]] = {
    **_REFUSALS,
    **{
        f"{name}_{spelling}": _spelt(make, spelling)
        for name, make in _REFUSALS.items()
        for spelling in SPELLINGS
    },
    "truncated": lambda _: Cut(),
    "closed": lambda _: Cut(says_length=True),
    "reset": lambda _: Cut(reset=True, says_length=True),
    "reset_chunked": lambda _: Cut(reset=True),
    "flipped": lambda _: Flip(),
    "stalled": lambda _: Stall(),
    "packed": lambda _: Pack(),
    "html200": lambda _: replies.virus_scan_page(),
    "quota_page": lambda _: replies.quota_page(),
    "login_page": lambda _: replies.login_page(),
    "private": lambda call: None if call.signed_in else not_found(call.id),
    "gone": lambda _: gone(),
    "bad_range": lambda _: range_not_satisfiable(0),
    "sorry": lambda _: replies.automated_queries(),
    "bad_gateway": lambda _: replies.bad_gateway(),
    "expired_page_token": lambda _: invalid_value("pageToken"),
    "redirected": _sent_to("{origin}/_content/{id}"),
    "redirected_away": _sent_to("http://169.254.169.254/latest/meta-data/"),
    "redirected_to_stranger": _sent_to("{stranger}/_stranger/{id}"),
    "partial": lambda call: LoseParent(call.id.split(",")[-1]) if "," in call.id else None,
    "empty_page": lambda _: EmptyPage(),
    "short_page": lambda _: ShortPage(),
    "repeated_entries": lambda _: RepeatedEntries(),
    "moved_entry": lambda _: MovedEntry(),
    "hang": lambda _: Wait(3600),
}
# Acts that last as long as their profile says.
_TIMED: Final[dict[str, Callable[[float], Act]]] = {"wait": Wait, "drip": Drip}


class Fault(Protocol):
    """Something that may strike a call."""

    @property
    def name(self) -> str:
        """What the request log shows."""
        ...

    def act(self, call: Call) -> Act | None:
        """Return what to do to this call's answer, None to leave it alone."""
        ...


@dataclass(frozen=True, slots=True)
class Profile:
    """A fault that strikes a share of the calls of some kinds.

    `each` "file": a `rate` of the files is struck, each in its first `times` attempts (0: in all).
    `each` "attempt": every attempt is drawn anew. One of `acts` is drawn each time.
    `seconds` is how long a Wait or a Drip lasts. `about` is for the help.
    """

    name: str
    acts: tuple[str, ...]
    kinds: frozenset[str] = frozenset({"download"})
    each: Literal["file", "attempt"] = "file"
    rate: float = 1.0
    times: int = 1
    seed: int = 0
    seconds: float = 0.05
    about: str = ""

    def act(self, call: Call) -> Act | None:
        """Draw by file and attempt. Implements Fault."""
        if call.kind not in self.kinds:
            return None
        if self.each == "attempt":
            struck = self._draw("strike", call, call.attempt) < self.rate
        else:
            in_time = self.times == 0 or call.attempt <= self.times
            struck = in_time and self._draw("strike", call, 0) < self.rate
        if not struck:
            return None
        which = self._draw("which", call, call.attempt)
        act_name = self.acts[int(which * len(self.acts))]
        if act_name in _TIMED:
            return _TIMED[act_name](self.seconds)
        return self.acts_by_name()[act_name](call)

    @staticmethod
    def acts_by_name() -> dict[str, MakeAct]:
        """What the words in `acts` do; another provider has acts of its own."""
        return ACTS

    def _draw(self, what: str, call: Call, attempt: int) -> float:
        return draw(self.seed, self.name, what, call.kind, call.id, call.page_token, attempt)


@dataclass(frozen=True, slots=True)
class LaterPages(Profile):
    """Strikes only listings that go on from a page token."""

    def act(self, call: Call) -> Act | None:
        """Leave first pages alone. Implements Fault."""
        return None if call.page_token is None else Profile.act(self, call)


class QuotaEnforced:
    """Google's limits of 2026; `quota` can be read by tests."""

    name = "quota"

    def __init__(self, quota: Quota) -> None:
        self.quota = quota

    def act(self, call: Call) -> Act | None:
        """Spend the call's units or refuse it. Implements Fault."""
        limit = self.quota.exceeded(call.user, call.at, call.units)
        if limit is None:
            return None
        return replies.user_rate_limit() if limit == "user" else replies.rate_limit()


class DailyLimit:
    """The day's quota: `after` downloads it is spent, and `seconds` later the next day begins."""

    name = "daily-quota"

    def __init__(self, after: float = 100, seconds: float = 5, days: float = 1) -> None:
        self._left = self._after = after
        self._seconds = seconds
        self._days = days
        self.spent_until: float | None = None

    def act(self, call: Call) -> Act | None:
        """Count a download, or refuse everything until the day is over. Implements Fault."""
        if self.spent_until is not None:
            if call.at < self.spent_until:
                return replies.daily_limit()
            self.spent_until, self._left = None, self._after
        self._left -= call.kind == "download"
        if self._left >= 0 or self._days < 1:
            return None
        self._days -= 1
        self.spent_until = call.at + self._seconds
        return replies.daily_limit()


@lru_cache(maxsize=1024)
def declared_fault(text: str, *, folder: bool = False) -> Profile:
    """Understand a sidecar's `fault`: an act, in every attempt or, as "ACT:2", in the first two.

    A folder's fault strikes when it is listed or looked up; a file's when it is downloaded, and
    one that hides it also when it is looked up. Raises ValueError that lists the acts.
    """
    name, _, times = text.partition(":")
    if name not in ACTS:
        raise ValueError(f"unknown file fault {name!r}; known are {', '.join(sorted(ACTS))}")
    kinds = {"download"}
    if folder:
        kinds = {"list", "get"}
    elif name.startswith(("vanished", "private")):
        kinds = {"get", "download"}
    return Profile(name, (name,), frozenset(kinds), times=int(times or 0))
