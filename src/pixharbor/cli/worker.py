"""`pixharbor worker`: work without an API, on this machine or on as many as there are."""

import asyncio
from typing import Annotated

import typer

from pixharbor.cli.console import console
from pixharbor.cli.loop import run_loop
from pixharbor.db.migrate import require_newest
from pixharbor.event_loop import stop_on_signals
from pixharbor.logs import set_up_logs
from pixharbor.runtime import Settings, load_settings, open_runtime
from pixharbor.transports.base import Queue
from pixharbor.transports.registry import require_server
from pixharbor.worker_processes import run_worker_processes


def worker(
    queues: Annotated[
        str, typer.Option(help="Classes of work to take, separated by commas.")
    ] = ",".join(Queue),
) -> None:
    """Take work that `pixharbor api` (or a worker) has announced, in WORKER_COUNT processes."""
    settings = load_settings()
    settings.worker_count = max(settings.worker_count, 1)
    require_server(settings.transport_url)
    set_up_logs(settings)
    run_loop(_work(settings, _parse_queues(queues)))


def _parse_queues(given: str) -> list[Queue]:
    names = [name.strip() for name in given.split(",") if name.strip()]
    unknown = [name for name in names if name not in list(Queue)]
    if unknown or not names:
        told = f"{', '.join(unknown) or given!r}: expected some of {', '.join(Queue)}"
        raise typer.BadParameter(told, param_hint="--queues")
    return [Queue(name) for name in names]


async def _work(settings: Settings, queues: list[Queue]) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    # What is wrong with the settings ends it here: its processes would begin and die for ever.
    async with open_runtime(settings, answers=False) as runtime:
        await require_newest(runtime.database)
    console.print(f"Working on {', '.join(queues)} in {settings.worker_count} processes.")
    await run_worker_processes(settings, None, queues=queues, stop=stop)
    console.print("Stopped. What was under way has been given back.")
