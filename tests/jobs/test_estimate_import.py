"""How long an import takes at its provider's limits, as a person is told before it begins."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from pixharbor.jobs.balance import Balance
from pixharbor.jobs.estimate_import import estimate_import
from pixharbor.jobs.models import Job
from pixharbor.jobs.progress import describe_job
from pixharbor.jobs.quantities import say_seconds
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
GOOGLE: Any = LimitedSource(
    325_000 / 200 / 60, DailyCap("Google", files=2_000_000, free_bytes=10**12)
)
LINK_OWNER: Any = LimitedSource(
    None, DailyCap("a free Dropbox account", 20 * 10**9, 100_000, certain=False)
)


@pytest.mark.parametrize(
    ("source", "files", "size", "day", "sentence"),
    [
        (GOOGLE, 1_000_000, 10**11, None, "at Google's limit this needs 10 h 15 min"),
        (
            GOOGLE,
            1_000_000,
            2 * 10**12,
            "charged",
            "at Google's limit this needs 10 h 15 min; Google charges for more than 1 TB a day",
        ),
        (
            GOOGLE,
            3_000_000,
            10**9,
            "waits",
            (
                "at Google's limit of 2,000,000 files a day this needs 1 day 15 h; "
                "day 2 goes on by itself"
            ),
        ),
        (GOOGLE, 30, 10**6, None, "at Google's limit this needs 1 s"),
        (
            LINK_OWNER,
            1_000_000,
            10**9,
            "waits_if_free",
            (
                "if its owner has a free Dropbox account, with 100,000 files a day, this needs "
                "9 days; it waits and goes on by itself"
            ),
        ),
        (
            LINK_OWNER,
            10,
            50 * 10**9,
            "waits_if_free",
            (
                "if its owner has a free Dropbox account, with 20 GB a day, this needs 2 days; "
                "it waits and goes on by itself"
            ),
        ),
    ],
)
def test_the_time_at_the_providers_limits_is_told_in_words(
    source: Any, files: int, size: int, day: str | None, sentence: str
) -> None:
    told = estimate_import(source, LINK, files=files, size=size)
    assert told
    assert (told.day, told.sentence) == (day, sentence)


class OneSource:
    """Sources of jobs that all read the same one."""

    def __init__(self, source: Any) -> None:
        self._source = source

    async def look_up(self, name: str, connection_id: str | None) -> Any:
        return self._source


def running_job(**given: Any) -> Job:
    values = {"id": uuid7(), "kind": "import", "state": "running", "priority": 0, "options": {}}
    now = datetime.now(UTC)
    times = {"created_at": now, "started_at": now - timedelta(seconds=10)}
    return Job(owner=1, source="a", location=LINK, place="b", **values, **times, **given)


@pytest.mark.parametrize("source", [GOOGLE, LINK_OWNER])
async def test_a_running_import_says_the_same_of_its_rest_as_its_plan(source: Any) -> None:
    rest = Balance(listed=3_000_001, stored=1, bytes_stored=1_000_000)
    job = await describe_job(running_job(), rest, OneSource(source))
    assert job.quota
    assert job.quota == estimate_import(source, LINK, files=3_000_000, size=3 * 10**12)
    assert job.quota.day


async def test_a_limit_that_may_not_be_the_owners_does_not_count_for_the_time_to_go() -> None:
    rest = Balance(listed=1_000_100, stored=100, bytes_stored=10**8)
    job = await describe_job(running_job(), rest, OneSource(LINK_OWNER))
    assert job.eta_seconds == pytest.approx(1_000_000 / 10, rel=0.1)
    job = await describe_job(running_job(), rest, OneSource(GOOGLE))
    assert job.eta_seconds == pytest.approx(1_000_000 / 10, rel=0.1)
    fast = running_job()
    job = await describe_job(fast, Balance(listed=4_000_000, stored=1_000_000), OneSource(GOOGLE))
    assert job.quota
    assert job.eta_seconds == job.quota.seconds > 86_400


def test_without_a_limit_nobody_knows() -> None:
    free: Any = LimitedSource(None, None)
    assert estimate_import(free, LINK, files=10, size=10) is None
    assert estimate_import(LINK_OWNER, LINK, files=10, size=10) is None


def test_times_are_told_in_their_two_largest_units() -> None:
    assert [say_seconds(seconds) for seconds in (0.2, 59.6, 370, 22_231, 86_400, 200_000)] == [
        *("1 s", "1 min", "6 min 10 s", "6 h 10 min", "1 day", "2 days 7 h"),
    ]
