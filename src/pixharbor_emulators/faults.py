"""What can go wrong at Google Drive: acts that spoil one answer, and profiles that choose answers.

A new act is one line in ACTS, a new profile one line in PROFILES. Everything is drawn from a seed
by file and attempt, so a run repeats whatever the order in which requests come in.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, Protocol

from pixharbor_emulators import drive_fault_replies as replies
from pixharbor_emulators.drive_errors import Reply, invalid_value, not_found
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
    kind, id and page; `at` is in seconds of a clock that only grows.
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


@dataclass(frozen=True, slots=True)
class Cut:
    """The body ends after a share of it: as if that were all, or with a reset connection."""

    share: float = 0.5
    reset: bool = False


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


Act = Reply | Cut | Flip | Wait | LoseParent | EmptyPage | OneEntryPage
MakeAct = Callable[[Call], Act | None]

ACTS: Final[dict[str, MakeAct]] = {
    "truncated": lambda _: Cut(),
    "reset": lambda _: Cut(reset=True),
    "flipped": lambda _: Flip(),
    "html200": lambda _: replies.virus_scan_page(),
    "quota_page": lambda _: replies.quota_page(),
    "login_page": lambda _: replies.login_page(),
    "vanished": lambda call: not_found(call.id),
    "private": lambda call: None if call.signed_in else not_found(call.id),
    "forbidden": lambda _: replies.insufficient_permissions(),
    "abusive": lambda _: replies.abusive(),
    "download_quota": lambda _: replies.download_quota(),
    "daily_limit": lambda _: replies.daily_limit(),
    "user_rate": lambda _: replies.user_rate_limit(),
    "project_rate": lambda _: replies.rate_limit(),
    "too_many": lambda _: replies.too_many_requests(),
    "sorry": lambda _: replies.automated_queries(),
    "server_error": lambda _: replies.backend_error(500),
    "unavailable": lambda _: replies.backend_error(503),
    "bad_gateway": lambda _: replies.bad_gateway(),
    "expired_page_token": lambda _: invalid_value("pageToken"),
    "redirected": lambda call: replies.redirect(f"{call.origin}/_content/{call.id}"),
    "redirected_away": lambda _: replies.redirect("http://169.254.169.254/latest/meta-data/"),
    "partial": lambda call: LoseParent(call.id.split(",")[-1]) if "," in call.id else None,
    "empty_page": lambda _: EmptyPage(),
    "hang": lambda _: Wait(3600),
}


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
    `seconds` is how long a Wait lasts.
    """

    name: str
    acts: tuple[str, ...]
    kinds: frozenset[str] = frozenset({"download"})
    each: Literal["file", "attempt"] = "file"
    rate: float = 1.0
    times: int = 1
    seed: int = 0
    seconds: float = 0.05

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
        return Wait(self.seconds) if act_name == "wait" else self.acts_by_name()[act_name](call)

    @staticmethod
    def acts_by_name() -> dict[str, MakeAct]:
        """What the words in `acts` do; another provider has acts of its own."""
        return ACTS

    def _draw(self, what: str, call: Call, attempt: int) -> float:
        """Return a number in [0, 1) that depends on nothing but seed, fault, file and attempt."""
        text = f"{self.seed}|{self.name}|{what}|{call.kind}|{call.id}|{call.page_token}|{attempt}"
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64


@dataclass(frozen=True, slots=True)
class PageTokensExpire(Profile):
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


_ALL_KINDS: Final = frozenset({"list", "get", "download"})
_STORM: Final = (
    *("server_error", "unavailable", "bad_gateway"),
    *("too_many", "user_rate", "project_rate", "reset"),
)

PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile("storm", _STORM, _ALL_KINDS, each="attempt", rate=0.2),
        Profile("truncated", ("truncated",)),
        Profile("flipped", ("flipped",)),
        Profile("html200", ("html200", "quota_page")),
        Profile("resets", ("reset",)),
        Profile("slow", ("wait",), _ALL_KINDS, times=0),
        Profile("vanishing", ("vanished",), rate=0.05, times=0),
        Profile("sorry", ("sorry",), rate=0.1),
        Profile("partial-multi-parent", ("partial",), frozenset({"list"}), times=0),
        Profile("empty-pages", ("empty_page",), frozenset({"list"}), times=0),
        PageTokensExpire("expiring-tokens", ("expired_page_token",), frozenset({"list"})),
    )
}
NAMES: Final = ("none", "quota", *sorted(PROFILES))


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
        if name == "quota":
            return QuotaEnforced(Quota(**options))
        whole = {key: int(options.pop(key)) for key in ("times", "seed") if key in options}
        return replace(PROFILES[name], **options, **whole)  # type: ignore[arg-type]  # a coroutine of either kind
    except TypeError:
        raise ValueError(f"fault {text!r}: {name} has no such option") from None


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
    elif name in ("vanished", "private"):
        kinds = {"get", "download"}
    return Profile(name, (name,), frozenset(kinds), times=int(times or 0))


def _option(text: str, whole: str) -> tuple[str, float]:
    key, equals, number = text.partition("=")
    try:
        return (key, float(number)) if equals else ("rate", float(key))
    except ValueError:
        raise ValueError(f"fault {whole!r}: {text!r} is not a number") from None
