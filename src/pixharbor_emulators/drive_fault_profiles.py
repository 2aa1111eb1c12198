"""The faults of the Drive emulator by their names: as `--fault` takes them, alone or together.

A new profile is one line in PROFILES. "all" is everything at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from pixharbor_emulators.drive_spellings import SPELLINGS
from pixharbor_emulators.fault_options import read_fault, whole_numbers
from pixharbor_emulators.faults import DailyLimit, Fault, LaterPages, Profile, QuotaEnforced
from pixharbor_emulators.listing_lies import LIES, ListingLie
from pixharbor_emulators.quota import Quota

_LISTS: Final = frozenset({"list"})
_ALL_KINDS: Final = frozenset({"list", "get", "download"})
_STORM: Final = (
    *("server_error", "unavailable", "bad_gateway"),
    *("too_many", "user_rate", "project_rate", "reset"),
)
_SPELT: Final = tuple(
    f"{name}_{spelling}"
    for name in ("user_rate", "project_rate", "server_error", "unavailable")
    for spelling in SPELLINGS
)

PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile(
            "storm",
            _STORM,
            _ALL_KINDS,
            each="attempt",
            rate=0.2,
            about="5xx, 429, 403 and resets, drawn anew each time",
        ),
        Profile(
            "server-errors",
            _STORM[:3],
            _ALL_KINDS,
            each="attempt",
            rate=0.3,
            about="500, 502 and 503, drawn anew each time",
        ),
        Profile(
            "spellings",
            _SPELT,
            _ALL_KINDS,
            each="attempt",
            rate=0.2,
            about="refusals whose reason is spelt in other ways",
        ),
        Profile("truncated", ("truncated",), about="bodies end early, without a length"),
        Profile("closed", ("closed",), about="bodies end before the length that was announced"),
        Profile("resets", ("reset", "reset_chunked"), about="connections break in the body"),
        Profile("flipped", ("flipped",), about="one bit of the body is wrong"),
        Profile(
            "html200", ("html200", "quota_page"), about="a web page with status 200 for a file"
        ),
        Profile("login-pages", ("login_page",), about="the sign-in page with status 200"),
        Profile("packed", ("packed",), _ALL_KINDS, times=0, about="answers are packed with gzip"),
        Profile("slow", ("wait",), _ALL_KINDS, times=0, about="answers come late"),
        Profile("dripping", ("drip",), times=0, seconds=0.4, about="bodies come in drops"),
        Profile("stalled", ("stalled",), rate=0.1, about="bodies stop near their end, for ever"),
        Profile("sorry", ("sorry",), rate=0.1, about="the page “We're sorry” with status 403"),
        Profile("redirects", ("redirected",), times=0, about="bytes lie at another address"),
        Profile(
            "foreign-redirects",
            ("redirected_away", "redirected_to_stranger"),
            rate=0.1,
            about="bytes are said to lie at a stranger's",
        ),
        Profile("bad-ranges", ("bad_range",), rate=0.1, about="416 for the first try"),
        Profile(
            "vanishing",
            ("vanished",),
            rate=0.05,
            times=0,
            about="files are gone when they are fetched",
        ),
        Profile("gone", ("gone",), rate=0.05, times=0, about="410 for files that were listed"),
        Profile("abusive", ("abusive",), rate=0.05, times=0, about="files marked as malware"),
        Profile(
            "forbidden", ("forbidden",), rate=0.05, times=0, about="files that are not given away"
        ),
        Profile(
            "popular",
            ("download_quota",),
            rate=0.05,
            times=0,
            about="downloadQuotaExceeded for a file",
        ),
        Profile(
            "partial-multi-parent",
            ("partial",),
            _LISTS,
            times=0,
            about="a search in several folders drops one",
        ),
        Profile(
            "empty-pages",
            ("empty_page",),
            _LISTS,
            times=0,
            about="pages without entries, with a token",
        ),
        Profile(
            "short-pages",
            ("short_page",),
            _LISTS,
            times=0,
            about="pages with fewer entries than asked for",
        ),
        LaterPages(
            "repeating-pages",
            ("repeated_entries",),
            _LISTS,
            times=0,
            about="entries come again on the next page",
        ),
        LaterPages(
            "moving", ("moved_entry",), _LISTS, about="entries move to a sub-folder between pages"
        ),
        LaterPages(
            "expiring-tokens",
            ("expired_page_token",),
            _LISTS,
            about="each page token is refused once",
        ),
    )
}
# name → what it does, as the help tells it.
ABOUT: Final[dict[str, str]] = {
    "none": "nothing",
    "quota": "Google's limits of 2026 in units a minute, enforced",
    "daily-quota": "the day's quota is spent after some downloads, for some seconds",
    **{name: profile.about for name, profile in PROFILES.items()},
    **{name: lie.about for name, lie in LIES.items()},
    "all": "all but quota at once, each a little; all:SEED draws anew",
}
NAMES: Final = tuple(ABOUT)
# Rates at which an import of some hundred files still ends within a minute. What is wrong for good
# comes first; of two that spoil a body the first counts.
_ALL_AT_ONCE: Final = (
    *("vanishing:0.03", "gone:0.03", "abusive:0.03", "forbidden:0.03", "popular:0.03"),
    *("wrong-hashes:0.05", "missing-hashes:0.1", "wrong-sizes:0.03", "missing-sizes:0.1"),
    *("daily-quota:after=60,seconds=1", "slow:0.2", "storm:0.05", "server-errors:0.05"),
    *("spellings:0.05", "sorry:0.02", "bad-ranges:0.05", "html200:0.1", "login-pages:0.05"),
    *("foreign-redirects:0.05", "redirects:0.2", "expiring-tokens:0.3"),
    *("truncated:0.1", "flipped:0.05", "stalled:0.02", "closed:0.1,times=2", "resets:0.1,times=3"),
    *("dripping:0.1", "partial-multi-parent", "moving:0.3", "empty-pages:0.2"),
    *("repeating-pages:0.4", "short-pages:0.5", "packed:0.2"),
)


def parse_faults(texts: Iterable[str]) -> Iterator[Fault]:
    """Understand every `--fault`; "all" or "all:SEED" is all of them at once.

    Raises ValueError that lists what is known.
    """
    for text in texts:
        name, _, seed = text.partition(":")
        if name != "all":
            fault = parse_fault(text)
            if fault:
                yield fault
        elif not (seed or "0").isdecimal():
            raise ValueError(f"fault {text!r}: {seed!r} is no seed")
        else:
            for each in _ALL_AT_ONCE:
                yield _seeded(parse_fault(each), int(seed or 0))


def _seeded(fault: Fault | None, seed: int) -> Fault:
    assert fault is not None
    return replace(fault, seed=seed) if isinstance(fault, Profile | ListingLie) else fault


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
        if name == "quota":
            return QuotaEnforced(Quota(**options))
        if name == "daily-quota":
            return DailyLimit(**options)
        whole = whole_numbers(options)
        known = PROFILES[name] if name in PROFILES else LIES[name]
        return replace(known, **options, **whole)  # type: ignore[arg-type]  # a profile or a lie
    except TypeError:
        raise ValueError(f"fault {text!r}: {name} has no such option") from None
