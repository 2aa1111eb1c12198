"""Options that several commands share."""

from typing import Annotated

import typer

Server = Annotated[
    str | None,
    typer.Option(help="Ask this server instead of the local data.", envvar="PIXHARBOR_SERVER"),
]
Token = Annotated[str | None, typer.Option(help="API token.", envvar="PIXHARBOR_TOKEN")]
Json = Annotated[bool, typer.Option("--json", help="Print clean JSON on stdout.")]
Connection = Annotated[
    str | None, typer.Option(help="Read as this connected account (pixharbor connections list).")
]
