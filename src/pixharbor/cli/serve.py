"""`pixharbor serve`: the API, the page and a worker in one process."""

import asyncio
import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import structlog
import typer
import uvicorn

from pixharbor import __version__
from pixharbor.access.guard import check_listening
from pixharbor.app import create_app
from pixharbor.cli.console import console
from pixharbor.cli.loop import run_loop
from pixharbor.db.migrate import migrate
from pixharbor.errors import SettingError
from pixharbor.logs import set_up_logs
from pixharbor.runtime import Runtime, Settings, load_settings, open_runtime
from pixharbor.worker import run_worker

log = structlog.get_logger()


def serve(
    host: Annotated[str | None, typer.Option(help="Listen here instead of HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Listen here instead of PORT.")] = None,
) -> None:
    """Start pixharbor: API, page and worker in one process."""
    settings = load_settings()
    settings.host, settings.port = host or settings.host, port or settings.port
    check_listening(settings)
    set_up_logs(settings)
    run_loop(serve_forever(settings))


async def serve_forever(
    settings: Settings,
    *,
    ready: asyncio.Event | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve until SIGINT, SIGTERM or `stop`; then give back what is under way.

    `ready` is set once the API answers.
    """
    listener = _listen(settings)
    stop = stop or asyncio.Event()
    async with open_runtime(settings) as runtime:
        await migrate(runtime.database)
        _greet(settings)
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        async with asyncio.TaskGroup() as group:
            group.create_task(run_worker(runtime, stop=stop))
            group.create_task(_run_api(runtime, listener, stop))
            if ready:
                ready.set()  # the port is open already: a request waits for its answer
    console.print("Stopped. Start again to go on with what was under way.")


class _QuietServer(uvicorn.Server):
    """A server that leaves the signals to us: one Ctrl-C stops API and worker together."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def _run_api(runtime: Runtime, listener: socket.socket, stop: asyncio.Event) -> None:
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
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        server.should_exit = True
        await serving
    finally:
        stop.set()
        log.info("api.stopped", host=settings.host, port=settings.port)


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything is opened, so that a second start ends with one sentence."""
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


def _greet(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    console.print(f"[bold]pixharbor[/] {__version__} at [link]http://{host}:{settings.port}[/]")
    console.print(f"[dim]Pictures and rows: {settings.data_dir}. Ctrl-C stops.[/]")
    console.print("[dim]AUTH=off: whoever can open this address owns everything here.[/]")
