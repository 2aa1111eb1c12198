"""`pixharbor import --follow`: look at folders again and again, and say when something has come.

By looking, not by the system's messages: those do not come from network shares, and of a tree of a
million files the system keeps no watch.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

# Between two looks: what comes together is mostly imported together. A file that is being written
# then waits in the source (local_folder_read.py).
LOOK_SECONDS = 5.0


async def changes_of(folders: Sequence[Path]) -> AsyncIterator[None]:
    """Yield at first, and then whenever something has come, gone or changed since."""
    while True:
        seen = await asyncio.to_thread(_look, folders)
        yield
        found = seen
        while found == seen:
            await asyncio.sleep(LOOK_SECONDS)
            found = await asyncio.to_thread(_look, folders)


def _look(folders: Sequence[Path]) -> int:
    """One number for all names, sizes and times below, in whatever order they are found."""
    found = 0
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)  # noqa: PTH118 - a million of them
                with suppress(OSError):
                    status = os.lstat(path)
                    found += hash((path, status.st_size, status.st_mtime_ns))
    return found
