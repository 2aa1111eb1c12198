"""The Drive emulator, and the same files as plain HTTP folders, in one process: one peer's source.

`python benchmarks/drive_server.py PATH [--fault NAME]… [--hold]`. /plain/ lists folders as any web
server does, which is what rclone's http backend reads; files leave by the emulator's own path.
"""

import argparse
import asyncio
import contextlib
import html
import logging
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from pixharbor_emulators.drive_app import GoogleDrive
from pixharbor_emulators.drive_errors import Refused, Reply
from pixharbor_emulators.drive_media import Receive, Scope, Send, Sender, send_file
from pixharbor_emulators.drive_tree import DriveFile
from pixharbor_emulators.google_drive import create_app
from pixharbor_emulators.serving import listen, serve_until_interrupted

PLAIN = "/plain/"


class DriveServer:
    """An ASGI application: the emulator, and under /plain/ its tree as web folders."""

    def __init__(self, drive: GoogleDrive) -> None:
        self._drive = drive
        self._list = lru_cache(maxsize=None)(self._render)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if not scope["path"].startswith(PLAIN):
            await self._drive(scope, receive, send)
            return
        sender = Sender(scope, receive, send, lambda *_: None)
        try:
            await self._answer(scope, sender)
        except Refused as refused:
            await sender.reply(refused.reply)

    async def _answer(self, scope: Scope, sender: Sender) -> None:
        tree = self._drive.tree
        path = scope["path"].removeprefix(PLAIN).strip("/")
        try:
            file = tree.files[tree.file_id(path)]
        except KeyError:
            raise Refused(Reply(404, b"")) from None
        if file.is_folder:
            await sender.reply(Reply(200, self._list(file.id), [(b"content-type", b"text/html")]))
        elif scope["method"] == "HEAD":
            await sender.start(200, _headers(file))
            await sender.body(b"", more=False)
        else:
            await send_file(sender, file, None)

    def _render(self, folder_id: str) -> bytes:
        lines = []
        for child in self._drive.tree.children[folder_id]:
            name = child.name + ("/" if child.is_folder else "")
            lines.append(f'<a href="{quote(name)}">{html.escape(name)}</a><br>')
        return f"<!doctype html><title>Index</title>{''.join(lines)}".encode()


def _headers(file: DriveFile) -> list[tuple[bytes, bytes]]:
    """What rclone asks for before it copies: size and time."""
    changed = formatdate(file.modified_ns / 1e9, usegmt=True)
    return [
        (b"content-type", file.mime_type.encode()),
        (b"content-length", b"%d" % (file.size or 0)),
        (b"last-modified", changed.encode()),
    ]


def main() -> None:
    """Serve until told to end; prints the server's address once it listens."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--hold", action="store_true", help="let every download wait for ever")
    given = parser.parse_args()
    with contextlib.closing(create_app(given.path, faults=given.fault)) as drive:
        asyncio.run(drive.listing.warm())
        if given.hold:
            drive.hold_downloads()
            logging.disable(logging.ERROR)  # that the held ones are cut at the end is no news
        listener = listen("127.0.0.1", 0)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        serve_until_interrupted(DriveServer(drive), listener, lambda: print(address, flush=True))


if __name__ == "__main__":
    main()
