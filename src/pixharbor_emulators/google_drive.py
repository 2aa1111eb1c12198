"""Google Drive v3 on loopback: any local folder, served as a public Drive folder.

`python -m pixharbor_emulators.google_drive PATH [--port N] [--fault NAME]…`
"""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pixharbor_emulators.drive_app import PREFIX, GoogleDrive
from pixharbor_emulators.drive_fault_profiles import ABOUT
from pixharbor_emulators.google_oauth import AUTHORIZE_PATH, TOKEN_PATH, GoogleOAuth
from pixharbor_emulators.request_log import Counts, RequestLog
from pixharbor_emulators.serving import listen, running, serve_until_interrupted


def create_app(
    root: Path,
    *,
    faults: Sequence[str] = (),
    keys: Collection[str] | None = None,
    tokens: Collection[str] | None = None,
) -> GoogleDrive:
    """Make the ASGI application that serves `root`.

    `faults` are as on the command line ("storm:0.3"). `keys` and `tokens` are the API keys and
    access tokens that are known; None knows every one. The application has `.log`, `.tree` and
    `.faults`. Raises ValueError for an unknown fault or a sidecar that makes no sense.
    """
    return GoogleDrive(root, faults=faults, keys=keys, tokens=tokens)


@dataclass(frozen=True, slots=True)
class RunningGoogleDrive:
    """An emulator that serves in a thread of this process; see running_google_drive."""

    app: GoogleDrive
    port: int
    _call: Callable[[Callable[[], object]], None]

    @property
    def api_url(self) -> str:
        """What GOOGLE_DRIVE_API_URL has to be."""
        return f"http://127.0.0.1:{self.port}{PREFIX.removesuffix('/files')}"

    @property
    def authorize_url(self) -> str:
        """What GOOGLE_AUTHORIZE_URL has to be."""
        return f"http://127.0.0.1:{self.port}{AUTHORIZE_PATH}"

    @property
    def token_url(self) -> str:
        """What GOOGLE_TOKEN_URL has to be."""
        return f"http://127.0.0.1:{self.port}{TOKEN_PATH}"

    @property
    def oauth(self) -> GoogleOAuth:
        """The accounts, and what they have allowed."""
        return self.app.oauth

    @property
    def folder_link(self) -> str:
        """The link that a person would paste."""
        return self.app.folder_link

    @property
    def log(self) -> RequestLog:
        """Everything that was asked."""
        return self.app.log

    @property
    def counts(self) -> Counts:
        """The totals so far."""
        return self.app.log.counts

    def file_id(self, path: str) -> str:
        """Return the id of a path relative to the served folder; "" is that folder."""
        return self.app.tree.file_id(path)

    def rescan(self) -> None:
        """Read folder and sidecar anew, after a test has changed them."""
        self.app.tree.scan()

    def hold_downloads(self) -> None:
        """Let downloads wait, from the next one on, until release_downloads."""
        self._call(self.app.hold_downloads)

    def release_downloads(self) -> None:
        """Let the waiting downloads go on."""
        self._call(self.app.release_downloads)


@contextlib.asynccontextmanager
async def running_google_drive(
    root: Path,
    *,
    faults: Sequence[str] = (),
    port: int = 0,
    keys: Collection[str] | None = None,
    tokens: Collection[str] | None = None,
) -> AsyncIterator[RunningGoogleDrive]:
    """Serve `root` on 127.0.0.1 in a thread of its own, for as long as the context lasts."""
    app = create_app(root, faults=faults, keys=keys, tokens=tokens)
    with contextlib.closing(app):
        listener = listen("127.0.0.1", port)
        async with running(app, listener) as call:
            drive = RunningGoogleDrive(app, listener.getsockname()[1], call)
            try:
                yield drive
            finally:
                drive.release_downloads()


def serve(
    root: Path,
    host: str = "127.0.0.1",
    port: int = 0,
    faults: Sequence[str] = (),
    *,
    warm: bool = False,
) -> None:
    """Serve `root` until Ctrl-C; prints the API's URL and the folder's link once it listens.

    With `warm` every file is hashed first, so that no listing waits for it.
    """
    with contextlib.closing(create_app(root, faults=faults)) as app:
        if warm:
            asyncio.run(app.listing.warm())
        listener = listen(host, port)
        address, bound_port = listener.getsockname()[:2]
        api_url = f"http://{address}:{bound_port}{PREFIX.removesuffix('/files')}"
        serve_until_interrupted(app, listener, lambda: _say(f"{api_url} {app.folder_link}"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="google_drive", description=__doc__)
    parser.add_argument("path", type=Path, help="the folder to serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 finds a free one")
    parser.add_argument("--fault", action="append", default=[], help=", ".join(ABOUT))
    parser.add_argument("--warm", action="store_true", help="hash every file before listening")
    given = parser.parse_args(arguments)
    try:
        serve(given.path, given.host, given.port, given.fault, warm=given.warm)
    except (OSError, ValueError) as error:
        parser.error(str(error))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
