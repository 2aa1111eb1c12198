"""What the command line says: to people on stderr, data on stdout."""

import sys
from typing import Any

import orjson
from rich.console import Console

from pixharbor.errors import PixharborError

console = Console(stderr=True, highlight=False)
out = Console(highlight=False)


def complain(error: PixharborError) -> None:
    """Say what went wrong, and what cures it."""
    console.print("[bold red]Error:[/]", error.message, markup=True, soft_wrap=True)
    if error.cure:
        console.print("[dim]→[/]", error.cure, soft_wrap=True)


def print_json(answer: Any) -> None:
    """Clean JSON on stdout."""
    sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
    sys.stdout.buffer.write(b"\n")
    sys.stdout.flush()
