"""What the command line says: to people on stderr, data on stdout."""

import sys
from collections.abc import Iterator
from typing import Any

import orjson
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from pixharbor.control_characters import show_controls
from pixharbor.errors import PixharborError


class PlainConsole(Console):
    """A console on which what is printed cannot act: rich's own commands alone reach the terminal.

    A file may be called anything, such as the sequence that clears the screen.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """As rich does, with control characters of the text shown."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(show_controls(text, lines=True), style)


# No markup: "photo [final].jpg" is a file's name, not a word in a style, and ":cat:" no picture.
# What is to have a style says so beside its words (`style=`, or Text.assemble).
console = PlainConsole(stderr=True, highlight=False, markup=False, emoji=False)
out = PlainConsole(highlight=False, markup=False, emoji=False)


def complain(error: PixharborError) -> None:
    """Say what went wrong, and what cures it."""
    console.print(Text("Error:", "bold red"), error.message, soft_wrap=True)
    if error.cure:
        console.print(Text("→", "dim"), error.cure, soft_wrap=True)


def print_json(answer: Any) -> None:
    """Clean JSON on stdout."""
    print_data(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_data(text: str) -> None:
    """For programs byte for byte; on a terminal, names command nothing here either."""
    if sys.stdout.isatty():
        text = show_controls(text.replace("\r\n", "\n"), lines=True)
    sys.stdout.buffer.write(text.encode())
    sys.stdout.flush()
