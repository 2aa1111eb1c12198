"""How long an import takes at its provider's limits, as a person is told before it begins."""

from typing import Any

import pytest

from pixharbor.jobs.durations import say_seconds
from pixharbor.jobs.estimate_import import estimate_import
from pixharbor.sources.base import DailyCap, Quota


class LimitedSource:
    """What the estimate asks of a source, with Google's figures of 2026."""

    name = "google_drive"
    provider = "Google"

    def __init__(self, per_second: float | None, cap: DailyCap | None) -> None:
        self._per_second = per_second
        self._cap = cap

    async def quota(self) -> Quota | None:
        return None

    def seconds_for(self, files: int, pages: int = 0) -> float | None:
        return files / self._per_second if self._per_second else None

    def daily_cap(self, link: str) -> DailyCap | None:
        return self._cap


LINK = "https://…"
GOOGLE: Any = LimitedSource(325_000 / 200 / 60, DailyCap("Google", 10**12, 2_000_000))
LINK_OWNER: Any = LimitedSource(None, DailyCap("a free Dropbox account", 20 * 10**9, 100_000))


@pytest.mark.parametrize(
    ("source", "files", "size", "sentence"),
    [
        (GOOGLE, 1_000_000, 10**11, "at Google's limit this needs 10 h 15 min"),
        (
            GOOGLE,
            1_000_000,
            2 * 10**12,
            "at Google's limit of 1 TB a day this needs 1 day 5 h; day 2 goes on by itself",
        ),
        (GOOGLE, 30, 10**6, "at Google's limit this needs 1 s"),
        (
            LINK_OWNER,
            1_000_000,
            10**9,
            (
                "at a free Dropbox account's limit of 100,000 files a day this needs 9 days; "
                "day 2 goes on by itself"
            ),
        ),
        (
            LINK_OWNER,
            10,
            50 * 10**9,
            (
                "at a free Dropbox account's limit of 20 GB a day this needs 2 days; "
                "day 2 goes on by itself"
            ),
        ),
    ],
)
def test_the_time_at_the_providers_limits_is_told_in_words(
    source: Any, files: int, size: int, sentence: str
) -> None:
    told = estimate_import(source, LINK, files=files, size=size)
    assert told
    assert told.sentence == sentence


def test_without_a_limit_nobody_knows() -> None:
    free: Any = LimitedSource(None, None)
    assert estimate_import(free, LINK, files=10, size=10) is None
    assert estimate_import(LINK_OWNER, LINK, files=10, size=10) is None


def test_times_are_told_in_their_two_largest_units() -> None:
    assert [say_seconds(seconds) for seconds in (0.2, 59.6, 370, 22_231, 86_400, 200_000)] == [
        *("1 s", "1 min", "6 min 10 s", "6 h 10 min", "1 day", "2 days 7 h"),
    ]
