"""The worker's processes: WORKER_COUNT of them, begun again when they die, ended together."""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from multiprocessing.context import SpawnProcess
from threading import Thread
from typing import Any

import structlog

from pixharbor.event_loop import run_on_loop, stop_on_signals, unless_stopped
from pixharbor.garbage import collect_garbage_seldom
from pixharbor.lean_process import LeanContext
from pixharbor.logs import set_up_logs
from pixharbor.runtime import Settings, open_runtime
from pixharbor.transports.base import Handler, Queue, Transport
from pixharbor.transports.registry import find_forking
from pixharbor.worker import run_worker, working

log = structlog.get_logger()

# A process that is told to stop gives its work back; one that has not by then is killed, and its
# leases run out.
STOP_SECONDS = 20
# Added to the niceness of a worker, so that the API, where a person waits, gets a core at once.
NICENESS = 10
# One that dies right after its start will die again: no haste then.
SHORT_LIFE_SECONDS = 5


async def run_worker_processes(
    settings: Settings, shared: Transport | None, *, queues: Collection[str], stop: asyncio.Event
) -> None:
    """Keep WORKER_COUNT processes at work on `queues` until `stop`.

    They share a transport (the embedded one: pipes), or each connect to TRANSPORT_URL.
    """
    planned = list(_plan(settings, shared, queues))
    async with asyncio.TaskGroup() as group:
        for target, arguments in planned:
            group.create_task(_keep_one(target, arguments, stop))


def _plan(
    settings: Settings, shared: Transport | None, queues: Collection[str]
) -> Iterator[tuple[Callable[..., None], tuple[object, ...]]]:
    """What each process runs. A library that brings its own processes needs one to start them."""
    if find_forking(settings.transport_url) is None:
        yield from [(_work, (settings, shared, queues))] * settings.worker_count
        return
    # Its processes do one thing at a time: an import must not hold up a click.
    long = [queue for queue in queues if queue == Queue.IMPORT]
    short = [queue for queue in queues if queue != Queue.IMPORT]
    for some, processes in ((long, settings.worker_count), (short, 1)):
        if some:
            yield _work_forked, (settings, some, processes)


async def _keep_one(
    target: Callable[..., None], arguments: tuple[object, ...], stop: asyncio.Event
) -> None:
    while not stop.is_set():
        began = time.monotonic()
        process = LeanContext().Process(target=target, args=arguments, name="pixharbor-worker")
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


def _work(settings: Settings, shared: Transport | None, queues: Collection[str]) -> None:
    """The life of a process that works on a loop of its own."""
    _become_worker(settings)
    run_on_loop(_work_until_told(settings, shared, queues))


async def _work_until_told(
    settings: Settings, shared: Transport | None, queues: Collection[str]
) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    # Nobody is left to stop us when the parent was killed: its end is our end.
    asyncio.get_running_loop().add_reader(_parent().sentinel, stop.set)
    async with open_runtime(settings, transport=shared, answers=False) as runtime:
        collect_garbage_seldom()
        await run_worker(runtime, stop=stop, queues=queues)


def _work_forked(settings: Settings, queues: Collection[str], processes: int) -> None:
    """The life of a process whose transport forks those that work."""
    _become_worker(settings)
    transport = find_forking(settings.transport_url)
    assert transport is not None

    @asynccontextmanager
    async def open_handler(stop: asyncio.Event) -> AsyncIterator[Handler]:
        async with (
            open_runtime(settings, answers=False) as runtime,
            working(runtime, stop=stop) as handler,
        ):
            collect_garbage_seldom()
            yield handler

    Thread(target=_end_with_parent, daemon=True).start()
    transport.run_processes(queues, open_handler, processes=processes)


def _end_with_parent() -> None:
    _parent().join()
    os.kill(os.getpid(), signal.SIGTERM)


def _become_worker(settings: Settings) -> None:
    os.nice(NICENESS)
    set_up_logs(settings)


def _parent() -> Any:
    """The process that started this one."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    return parent
