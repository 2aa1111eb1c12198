"""Run an emulator: in a thread of a test, or as a program of its own."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

App = Callable[..., Awaitable[None]]


class Certificate(NamedTuple):
    """What a server needs to speak https: two PEM files, the chain and its private key."""

    chain: Path
    key: Path


class _ResettableProtocol(HttpToolsProtocol):
    """Shows the transport to the application, which may have to break the connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


class _Server(uvicorn.Server):
    """Tells when it listens, and stops when asked to rather than at the next tick."""

    def __init__(
        self, app: App, on_listening: Callable[[], None], certificate: Certificate | None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_ResettableProtocol,
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=1,
                ssl_certfile=certificate and certificate.chain,
                ssl_keyfile=certificate and certificate.key,
            )
        )
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cut every connection: a client that reads slowly or waits for nothing delays no end."""
        for connection in self.server_state.connections:
            if connection.transport is not None:
                connection.transport.abort()
        await super().shutdown(sockets)


class _ThreadServer(_Server):
    """Runs until `stop` is called from another thread."""

    def __init__(self, app: App, certificate: Certificate | None) -> None:
        self.listening = threading.Event()
        self._asked_to_stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        super().__init__(app, self.listening.set, certificate)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        finally:
            self.listening.set()  # nobody waits for a server that could not start

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._asked_to_stop.wait()

    def call(self, function: Callable[[], Any]) -> None:
        """Run a function in the server's own thread, soon."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(function)

    def stop(self) -> None:
        """End the server; its thread ends a moment later."""
        self.call(self._asked_to_stop.set)


def listen(host: str, port: int) -> socket.socket:
    """Bind a listening socket; port 0 finds a free one."""
    return socket.create_server((host, port), backlog=2048)


@contextlib.asynccontextmanager
async def running(
    app: App, listener: socket.socket, certificate: Certificate | None = None
) -> AsyncIterator[Callable[..., None]]:
    """Serve in a thread with its own event loop; yields a way to call into that loop.

    With a certificate it speaks https, without one http.
    """
    server = _ThreadServer(app, certificate)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="emulator", daemon=True
    )
    thread.start()
    await asyncio.to_thread(server.listening.wait)
    try:
        yield server.call
    finally:
        server.stop()
        await asyncio.to_thread(thread.join)


def serve_until_interrupted(
    app: App,
    listener: socket.socket,
    on_listening: Callable[[], None],
    certificate: Certificate | None = None,
) -> None:
    """Serve in the main thread until Ctrl-C or SIGTERM."""
    with contextlib.suppress(KeyboardInterrupt):
        _Server(app, on_listening, certificate).run(sockets=[listener])
