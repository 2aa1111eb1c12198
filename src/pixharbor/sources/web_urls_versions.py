"""Web addresses: which version of a file a host has, and how to ask for it only if it is another.

A host names versions by an ETag, or by a time. A time that is fresh is not trusted: the file may
change once more in the same second (RFC 9110, 8.8.2.2).
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from pixharbor.sources.safe_http import Answer

NOT_MODIFIED: Final = 304
# Clocks that stand beside each other: a host's Date and its disk's may differ a little.
SETTLED: Final = timedelta(seconds=60)
# No host needs more to tell versions apart; what is longer is not kept for a million files.
LONGEST_VERSION: Final = 256
_TAGS: Final = ('"', 'W/"')


def version_told(answer: Answer) -> str | None:
    """The ETag, else Last-Modified, word for word; None without one that can be relied on.

    Nor is there one for a body whose end only the connection's tells: it may lack something, and
    fetching it again next time mends that.
    """
    if not answer.headers.keys() & {"Content-Length", "Transfer-Encoding"}:
        return None
    tag = answer.headers.get("ETag", "").strip()
    if tag.startswith(_TAGS) and tag.endswith('"'):
        return tag if _can_travel(tag) else None
    modified = answer.headers.get("Last-Modified", "").strip()
    changed_at, told_at = moment(modified), moment(answer.headers.get("Date"))
    if changed_at is None or told_at is None or told_at - changed_at < SETTLED:
        return None
    return modified if _can_travel(modified) else None


def unless(version: str | None) -> dict[str, str]:
    """The header that asks for the file unless it is this version still."""
    if version is None:
        return {}
    name = "If-None-Match" if version.startswith(_TAGS) else "If-Modified-Since"
    return {name: version}


def moment(given: str | None) -> datetime | None:
    """The time that a header states, in UTC."""
    try:
        return parsedate_to_datetime(given).astimezone(UTC) if given else None
    except (ValueError, OverflowError):
        return None


def _can_travel(version: str) -> bool:
    return len(version) <= LONGEST_VERSION and version.isascii() and version.isprintable()
