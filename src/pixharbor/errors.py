"""The error tree: what can go wrong, what it answers and what becomes of the work.

PixharborError
├── BadInput             422  the caller can mend it
├── AccessRefused        403  a host, an origin or a person that may not
├── NotFound             404
├── Conflict             409  right, but not now
├── TooLarge             413
├── NotConfigured        503  the operator can mend it; names the setting
├── Unavailable          503  a server we need is away, or a limit is reached
├── SettingError          -   stops the start with one sentence
├── StoreError            -   bytes could not be kept; pauses the job      (storage/base.py)
├── ImageError           422  a picture that cannot be shown               (imaging/inspect.py)
└── SourceError           -   a provider said no; carries a fate            (sources/base.py)

Leaves live beside whoever raises them. A class's docstring is its default message.
"""

from enum import StrEnum
from typing import ClassVar


class Fate(StrEnum):
    """What becomes of the work that met an error."""

    RETRY = "retry"  # the same again, later
    SKIP = "skip"  # this file ends here, with a reason; the job goes on
    PAUSE = "pause"  # the job waits for a person or a time
    STOP = "stop"  # the job ends here


class PixharborError(Exception):
    """Something went wrong that has a name."""

    status: ClassVar[int] = 500
    code: str = "internal_error"
    cure: str = ""

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        cure: str = "",
        field: str | None = None,
    ) -> None:
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.code = code or self.code
        self.cure = cure or self.cure
        self.field = field
        super().__init__(self.message)


class BadInput(PixharborError):
    """The request cannot be understood."""

    status = 422
    code = "bad_input"


class AccessRefused(PixharborError):
    """This is not allowed."""

    status = 403
    code = "forbidden"


class NotFound(PixharborError):
    """There is nothing with this id."""

    status = 404
    code = "not_found"


class Conflict(PixharborError):
    """This cannot be done in the present state."""

    status = 409
    code = "conflict"


class TooLarge(PixharborError):
    """This is larger than allowed."""

    status = 413
    code = "too_large"


class NotConfigured(PixharborError):
    """A setting is missing."""

    status = 503
    code = "not_configured"


class Unavailable(PixharborError):
    """A part of pixharbor is busy or away; try again in a moment."""

    status = 503
    code = "unavailable"


class SettingError(PixharborError):
    """A setting has a wrong value."""

    code = "setting"


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first plain error in a group of groups: several things failed, one is told."""
    first = group.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
