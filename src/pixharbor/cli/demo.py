"""`pixharbor demo`: a sample album comes in through the ordinary Google Drive source."""

import asyncio
import fcntl
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.text import Text

import pixharbor
from pixharbor.cli.api import Port, listen
from pixharbor.cli.client import open_client
from pixharbor.cli.console import console
from pixharbor.cli.loop import run_loop
from pixharbor.cli.progress import exit_code, follow, print_balance
from pixharbor.cli.serve import serve_forever
from pixharbor.errors import SettingError
from pixharbor.logs import set_up_logs
from pixharbor.runtime import Settings, load_settings
from pixharbor_emulators.google_drive import running_google_drive

ALBUM = Path(pixharbor.__file__).parent / "demo_album"


def demo(
    port: Port = None,
    leave: Annotated[
        bool, typer.Option("--exit", envvar="DEMO_EXIT", help="End after the import.")
    ] = False,
) -> None:
    """Import a sample album from a Google Drive of our own, and keep serving the gallery."""
    settings = load_settings()
    settings.port = port or settings.port
    with _only_demo(settings.data_dir), listen(settings) as listener:
        _use_demo_data(settings)
        set_up_logs(settings.model_copy(update={"log_level": "error"}))
        raise typer.Exit(run_loop(_demo(settings, listener, leave=leave)))


@contextmanager
def _only_demo(data_dir: Path) -> Iterator[None]:
    """Nobody empties the folder of a demo that runs, whatever port that one has."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingError(
                f"DATA_DIR: a demo is running in {data_dir} already; look at that one, stop it "
                "with Ctrl-C, or set DATA_DIR to another folder."
            ) from None
        yield


def _use_demo_data(settings: Settings) -> None:
    """A data folder of the demo's own, empty at every start: real imports are never touched."""
    folder = settings.data_dir / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    settings.data_dir = folder
    settings.database_url = f"sqlite:///{folder}/pixharbor.db"
    settings.storage_url = f"file://{folder}/objects"
    settings.transport_url = "embedded:"
    settings.worker_count = 0  # one process is enough for an album, and starts sooner


async def _demo(settings: Settings, listener: socket.socket, *, leave: bool) -> int:
    async with running_google_drive(ALBUM) as drive:
        settings.google_drive_api_url = drive.api_url
        settings.google_api_key = SecretStr("demo")
        settings.google_quota_profile = "none"
        ready, stop = asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(serve_forever(settings, listener, ready=ready, stop=stop))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not ready.is_set():
            waiting.cancel()
            await serving  # raises why it could not start
        code = await _import_album(f"http://127.0.0.1:{settings.port}", drive.folder_link)
        if leave:
            stop.set()
        await serving
    return code if leave else 0


async def _import_album(server: str, link: str) -> int:
    """Import as anybody would; a failure in the album is part of the show, not of the code."""
    async with open_client(server) as client:
        job = await client.post("/api/v1/imports", {"location": link})
        told = Text(link, f"link {link}")
        console.print("Importing the sample album from", told, "(a Drive of our own)")
        done = await follow(client, job["id"])
    print_balance(done)
    console.print(Text("\nThe gallery:", "bold"), f"{server}/gallery")
    console.print(Text("The job:    ", "bold"), f"{server}/jobs/{done['id']}")
    console.print(Text("By command: ", "bold"), f"pixharbor jobs list --server {server}")
    # One truncated file is in the album on purpose: `partial` is what a right import says of it.
    return 0 if done["state"] in ("completed", "partial") else exit_code(done)
