"""At start: remove the large files that killed processes left half-fetched."""

import time
from contextlib import suppress
from pathlib import Path

# Older than any download may take: no living process works on such a file.
LEFTOVER_SECONDS = 3600


def sweep_staging(staging: Path) -> None:
    """Delete what nobody has written to for an hour."""
    oldest = time.time() - LEFTOVER_SECONDS
    for leftover in staging.iterdir():
        with suppress(FileNotFoundError):
            if leftover.stat().st_mtime < oldest:
                leftover.unlink()
