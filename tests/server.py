"""`pixharbor serve` as a program of its own, to be killed and started again by a test."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from harbour import until


@dataclass
class Server:
    """A running server: its process, and a client of its API."""

    process: asyncio.subprocess.Process
    api: httpx.AsyncClient

    def workers(self) -> list[psutil.Process]:
        """The processes that work for it."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]

    async def kill(self) -> None:
        """SIGKILL to it and its workers: nothing is said, nothing is given back."""
        workers = self.workers()
        self.process.kill()
        for worker in workers:
            worker.kill()
        await self.process.wait()
        await asyncio.to_thread(psutil.wait_procs, workers)


# The kernel gives a port again as soon as it is closed: nginx was to listen on one twice.
_GIVEN: set[int] = set()


def free_port() -> int:
    """A loopback port that was free a moment ago, and that nobody here was given before."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _GIVEN:
            _GIVEN.add(port)
            return port


@asynccontextmanager
async def running_server(data_dir: Path, **settings: str) -> AsyncIterator[Server]:
    """Start `pixharbor serve` on `data_dir` and wait until it is ready; ends it at the end."""
    port = free_port()
    environment = os.environ | settings | {"DATA_DIR": str(data_dir), "LOG_LEVEL": "warning"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pixharbor.cli.main", "serve", "--port", str(port),
        env=environment, cwd=data_dir.parent,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as api:
            await until(lambda: _ready(api, process), seconds=30)
            yield Server(process, api)
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), 20)


async def _ready(api: httpx.AsyncClient, process: asyncio.subprocess.Process) -> bool | None:
    assert process.returncode is None, f"the server ended with {process.returncode}"
    try:
        return (await api.get("/readyz")).status_code == 200 or None
    except httpx.TransportError:
        return None
