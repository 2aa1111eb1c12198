"""The programs of a site: killed, and begun again whenever they die, as an init system would."""

import asyncio
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil
from server import free_port
from servers.process import ServerProcess

LOOK_SECONDS = 0.1
# Between a program's end and its next start, where the first start fails too: a database is away.
AGAIN_SECONDS = 1.0


@dataclass
class Fleet:
    """The API's program, and those that work; with the embedded transport they are one."""

    port: int
    programs: dict[str, ServerProcess]
    restarts: int = 0
    left_alone: set[str] = field(default_factory=set)  # these stay dead for now

    @property
    def url(self) -> str:
        """Where the API answers."""
        return f"http://127.0.0.1:{self.port}"

    def api(self) -> list[psutil.Process]:
        """The process that answers requests."""
        return self._roots("api")

    def workers(self, program: str | None = None) -> list[psutil.Process]:
        """The processes that work, of one program or of all."""
        below: list[psutil.Process] = []
        for root in self._roots(*([program] if program else self.programs)):
            with suppress(psutil.NoSuchProcess):
                below += root.children(recursive=True)
        return [process for process in below if _works(process)]

    def everything(self) -> list[psutil.Process]:
        """Every process."""
        return self._roots(*self.programs) + self.workers()

    def of(self, program: str) -> list[psutil.Process]:
        """A program with the processes that it has started."""
        return self._roots(program) + self.workers(program)

    def _roots(self, *names: str) -> list[psutil.Process]:
        found = []
        for name in names:
            with suppress(psutil.NoSuchProcess):
                if pid := self.programs[name].pid:
                    found.append(psutil.Process(pid))
        return found

    async def start(self) -> None:
        """Start every program and wait until the API answers."""
        for program in self.programs.values():
            await asyncio.to_thread(program.start)

    async def stop(self) -> None:
        """End the programs as an operator would, the workers first."""
        for program in reversed(self.programs.values()):
            await asyncio.to_thread(program.stop)

    async def keep(self) -> None:
        """Start again whatever ends, until cancelled."""
        while True:
            for name, program in self.programs.items():
                if program.pid is None and name not in self.left_alone:
                    self.restarts += 1
                    try:
                        await asyncio.to_thread(program.start)
                    except AssertionError:  # what it needs is away, or it was killed once more
                        await asyncio.sleep(AGAIN_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    def said(self, words: str) -> int:
        """How often the programs' logs have these words."""
        return sum(
            program.log.read_text(errors="replace").count(words)
            for program in self.programs.values()
        )


def kill(processes: Iterable[psutil.Process]) -> list[int]:
    """SIGKILL to each, and wait until they are gone; answers the ids of those that died of it."""
    struck = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
            struck.append(process)
    ends = time.monotonic() + 10
    while any(_lives(process) for process in struck):
        assert time.monotonic() < ends, f"SIGKILL did not end {struck}"
        time.sleep(0.005)  # the kernel tells their parent alone
    return [process.pid for process in struck]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _works(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return "resource_tracker" not in " ".join(process.cmdline())
    return False


@asynccontextmanager
async def running_fleet(
    folder: Path, settings: Mapping[str, str], *, workers: int, machines: int
) -> AsyncIterator[Fleet]:
    """`pixharbor serve`, or with `machines` the API and so many worker programs.

    `workers` is the number of processes that work, of all machines together.
    """
    port = free_port()
    start = partial(_program, folder, settings)
    if machines:
        await asyncio.to_thread(_migrate, folder, settings)
        each = {"WORKER_COUNT": str(max(1, workers // machines))}
        programs = {"api": start("api", ["api", "--port", str(port)], {}, port)}
        for number in range(1, machines + 1):
            programs[f"worker-{number}"] = start(f"worker-{number}", ["worker"], each)
    else:
        each = {"WORKER_COUNT": str(workers)}
        programs = {"api": start("api", ["serve", "--port", str(port)], each, port)}
    fleet = Fleet(port, programs)
    keeping = None
    try:
        await fleet.start()
        keeping = asyncio.create_task(fleet.keep())
        yield fleet
    finally:
        if keeping:
            keeping.cancel()
            await asyncio.wait({keeping})
        await fleet.stop()


def _program(
    folder: Path,
    settings: Mapping[str, str],
    name: str,
    command: list[str],
    more: Mapping[str, str],
    port: int | None = None,
) -> ServerProcess:
    below = folder / name
    below.mkdir()
    return ServerProcess(
        [sys.executable, "-m", "pixharbor.cli.main", *command],
        folder=below,
        ready=partial(_answers, port) if port else lambda: True,
        environment={**settings, **more},
    )


def _migrate(folder: Path, settings: Mapping[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "pixharbor.cli.main", "migrate"],
        env=os.environ | settings, cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
