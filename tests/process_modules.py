"""What a spawned process of a test runs; a module of its own, which that process can import."""

import sys
from multiprocessing.connection import Connection


def tell_modules(answer: Connection) -> None:
    """Import what a worker begins with, and send the names of all packages that came with it."""
    import pixharbor.worker_processes  # noqa: F401, PLC0415 - for what it brings, here alone

    answer.send({name.partition(".")[0] for name in sys.modules if sys.modules[name]})
