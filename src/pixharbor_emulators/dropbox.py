"""Dropbox v2 on loopback: any local folder, served as a Dropbox folder with links to everything.

`python -m pixharbor_emulators.dropbox PATH [--port N] [--fault NAME]… [--cert PEM --key PEM]`
"""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pixharbor_emulators.dropbox_app import Dropbox
from pixharbor_emulators.dropbox_calls import PREFIX, TOKEN_PATH
from pixharbor_emulators.dropbox_consent import AUTHORIZE_PATH
from pixharbor_emulators.dropbox_faults import NAMES
from pixharbor_emulators.request_log import Counts, RequestLog
from pixharbor_emulators.serving import Certificate, listen, running, serve_until_interrupted


def create_app(
    root: Path,
    *,
    faults: Sequence[str] = (),
    apps: Collection[str] | None = None,
    refresh_tokens: Collection[str] | None = None,
    token_seconds: float = 14_400,
) -> Dropbox:
    """Make the ASGI application that serves `root`.

    `faults` are as on the command line ("storm:0.3"). `apps` ("key:secret") and `refresh_tokens`
    are those that are known; None knows every one. Raises ValueError for an unknown fault or a
    sidecar that makes no sense.
    """
    return Dropbox(
        root,
        faults=faults,
        apps=apps,
        refresh_tokens=refresh_tokens,
        token_seconds=token_seconds,
    )


@dataclass(frozen=True, slots=True)
class RunningDropbox:
    """An emulator that serves in a thread of this process; see running_dropbox."""

    app: Dropbox
    origin: str
    _call: Callable[[Callable[[], object]], None]

    @property
    def api_url(self) -> str:
        """What DROPBOX_API_URL and DROPBOX_CONTENT_URL have to be."""
        return f"{self.origin}{PREFIX.rstrip('/')}"

    @property
    def token_url(self) -> str:
        """What DROPBOX_TOKEN_URL has to be."""
        return f"{self.origin}{TOKEN_PATH}"

    @property
    def authorize_url(self) -> str:
        """What DROPBOX_AUTHORIZE_URL has to be."""
        return f"{self.origin}{AUTHORIZE_PATH}"

    @property
    def folder_link(self) -> str:
        """The link that a person would paste."""
        return self.app.folder_link

    @property
    def log(self) -> RequestLog:
        """Everything that was asked; `query` of an entry is the argument, as JSON."""
        return self.app.log

    @property
    def counts(self) -> Counts:
        """The totals so far."""
        return self.app.log.counts

    def link(self, path: str, *, old: bool = False) -> str:
        """Return a link to a path below the served folder."""
        return self.app.tree.link(path, old=old)

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
async def running_dropbox(
    root: Path, *, port: int = 0, certificate: Certificate | None = None, **options: Any
) -> AsyncIterator[RunningDropbox]:
    """Serve `root` on 127.0.0.1 in a thread of its own, for as long as the context lasts.

    `options` are those of create_app.
    """
    app = create_app(root, **options)
    with contextlib.closing(app):
        listener = listen("127.0.0.1", port)
        origin = _origin(listener.getsockname(), certificate)
        async with running(app, listener, certificate) as call:
            dropbox = RunningDropbox(app, origin, call)
            try:
                yield dropbox
            finally:
                dropbox.release_downloads()


def serve(
    root: Path,
    host: str = "127.0.0.1",
    port: int = 0,
    faults: Sequence[str] = (),
    *,
    certificate: Certificate | None = None,
    warm: bool = False,
) -> None:
    """Serve `root` until Ctrl-C; prints the API's URL and the folder's link once it listens.

    With `warm` every file is hashed first, so that no listing waits for it.
    """
    with contextlib.closing(create_app(root, faults=faults)) as app:
        if warm:
            asyncio.run(app.lister.warm())
        listener = listen(host, port)
        api_url = _origin(listener.getsockname(), certificate) + PREFIX.rstrip("/")
        serve_until_interrupted(
            app, listener, lambda: _say(f"{api_url} {app.folder_link}"), certificate
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="dropbox", description=__doc__)
    parser.add_argument("path", type=Path, help="the folder to serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 finds a free one")
    parser.add_argument("--fault", action="append", default=[], help=", ".join(NAMES))
    parser.add_argument("--cert", type=Path, help="speak https with this chain of certificates")
    parser.add_argument("--key", type=Path, help="and this private key")
    parser.add_argument("--warm", action="store_true", help="hash every file before listening")
    given = parser.parse_args(arguments)
    if (given.cert is None) != (given.key is None):
        parser.error("--cert and --key belong together")
    certificate = Certificate(given.cert, given.key) if given.cert else None
    try:
        serve(
            given.path,
            given.host,
            given.port,
            given.fault,
            certificate=certificate,
            warm=given.warm,
        )
    except (OSError, ValueError) as error:
        parser.error(str(error))


def _origin(address: Sequence[Any], certificate: Certificate | None) -> str:
    return f"{'https' if certificate else 'http'}://{address[0]}:{address[1]}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
