"""Reads the Retry-After header, in which a server says when to come back (RFC 9110, 10.2.3)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now; the header holds seconds or a date. None without one that makes sense."""
    given = headers.get("Retry-After", "").strip()
    if not given:
        return None
    try:
        return max(0.0, float(int(given)))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(given)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())
