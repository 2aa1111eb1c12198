"""How long an import will take at its provider's limits, in words, before it has begun."""

import math
from typing import Final

from pixharbor.jobs.durations import say_seconds
from pixharbor.jobs.schemas import QuotaEstimate
from pixharbor.sources.base import Capped, DailyCap, Governed, Source

DAY: Final = 86_400  # seconds


def estimate_import(source: Source, link: str, *, files: int, size: int) -> QuotaEstimate | None:
    """The time that the limit by the minute and the cap by the day allow; None where neither binds.

    `size` is in bytes. An import that a day's cap stops goes on by itself on the next.
    """
    seconds = source.seconds_for(files) if isinstance(source, Governed) else None
    cap = source.daily_cap(link) if isinstance(source, Capped) else None
    days = _days(cap, files, size)
    if seconds is None and days == 1:
        return None
    seconds = seconds or 0.0
    whose = source.provider if isinstance(source, Governed) else ""
    limit = f"{whose}'s limit"
    if days > 1 and cap:  # each day but the last is waited out
        seconds = max(seconds, (days - 1) * DAY + seconds / days)
        limit = f"{cap.whose}'s limit of {_say_cap(cap, files, size)} a day"
    sentence = say_limit(limit, seconds)
    if max(days, seconds / DAY) > 1:
        sentence += "; day 2 goes on by itself"
    return QuotaEstimate(seconds=round(seconds, 1), sentence=sentence)


def say_limit(limit: str, seconds: float) -> str:
    """The same words before an import and while it runs."""
    return f"at {limit} this needs {say_seconds(seconds)}"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _days(cap: DailyCap | None, files: int, size: int) -> int:
    if cap is None:
        return 1
    by_bytes = size / cap.bytes if cap.bytes else 0
    by_files = files / cap.files if cap.files else 0
    return max(1, math.ceil(max(by_bytes, by_files)))


def _say_cap(cap: DailyCap, files: int, size: int) -> str:
    """The cap that binds."""
    by_bytes = size / cap.bytes if cap.bytes else 0
    if cap.files and files / cap.files > by_bytes:
        return f"{cap.files:,} files"
    terabytes = (cap.bytes or 0) / 1e12
    return f"{_short(terabytes)} TB" if terabytes >= 1 else f"{_short(terabytes * 1000)} GB"
