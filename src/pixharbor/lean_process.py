"""Spawn processes that do not import the program they were started from.

multiprocessing has each child run the parent's main script again, for jobs that are defined there.
Ours never are, and that script brings the whole server with it. Children import this module too,
before anything else of ours.
"""

import sys
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Lock
from types import ModuleType
from typing import Any

_STARTING = Lock()

if "--multiprocessing-fork" in sys.orig_argv:  # in such a child
    # structlog brings rich, for tracebacks in colour, which we do not log: 4 MB of each child. None
    # makes `import rich` raise ModuleNotFoundError (the language reference, 5.3.1).
    _modules: dict[str, Any] = sys.modules
    _modules["rich"] = None


class LeanProcess(SpawnProcess):
    """A spawned process, told of an empty main module."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - multiprocessing's hook
        with _STARTING:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return SpawnProcess._Popen(process_obj)  # noqa: SLF001 - the hook being extended
            finally:
                sys.modules["__main__"] = main


class LeanContext(SpawnContext):
    """The context for such processes."""

    Process = LeanProcess
