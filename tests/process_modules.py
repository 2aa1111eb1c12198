"""What a spawned process of a test runs; a module of its own, which that process can import."""

import sys
from importlib import import_module
from multiprocessing.connection import Connection


def tell_modules(answer: Connection) -> None:
    """Import what a worker begins with, and send the names of all packages that came with it."""
    import_module("pixharbor.worker_processes")
    answer.send({name.partition(".")[0] for name in sys.modules if sys.modules[name]})
