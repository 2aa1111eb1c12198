"""When a schedule is due: words and cron expressions, by the clock of a time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pixharbor.errors import BadInput

# A word means "from now on": daily is every day at the time of day when it was set.
WORDS = {
    "hourly": "{now.minute} * * * *",
    "daily": "{now.minute} {now.hour} * * *",
    "weekly": "{now.minute} {now.hour} * * {weekday}",
    "monthly": "{now.minute} {now.hour} {day} * *",
}
LAST_DAY_OF_ALL_MONTHS = 28


class BadSchedule(BadInput):
    """This says no time at which an import could start."""

    code = "bad_schedule"
    cure = "Say hourly, daily, weekly or monthly, or a cron expression such as 0 3 * * 1-5."


def to_cron(every: str, timezone: str, *, now: datetime) -> str:
    """The cron expression (minute hour day month weekday) for what was given.

    Raises BadSchedule for what is neither a word nor an expression, and for one that never comes.
    """
    here = now.astimezone(_zone(timezone))
    word = WORDS.get(every.strip().lower().removeprefix("@"))
    if word:
        day = min(here.day, LAST_DAY_OF_ALL_MONTHS)
        return word.format(now=here, weekday=here.isoweekday() % 7, day=day)
    cron = " ".join(every.split())
    next_due(cron, timezone, after=now)
    return cron


def next_due(cron: str, timezone: str, *, after: datetime) -> datetime:
    """The first time after `after`, in UTC; as Debian's cron has it when the clocks change."""
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - only when something is scheduled

    try:
        due = next(CronSim(cron, after.astimezone(_zone(timezone))))
    except CronSimError as error:
        raise BadSchedule(f"“{cron}” is no schedule ({error}).", field="schedule") from None
    except StopIteration:
        raise BadSchedule(f"“{cron}” never comes.", field="schedule") from None
    return due.astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadSchedule(
            f"There is no time zone “{name}”.",
            field="timezone",
            cure="Name one such as Europe/Berlin, or UTC.",
        ) from None
