"""How long to wait before the same request again: full jitter, capped, and not for ever."""

import random
import time

from pixharbor.sources.base import SourceError

TRIES = 8
TRY_SECONDS = 600
CAP_SECONDS = 32


class RetryDelays:
    """Counts the tries at one thing. Waiting for a quota is not a try."""

    def __init__(self, tries: int = 0) -> None:
        self.tries = tries
        self._waits = 0
        self._began = time.monotonic()

    def next(self, error: SourceError | None = None) -> float | None:
        """Seconds to wait before the next try, None when it has been tried enough."""
        self._waits += 1
        counts = error is None or error.counts_as_try
        if counts:
            self.tries += 1
            if self.tries >= TRIES or time.monotonic() - self._began > TRY_SECONDS:
                return None
        # Not for security: jitter only keeps many workers from coming back all at once.
        delay = random.uniform(0, min(CAP_SECONDS, 2**self._waits / 2))  # noqa: S311 - jitter
        return max(delay, error.retry_after or 0) if error else delay
