"""How long an import will take at its provider's limits, in words, before it has begun."""

import math
from typing import Final

from pixharbor.jobs.quantities import say_bytes, say_seconds
from pixharbor.jobs.schemas import QuotaEstimate
from pixharbor.sources.base import Capped, DailyCap, Governed, Source

DAY: Final = 86_400  # seconds


def estimate_import(source: Source, link: str, *, files: int, size: int) -> QuotaEstimate | None:
    """The time that the limit by the minute and the cap by the day allow; None where neither binds.

    `size` is in bytes. An import that a day's cap stops goes on by itself on the next.
    """
    governed = source if isinstance(source, Governed) else None
    seconds = governed.seconds_for(files) if governed else None
    cap = source.daily_cap(link) if isinstance(source, Capped) else None
    days = _days(cap, files, size)
    if cap and days > 1:  # each day but the last is waited out
        seconds = max(seconds or 0.0, (days - 1) * DAY + (seconds or 0.0) / days)
        return _estimate_waiting(cap, _say_cap(cap, files, size), seconds)
    if governed is None or seconds is None:
        return None
    sentence = _say_limit(f"{governed.provider}'s limit", seconds)
    if cap and cap.free_bytes and size / max(1.0, seconds / DAY) > cap.free_bytes:
        sentence += f"; {cap.whose} charges for more than {say_bytes(cap.free_bytes)} a day"
        return QuotaEstimate(seconds=round(seconds, 1), day="charged", sentence=sentence)
    return QuotaEstimate(seconds=round(seconds, 1), sentence=sentence)


def _estimate_waiting(cap: DailyCap, limit: str, seconds: float) -> QuotaEstimate:
    if cap.certain:
        told = _say_limit(f"{cap.whose}'s limit of {limit} a day", seconds)
        sentence = f"{told}; day 2 goes on by itself"
        return QuotaEstimate(seconds=round(seconds, 1), day="waits", sentence=sentence)
    sentence = (
        f"if its owner has {cap.whose}, with {limit} a day, this needs {say_seconds(seconds)}; "
        "it waits and goes on by itself"
    )
    return QuotaEstimate(seconds=round(seconds, 1), day="waits_if_free", sentence=sentence)


def _say_limit(limit: str, seconds: float) -> str:
    """The same words before an import and while it runs."""
    return f"at {limit} this needs {say_seconds(seconds)}"


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
    return say_bytes(cap.bytes or 0)
