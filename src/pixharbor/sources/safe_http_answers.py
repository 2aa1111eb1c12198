"""What each answer of a host that a user named means for the file that was asked for."""

from collections.abc import Mapping
from typing import Final

from pixharbor.sources.base import (
    FileRefused,
    FileVanished,
    ProviderFailed,
    RateLimited,
    SourceError,
    TimedOut,
)
from pixharbor.sources.retry_after import read_retry_after
from pixharbor.sources.safe_http import AnswerRefused

# Nobody waits longer than this for a host that says when to come back.
LONGEST_WAIT_SECONDS: Final = 600.0
_OK: Final = range(200, 300)
_SERVER_ERRORS: Final = range(500, 600)
_REFUSED: Final = {
    401: "wants a name and a password",
    402: "wants to be paid",
    403: "refuses",
    407: "wants a name and a password",
    451: "may not give it away for legal reasons",
}
_GONE: Final = frozenset({404, 410})
_TOO_FAST: Final = frozenset({429, 420})
_TOO_LATE: Final = frozenset({408, 425})
_UNAVAILABLE: Final = 503


class HostBusy(RateLimited):
    """The host asks us to slow down."""

    # A provider's quota comes back; a host that says so for ever must not keep an import open.
    counts_as_try = True


def error_for(status: int, headers: Mapping[str, str], host: str) -> SourceError | None:
    """What an answer's status means; None for a file."""
    if status in _OK:
        return None
    if status in _GONE:
        return FileVanished(f"{host} has no such file (HTTP {status}).")
    if status in _REFUSED:
        return FileRefused(f"{host} {_REFUSED[status]} (HTTP {status}).")
    return _try_later(status, headers, host) or AnswerRefused(f"{host} answered HTTP {status}.")


def _try_later(status: int, headers: Mapping[str, str], host: str) -> SourceError | None:
    wait = read_retry_after(headers)
    if wait is not None and wait > LONGEST_WAIT_SECONDS:
        return AnswerRefused(f"{host} wants to be asked again in {round(wait / 60)} minutes.")
    if status in _TOO_FAST or (status == _UNAVAILABLE and wait is not None):
        return HostBusy(f"{host} asks us to slow down (HTTP {status}).", retry_after=wait)
    if status in _TOO_LATE:
        return TimedOut(f"{host} gave up waiting for the request.", retry_after=wait)
    if status in _SERVER_ERRORS:
        return ProviderFailed(f"{host} failed (HTTP {status}).", retry_after=wait)
    return None
