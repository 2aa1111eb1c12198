"""A spawned process carries what it works with, and nothing that only the command line shows."""

from multiprocessing import Pipe

from process_modules import tell_modules

from pixharbor.lean_process import LeanContext


def test_a_worker_carries_neither_the_command_line_nor_its_colours() -> None:
    reading, writing = Pipe(duplex=False)
    process = LeanContext().Process(target=tell_modules, args=(writing,))
    process.start()
    writing.close()  # so that a process that falls over ends the wait
    modules = reading.recv()
    process.join()

    assert {"sqlalchemy", "aiohttp", "structlog"} <= modules
    assert not {"typer", "rich", "uvicorn", "fastapi", "PIL", "pytest"} & modules
