"""`pixharbor api`: the API and the page, for workers in processes or on machines of their own."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import structlog
import typer
import uvicorn
from rich.text import Text

from pixharbor import __version__
from pixharbor.access.guard import check_listening
from pixharbor.app import create_app
from pixharbor.cli.console import console
from pixharbor.cli.loop import run_loop
from pixharbor.db.migrate import require_newest
from pixharbor.errors import SettingError
from pixharbor.event_loop import stop_on_signals, unless_stopped
from pixharbor.garbage import collect_garbage_seldom
from pixharbor.logs import set_up_logs
from pixharbor.runtime import Runtime, Settings, load_settings, open_runtime
from pixharbor.transports.registry import require_server

log = structlog.get_logger()


Host = Annotated[str | None, typer.Option(help="Listen here instead of HOST.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Listen here instead of PORT.")]


def api(
    host: Host = None,
    port: Port = None,
) -> None:
    """Start the API and the page alone; `pixharbor worker` does the work."""
    settings = load_settings()
    settings.host, settings.port = host or settings.host, port or settings.port
    require_server(settings.transport_url)
    listener = listen(settings)
    set_up_logs(settings)
    run_loop(_serve_api(settings, listener))


async def _serve_api(settings: Settings, listener: socket.socket) -> None:
    stop = asyncio.Event()
    async with open_runtime(settings) as runtime:
        await require_newest(runtime.database)
        greet(settings)
        stop_on_signals(stop)
        await run_api(runtime, listener, stop)


class _QuietServer(uvicorn.Server):
    """A server that leaves the signals to us: one Ctrl-C stops API and worker together."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def run_api(runtime: Runtime, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve until `stop`; sets it when the server ends by itself."""
    settings = runtime.settings
    config = uvicorn.Config(
        create_app(runtime),
        access_log=False,
        log_level="warning",
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    server = _QuietServer(config)
    collect_garbage_seldom()
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await unless_stopped(asyncio.wait({serving}), stop)
        server.should_exit = True
        await serving
    finally:
        stop.set()
        log.info("api.stopped", host=settings.host, port=settings.port)


def listen(settings: Settings) -> socket.socket:
    """Take the port before anything is opened, so that a second start ends with one sentence.

    The one place where a port is taken: no command listens to the world without accounts.
    """
    check_listening(settings)
    try:
        return socket.create_server(
            (settings.host, settings.port),
            family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET,
            backlog=2048,
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingError(
                f"PORT: {settings.port} is taken by another program (another pixharbor?); "
                "set PORT to a free one, or stop the other.",
            ) from error
        raise SettingError(
            f"HOST: cannot listen on {settings.host}:{settings.port} ({error.strerror}); "
            "expected an address of this machine.",
        ) from error


def greet(settings: Settings) -> None:
    """Say where it is, and whose it is."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    console.print(Text("pixharbor", "bold"), __version__, "at", Text(address, f"link {address}"))
    console.print(f"Pictures and rows: {settings.data_dir}. Ctrl-C stops.", style="dim")
    console.print("AUTH=off: whoever can open this address owns everything here.", style="dim")
