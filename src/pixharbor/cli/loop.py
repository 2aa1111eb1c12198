"""Runs a command's coroutine, with errors as sentences."""

import sys
from collections.abc import Coroutine
from http import HTTPStatus
from typing import TypeVar

from pixharbor.cli.console import complain, console
from pixharbor.errors import PixharborError
from pixharbor.event_loop import run_on_loop

T = TypeVar("T")


def run_loop(main: Coroutine[None, None, T]) -> T:
    """Run to the end; a known error ends the program with its sentence and its exit code."""
    try:
        return run_on_loop(main)
    except PixharborError as error:
        complain(error)
        servers_fault = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR and error.code != "setting"
        sys.exit(3 if servers_fault else 1)
    except KeyboardInterrupt:
        console.print(
            "Stopped. What was under way goes on with the next `pixharbor serve`, or with the "
            "same command again."
        )
        sys.exit(3)
