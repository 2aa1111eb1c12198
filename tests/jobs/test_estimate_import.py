"""How long an import takes at its provider's limits, as a person is told before it begins."""

from typing import Any

import pytest

from pixharbor.jobs.estimate_import import estimate_import, say_long
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
        (GOOGLE, 1_000_000, 10**11, "this needs 10.3 hours at Google's limit"),
        (
            GOOGLE,
            1_000_000,
            2 * 10**12,
            "this needs 29.1 hours at Google's limit of 1 TB a day; day 2 goes on by itself",
        ),
        (GOOGLE, 30, 10**6, "this needs less than 2 minutes at Google's limit"),
        (
            LINK_OWNER,
            1_000_000,
            10**9,
            (
                "this needs 9 days at a free Dropbox account's limit of 100,000 files a day; "
                "day 2 goes on by itself"
            ),
        ),
        (
            LINK_OWNER,
            10,
            50 * 10**9,
            (
                "this needs 2 days at a free Dropbox account's limit of 20 GB a day; "
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


def test_long_times_are_told_in_one_unit() -> None:
    assert [say_long(seconds) for seconds in (60, 600, 3700, 7200, 86_400, 200_000)] == [
        *("less than 2 minutes", "10 minutes", "1 hours", "2 hours"),
        *("24 hours", "2.3 days"),
    ]
