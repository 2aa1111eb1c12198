"""What a sandbox process does: confine itself once, then run one job after the other.

Imported by every child, so it imports nothing but the job's own modules.
"""

import ctypes
import math
import signal
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from pixharbor.errors import PixharborError

_ALARM_AFTER: Final = 2  # seconds that the parent has, beyond its deadline, to kill the job itself


class JobError(PixharborError):
    """A job in the sandbox met an error that it should not meet."""

    code = "sandbox_job_failed"


def confine(memory_bytes: int) -> None:
    """Give up what no picture needs: more memory, core dumps, and Python's way of dying slowly."""
    # Python would only die after returning from a decoder's C code; the kernel does not wait.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - does not exist on Windows

        # Data, not address space: libvips maps files and libraries that cost nothing.
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = memory_bytes if most == resource.RLIM_INFINITY else min(memory_bytes, most)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_job(job: Callable[..., Any], args: tuple[Any, ...], seconds: float) -> Any:
    """Run a job of at most `seconds`; the alarm ends this process should the parent be gone."""
    if sys.platform != "win32":
        signal.alarm(math.ceil(seconds) + _ALARM_AFTER)
    try:
        return job(*args)
    except (PixharborError, MemoryError):
        raise
    except Exception as error:
        # Any other kind might not survive the way back through pickle.
        raise JobError(f"{type(error).__name__}: {error}") from error
    finally:
        if sys.platform != "win32":
            signal.alarm(0)
        give_memory_back()


def give_memory_back() -> None:
    """Return what the decoders have freed to the system: glibc would keep 120 MB of it idle."""
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    """Find glibc's function, None with any other C library."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
