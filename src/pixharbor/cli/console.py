"""What the command line says: to people on stderr, data on stdout."""

import sys
from typing import Any

import orjson
from rich.console import Console
from rich.text import Text

from pixharbor.errors import PixharborError

# No markup: "photo [final].jpg" is a file's name, not a word in a style, and ":cat:" no picture.
# What is to have a style says so beside its words (`style=`, or Text.assemble).
console = Console(stderr=True, highlight=False, markup=False, emoji=False)
out = Console(highlight=False, markup=False, emoji=False)


def complain(error: PixharborError) -> None:
    """Say what went wrong, and what cures it."""
    console.print(Text("Error:", "bold red"), error.message, soft_wrap=True)
    if error.cure:
        console.print(Text("→", "dim"), error.cure, soft_wrap=True)


def print_json(answer: Any) -> None:
    """Clean JSON on stdout."""
    sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
    sys.stdout.buffer.write(b"\n")
    sys.stdout.flush()
