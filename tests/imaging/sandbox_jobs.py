"""Jobs that behave badly, for the tests of the sandbox; its children import this module."""

import os
import re
import signal
import sys
from pathlib import Path


def process_id() -> int:
    """The child's own number."""
    return os.getpid()


def loop_in_c(began: Path) -> None:
    """Write this child's number into a pipe, then match for ever: no handler of Python's runs."""
    began.write_text(str(os.getpid()))
    re.match(r"(a+)+$", "a" * 60 + "b")


def loop_deaf(began: Path) -> None:
    """Ignore all polite signals, too."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    loop_in_c(began)


def die_by_signal() -> None:
    """What a broken codec does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(code: int) -> None:
    """What a codec that calls exit() does."""
    os._exit(code)


def read_pipe(pipe: Path) -> str:
    """Wait until somebody writes into the pipe."""
    return pipe.read_text()


def take_memory(mebibytes: int) -> int:
    """Fill that much memory."""
    return len(bytearray(b"x") * (mebibytes * 2**20))


def fail() -> None:
    """Raise what no job should."""
    raise UnicodeDecodeError("ascii", b"\xff", 0, 1, "on purpose")


def loaded_modules() -> list[str]:
    """The child's modules."""
    return sorted(sys.modules)
