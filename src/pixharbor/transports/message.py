"""A wake-up written down, for transports by which it leaves the process: JSON, for any version."""

from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from pixharbor.transports.base import WakeUp

log = structlog.get_logger()

_WAKE_UP = TypeAdapter(WakeUp)


def write_message(wake_up: WakeUp) -> bytes:
    """The wake-up as JSON: `{"task_name": …, "task_id": …}`."""
    return _WAKE_UP.dump_json(wake_up, exclude={"urgent"})


def read_message(body: bytes | str | dict[str, Any]) -> WakeUp | None:
    """The wake-up in a message; what another version may have added to it is passed over.

    None, and a line in the log, for what is no wake-up: it must stop nobody.
    """
    try:
        if isinstance(body, dict):
            return _WAKE_UP.validate_python(body)
        return _WAKE_UP.validate_json(body)
    except ValidationError as error:
        log.warning("message.unreadable", body=repr(body)[:200], error=error.errors()[0]["msg"])
        return None
