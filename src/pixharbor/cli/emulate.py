"""`pixharbor emulate`: serve a local folder as a provider would, to try imports without one."""

from pathlib import Path
from typing import Annotated

import typer

from pixharbor.cli.console import console
from pixharbor_emulators import google_drive as drive
from pixharbor_emulators.drive_fault_profiles import ABOUT

app = typer.Typer(help="Local stand-ins for the providers.")


# A blank line parts two paragraphs: each fault has a line of its own.
FAULTS = "\n\n".join(["Faults:", *(f"  {name}: {about}" for name, about in ABOUT.items())])


@app.command("google-drive", epilog=FAULTS)
def google_drive(
    path: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="What to serve.")],
    port: Annotated[int, typer.Option(help="0 finds a free one.")] = 8100,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="What goes wrong (below), as NAME or NAME:RATE; may be repeated."),
    ] = None,
) -> None:
    """Serve a folder as a public Google Drive folder. Prints the API's URL and the link."""
    console.print(
        "[dim]Point pixharbor at it with GOOGLE_DRIVE_API_URL and any GOOGLE_API_KEY. "
        "Ctrl-C stops.[/]"
    )
    try:
        drive.serve(path, port=port, faults=fault or [])
    except (OSError, ValueError) as error:
        console.print(f"[bold red]Error:[/] {error}")
        raise typer.Exit(1) from error
