"""How rows travel over the wire: times in UTC with a Z, and cursors that lead to the next page."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated

import orjson
from pydantic import PlainSerializer

from pixharbor.errors import BadInput


def _with_z(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


# What a database's BIGINT can hold.
LARGEST = 2**63 - 1

UtcWire = Annotated[datetime, PlainSerializer(_with_z, return_type=str, when_used="json")]


class BadCursor(BadInput):
    """This cursor was not given by this server."""

    code = "bad_cursor"
    cure = "Use the next_cursor of the last answer as it is, or leave it out for the first page."


def pack_cursor(*key: str | int) -> str:
    """The place after a row, as text that a URL may hold."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).rstrip(b"=").decode()


def pack_moment(moment: datetime, number: int) -> str:
    """The place after a row of a list by time, its number telling rows of one time apart."""
    return pack_cursor(moment.isoformat(), number)


def unpack_moment(given: str) -> tuple[datetime, int]:
    """What pack_moment was given. Raises BadCursor for anything else."""
    told, number = unpack_cursor(given, str, int)
    try:
        moment = datetime.fromisoformat(str(told))
        if moment.tzinfo is None:
            raise BadCursor
        return moment.astimezone(UTC), int(number)
    except (ValueError, OverflowError) as error:
        raise BadCursor from error


def unpack_cursor(given: str, *kinds: type) -> list[str | int]:
    """The key that pack_cursor was given. Raises BadCursor for anything else."""
    try:
        key = orjson.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadCursor from error
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds):
        raise BadCursor
    if any(isinstance(part, int) and abs(part) > LARGEST for part in key):
        raise BadCursor
    return key
