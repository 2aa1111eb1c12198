"""`pixharbor serve`: the API, the page and the workers, from one command."""

import asyncio
import socket

from pixharbor.cli.api import Host, Port, greet, listen, run_api
from pixharbor.cli.console import console
from pixharbor.cli.loop import run_loop
from pixharbor.db.migrate import migrate
from pixharbor.event_loop import stop_on_signals
from pixharbor.logs import set_up_logs
from pixharbor.runtime import Runtime, Settings, load_settings, open_runtime
from pixharbor.transports.base import Queue
from pixharbor.transports.embedded import EmbeddedTransport
from pixharbor.worker import run_worker
from pixharbor.worker_processes import run_worker_processes


def serve(
    host: Host = None,
    port: Port = None,
) -> None:
    """Start pixharbor: API, page and workers."""
    settings = load_settings()
    settings.host, settings.port = host or settings.host, port or settings.port
    listener = listen(settings)
    set_up_logs(settings)
    run_loop(serve_forever(settings, listener))


async def serve_forever(
    settings: Settings,
    listener: socket.socket,
    *,
    ready: asyncio.Event | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve on `listener` until SIGINT, SIGTERM or `stop`; then give back what is under way.

    `ready` is set once the API answers.
    """
    stop = stop or asyncio.Event()
    async with open_runtime(settings) as runtime:
        await migrate(runtime.database)
        greet(settings)
        stop_on_signals(stop)
        async with asyncio.TaskGroup() as group:
            group.create_task(_run_workers(runtime, stop))
            group.create_task(run_api(runtime, listener, stop))
            if ready:
                ready.set()  # the port is open already: a request waits for its answer
    console.print("Stopped. Start again to go on with what was under way.")


async def _run_workers(runtime: Runtime, stop: asyncio.Event) -> None:
    """In processes of their own, so that the API answers at once while they are busy."""
    if runtime.settings.worker_count == 0:
        await run_worker(runtime, stop=stop)
        return
    shared = runtime.transport if isinstance(runtime.transport, EmbeddedTransport) else None
    await run_worker_processes(runtime.settings, shared, queues=tuple(Queue), stop=stop)
