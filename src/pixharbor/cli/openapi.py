"""`pixharbor openapi`: the API's description, for the checked-in file and its check."""

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from pixharbor.cli.console import console


def openapi(
    check: Annotated[Path | None, typer.Option(help="Compare with this file instead.")] = None,
) -> None:
    """Print the API's OpenAPI description."""
    from pixharbor.app import describe_api  # noqa: PLC0415 - loads all of the API

    text = orjson.dumps(describe_api(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if check is None:
        sys.stdout.buffer.write(text)
    elif not check.exists() or check.read_bytes() != text:
        console.print(f"{check} is not what the code says. Run: make api-types", style="red")
        raise typer.Exit(1)
