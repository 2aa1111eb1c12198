"""`pixharbor emulate`: serve a local folder as a provider would, to try imports without one."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from pixharbor.cli.console import console
from pixharbor_emulators import dropbox as box
from pixharbor_emulators import google_drive as drive
from pixharbor_emulators.drive_fault_profiles import ABOUT
from pixharbor_emulators.dropbox_faults import ABOUT as DROPBOX_ABOUT
from pixharbor_emulators.serving import Certificate

app = typer.Typer(help="Local stand-ins for the providers.")


def _told(about: dict[str, str]) -> str:
    """The faults for the help. A blank line parts two paragraphs: each has a line of its own."""
    return "\n\n".join(["Faults:", *(f"  {name}: {what}" for name, what in about.items())])


Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="What to serve.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0 finds a free one.")]
Faults = Annotated[
    list[str] | None,
    typer.Option(help="What goes wrong (below), as NAME or NAME:RATE; may be repeated."),
]
Pem = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="For https: a file.")]


@app.command("google-drive", epilog=_told(ABOUT))
def google_drive(path: Folder, port: Port = 8100, fault: Faults = None) -> None:
    """Serve a folder as a public Google Drive folder. Prints the API's URL and the link."""
    console.print(
        "Point pixharbor at it with GOOGLE_DRIVE_API_URL and any GOOGLE_API_KEY. Ctrl-C stops.",
        style="dim",
    )
    try:
        drive.serve(path, port=port, faults=fault or [])
    except (OSError, ValueError) as error:
        console.print(Text("Error:", "bold red"), str(error))
        raise typer.Exit(1) from error


@app.command(epilog=_told(DROPBOX_ABOUT))
def dropbox(
    path: Folder,
    port: Port = 8200,
    fault: Faults = None,
    cert: Pem = None,
    key: Pem = None,
) -> None:
    """Serve a folder as a shared Dropbox folder. Prints the API's URL and the link."""
    console.print(
        "Point pixharbor at it with DROPBOX_API_URL and DROPBOX_CONTENT_URL, and any "
        "DROPBOX_APP_KEY and DROPBOX_APP_SECRET. Ctrl-C stops.",
        style="dim",
    )
    if (cert is None) != (key is None):
        raise typer.BadParameter("--cert and --key belong together")
    certificate = Certificate(cert, key) if cert and key else None
    try:
        box.serve(path, port=port, faults=fault or [], certificate=certificate)
    except (OSError, ValueError) as error:
        console.print(Text("Error:", "bold red"), str(error))
        raise typer.Exit(1) from error
