"""The event loop that every process of pixharbor runs on: uvloop where there is one."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


def run_on_loop(main: Coroutine[None, None, T]) -> T:
    """Run to the end on a new loop."""
    try:
        import uvloop  # noqa: PLC0415 - not on Windows
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


def stop_on_signals(stop: asyncio.Event) -> None:
    """Let SIGINT (Ctrl-C) and SIGTERM set `stop` instead of ending the process."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)


async def unless_stopped(happening: Coroutine[None, None, object], stop: asyncio.Event) -> bool:
    """Wait for something or for `stop`, whichever is first; answers whether to go on."""
    waits = {asyncio.create_task(happening), asyncio.create_task(stop.wait())}
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        # Over before we go on: its last words might undo what comes next.
        await asyncio.wait(waits)
    return not stop.is_set()
