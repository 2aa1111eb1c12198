"""A spawned process carries what it works with, and nothing that only the command line shows."""

import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from pixharbor.lean_process import LeanContext


def _tell_modules(answer: Connection) -> None:
    import pixharbor.worker_processes  # noqa: F401, PLC0415 - what a worker begins with

    answer.send({name.partition(".")[0] for name in sys.modules if sys.modules[name]})


def test_a_worker_carries_neither_the_command_line_nor_its_colours() -> None:
    reading, writing = Pipe(duplex=False)
    process = LeanContext().Process(target=_tell_modules, args=(writing,))
    process.start()
    assert reading.poll(60)
    modules = reading.recv()
    process.join()

    assert {"sqlalchemy", "aiohttp", "structlog"} <= modules
    assert not {"typer", "rich", "uvicorn", "fastapi", "PIL", "pytest"} & modules
