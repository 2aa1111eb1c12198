"""The worker's processes: WORKER_COUNT of them, begun again when they die, ended together."""

import asyncio
import multiprocessing
import time
from collections.abc import Collection
from multiprocessing.context import SpawnProcess

import structlog

from pixharbor.event_loop import run_on_loop, stop_on_signals, unless_stopped
from pixharbor.lean_process import LeanContext
from pixharbor.logs import set_up_logs
from pixharbor.runtime import Settings, open_runtime
from pixharbor.transports.base import Transport
from pixharbor.worker import run_worker

log = structlog.get_logger()

# A process that is told to stop gives its work back; one that has not by then is killed, and its
# leases run out.
STOP_SECONDS = 20
# One that dies right after its start will die again: no haste then.
SHORT_LIFE_SECONDS = 5


async def run_worker_processes(
    settings: Settings, transport: Transport | None, *, queues: Collection[str], stop: asyncio.Event
) -> None:
    """Keep WORKER_COUNT processes at work on `queues` until `stop`.

    They share `transport` (the embedded one: pipes), or each connect to TRANSPORT_URL.
    """
    async with asyncio.TaskGroup() as group:
        for _ in range(settings.worker_count):
            group.create_task(_keep_one(settings, transport, queues, stop))


async def _keep_one(
    settings: Settings, transport: Transport | None, queues: Collection[str], stop: asyncio.Event
) -> None:
    while not stop.is_set():
        began = time.monotonic()
        process = LeanContext().Process(
            target=_work, args=(settings, transport, tuple(queues)), name="pixharbor-worker"
        )
        process.start()
        try:
            await unless_stopped(_ended(process), stop)
        finally:
            await _end(process)
        if not stop.is_set():
            log.warning("worker.died", pid=process.pid, exit_code=process.exitcode)
            if time.monotonic() - began < SHORT_LIFE_SECONDS:
                await unless_stopped(asyncio.sleep(SHORT_LIFE_SECONDS), stop)


async def _ended(process: SpawnProcess) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)


async def _end(process: SpawnProcess) -> None:
    """Ask it to stop, wait, and kill it if it does not."""
    process.terminate()
    try:
        await asyncio.wait_for(_ended(process), STOP_SECONDS)
    except TimeoutError:
        log.warning("worker.killed", pid=process.pid)
        process.kill()
    await asyncio.to_thread(process.join)


def _work(settings: Settings, transport: Transport | None, queues: Collection[str]) -> None:
    """The whole life of such a process."""
    set_up_logs(settings)
    run_on_loop(_work_until_told(settings, transport, queues))


async def _work_until_told(
    settings: Settings, transport: Transport | None, queues: Collection[str]
) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    parent = multiprocessing.parent_process()
    assert parent is not None
    # Nobody is left to stop us when the parent was killed: its end is our end.
    asyncio.get_running_loop().add_reader(parent.sentinel, stop.set)
    async with open_runtime(settings, transport=transport) as runtime:
        await run_worker(runtime, stop=stop, queues=queues)
