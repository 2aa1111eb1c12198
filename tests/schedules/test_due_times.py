"""When a schedule is due: words, cron expressions, zones, and what is no schedule."""

from datetime import UTC, datetime

import pytest

from pixharbor.schedules.due_times import BadSchedule, next_due, to_cron

# A Saturday, 09:12 in Berlin (winter).
NOW = datetime(2026, 1, 31, 8, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "cron"),
    [
        ("hourly", "12 * * * *"),
        ("Daily", "12 9 * * *"),
        ("@weekly", "12 9 * * 6"),
        ("monthly", "12 9 28 * *"),
        (" 0  3 * *  1-5 ", "0 3 * * 1-5"),
    ],
)
def test_words_mean_from_now_on_and_expressions_stay(every: str, cron: str) -> None:
    assert to_cron(every, "Europe/Berlin", now=NOW) == cron


@pytest.mark.parametrize(
    ("cron", "after", "due"),
    [
        ("12 9 * * *", NOW, datetime(2026, 2, 1, 8, 12, tzinfo=UTC)),
        # In summer nine o'clock is an hour earlier by UTC.
        ("0 9 * * *", datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)),
        # On 29 March half past two does not come in Berlin: cron runs it when the clocks change.
        ("30 2 * * *", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ],
)
def test_a_time_of_day_is_that_of_its_zone(cron: str, after: datetime, due: datetime) -> None:
    assert next_due(cron, "Europe/Berlin", after=after) == due


@pytest.mark.parametrize(
    ("every", "timezone", "told"),
    [
        ("now and then", "UTC", "“now and then” is no schedule"),
        ("61 * * * *", "UTC", "Bad minute"),
        ("0 0 30 2 *", "UTC", "“0 0 30 2 *”"),
        ("daily", "Europe/Atlantis", "There is no time zone “Europe/Atlantis”"),
        ("daily", "../../etc/passwd", "There is no time zone"),
    ],
)
def test_what_never_comes_is_no_schedule(every: str, timezone: str, told: str) -> None:
    with pytest.raises(BadSchedule) as refused:
        to_cron(every, timezone, now=NOW)
    assert told in refused.value.message
    assert refused.value.cure
