"""The programs that are measured: started on a free port of 127.0.0.1, ended by their own id."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil

from pixharbor_emulators.drive_tree import drive_id

HERE = Path(__file__).parent
SAMPLE_SECONDS = 0.5  # it looks through all processes of the machine
_STARTS_WITHIN, _ENDS_WITHIN = 900.0, 30.0  # seconds; the emulator hashes its files first
_KEPT_VARIABLES = ("PATH", "PYTHONPATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Program:
    """A running server."""

    process: psutil.Process
    url: str

    def cpu_seconds(self) -> float:
        """User and system time of the process and its children so far."""
        total = 0.0
        for each in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += sum(each.cpu_times()[:2])
        return total

    def memory(self) -> int:
        """Resident bytes of the process and its children (pages they share count in each)."""
        total = 0
        for each in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += each.memory_info().rss
        return total

    def memory_counted_once(self) -> int:
        """The same, with each page that several share counted once (PSS; dearer to ask)."""
        total = 0
        for each in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += each.memory_full_info().pss
        return total

    def tree(self) -> list[psutil.Process]:
        """The process and all its children."""
        return [self.process, *self.process.children(recursive=True)]


@dataclass(frozen=True, slots=True)
class Drive(Program):
    """A running drive_server.py."""

    root: str

    @property
    def api_url(self) -> str:
        """What GOOGLE_DRIVE_API_URL has to be."""
        return f"{self.url}/drive/v3"

    def folder_id(self, path: str) -> str:
        """The id of a folder below the served one."""
        return drive_id(f"{self.root}/{path}")

    def link(self, path: str) -> str:
        """The link of a folder below the served one."""
        return f"https://drive.google.com/drive/folders/{self.folder_id(path)}"


@dataclass(frozen=True, slots=True)
class Dropbox(Program):
    """A running Dropbox emulator; `folder_link` leads to the served folder."""

    folder_link: str

    @property
    def settings(self) -> dict[str, str]:
        """The settings by which pixharbor finds it."""
        return {
            "DROPBOX_APP_KEY": "benchmark",
            "DROPBOX_APP_SECRET": "benchmark",
            "DROPBOX_API_URL": self.url,
            "DROPBOX_CONTENT_URL": self.url,
        }

    def link(self, path: str) -> str:
        """The link of a folder below the served one."""
        return self.folder_link.replace("?", f"/{path}?")


@dataclass
class MemorySampler:
    """Watches a program's memory from a thread; `peak` is in bytes."""

    program: Program
    peak: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, self.program.memory())


@contextlib.contextmanager
def running_drive(tree: Path, *options: str) -> Iterator[Drive]:
    """Serve `tree` in a process of its own; `options` are those of drive_server.py."""
    command = [sys.executable, str(HERE / "drive_server.py"), str(tree), *options]
    with _running(command, {}, tree.parent, subprocess.PIPE) as process:
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        if not address:
            raise RuntimeError(f"the emulator did not start: {' '.join(command)}")
        yield Drive(psutil.Process(process.pid), address, tree.name)


@contextlib.contextmanager
def running_dropbox(tree: Path, *options: str) -> Iterator[Dropbox]:
    """Serve `tree` in a process of its own, hashed beforehand."""
    module = "pixharbor_emulators.dropbox"
    command = [sys.executable, "-m", module, str(tree), "--warm", *options]
    with _running(command, {}, tree.parent, subprocess.PIPE) as process:
        assert process.stdout is not None
        url, _, link = process.stdout.readline().decode().strip().partition(" ")
        if not link:
            raise RuntimeError(f"the emulator did not start: {' '.join(command)}")
        yield Dropbox(psutil.Process(process.pid), url, link)


@contextlib.contextmanager
def running_pixharbor(data_dir: Path, settings: Mapping[str, str]) -> Iterator[Program]:
    """Run `pixharbor serve` in a process of its own, and wait until it has nothing to do.

    It answers before its workers have started, and what their start costs is start.py's subject.
    """
    port = free_port()
    with starting_pixharbor(data_dir, port, settings) as process:
        wait_until_ready(process, port, data_dir)
        program = Program(psutil.Process(process.pid), f"http://127.0.0.1:{port}")
        _wait_until_idle(program)
        yield program


def _wait_until_idle(program: Program) -> None:
    """Until half a second has cost it less than a twentieth of a core. Raises TimeoutError."""
    deadline = time.monotonic() + _STARTS_WITHIN
    used = program.cpu_seconds()
    while time.monotonic() < deadline:
        time.sleep(0.5)  # what is measured is the CPU time of half a second
        before, used = used, program.cpu_seconds()
        if used - before < 0.025:
            return
    raise TimeoutError("pixharbor does not come to rest after its start")


@contextlib.contextmanager
def starting_pixharbor(
    data_dir: Path, port: int, settings: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start `pixharbor serve` with these settings and no others; its output is in serve.log."""
    data_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pixharbor.cli.main", "serve", "--port", str(port)]
    with (
        (data_dir / "serve.log").open("wb") as log,
        _running(command, {"DATA_DIR": str(data_dir), **settings}, data_dir, log) as process,
    ):
        yield process


def drive_settings(drive: Drive, quota_profile: str = "none") -> dict[str, str]:
    """The settings by which pixharbor finds the emulator."""
    return {
        "GOOGLE_API_KEY": "benchmark",
        "GOOGLE_DRIVE_API_URL": drive.api_url,
        "GOOGLE_QUOTA_PROFILE": quota_profile,
    }


def wait_until_ready(process: subprocess.Popen[bytes], port: int, data_dir: Path) -> None:
    """Ask /readyz until it says 200. Raises RuntimeError with the end of the log."""
    ends = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < ends and process.poll() is None:
        if _is_ready(port):
            return
        time.sleep(0.005)  # it tells nobody when it is ready
    log = (data_dir / "serve.log").read_text(errors="replace")[-2000:]
    raise RuntimeError(f"pixharbor serve did not get ready:\n{log}")


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def _running(
    command: Sequence[str], settings: Mapping[str, str], folder: Path, output: object
) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    process = subprocess.Popen(
        command,
        cwd=folder,  # away from any .env
        env={**kept, **settings},
        stdout=output,  # type: ignore[call-overload]  # a file or DEVNULL
        stderr=None if output is subprocess.PIPE else subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
