"""What the command line says to people, on stderr; stdout is for data."""

from rich.console import Console

from pixharbor.errors import PixharborError

console = Console(stderr=True, highlight=False)


def complain(error: PixharborError) -> None:
    """Say what went wrong, and what cures it."""
    console.print(f"[bold red]Error:[/] {error.message}")
    if error.cure:
        console.print(f"[dim]→[/] {error.cure}")
