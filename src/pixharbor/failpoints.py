"""Failpoints: steps of the work at which `make chaos` lets a process die; nobody else ever does.

`FAILPOINT=object_written:7` kills the process that reaches this step for the seventh time.
`FAILPOINT=object_written:7@/path/to/fuse` does so only while there is a fuse, a file that it takes
away with it: of many processes one dies for each fuse that is laid.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Literal, get_args

Step = Literal[
    "listed",  # a page has come from the source; no row of it is written
    "claimed",  # the lease is ours; nothing is done yet
    "downloading",  # the first bytes of a file have come
    "object_written",  # bytes are durable that no row names
    "row_inserted",  # rows are written and not committed
    "committed",  # a transaction is through, its wake-ups are not sent
    "published",  # they are
    "acknowledged",  # a wake-up is gone from the transport
    "job_closed",  # the last transaction of a job is through
]


def _go_on(_step: Step) -> None:
    """What `reached` is without a failpoint: nothing."""


def arm(given: str) -> Callable[[Step], None]:
    """What `reached` is with one. Raises ValueError for what is no failpoint."""
    point, _, fuse = given.partition("@")
    fatal, _, times = point.partition(":")
    if fatal not in get_args(Step) or not times.isdecimal():
        raise ValueError(
            f"FAILPOINT: cannot use {given!r}; expected STEP:TIMES or STEP:TIMES@FUSE, "
            f"where STEP is one of {', '.join(get_args(Step))}"
        )
    arrivals = count(1)

    def reached(step: Step) -> None:
        if step == fatal and next(arrivals) >= int(times) and (not fuse or _take(Path(fuse))):
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


def _take(fuse: Path) -> bool:
    """Whether the fuse was there; it is gone now, and was this process's alone."""
    with suppress(FileNotFoundError):
        fuse.unlink()
        return True
    return False


# Bound once, when a process starts: without the variable a step costs one call of nothing.
_given = os.environ.get("FAILPOINT")
reached = arm(_given) if _given else _go_on
