"""A server program of a test: started on loopback, killed or stopped by its id, started again."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class ServerProcess:
    """One program, and how to tell that it is ready; a second `start` is a restart.

    Everything here blocks: from an async test, call it in a thread.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
        pid_file: Path | None = None,
        seconds: float = 60,
    ) -> None:
        self._command = command
        self._folder = folder
        self._ready = ready
        self._environment = os.environ | (environment or {})
        self._pid_file = pid_file  # where a script writes its program's id
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0  # bytes of the log

    @property
    def log(self) -> Path:
        """What the program said, in all its starts."""
        return self._folder / "output.log"

    def said(self) -> str:
        """What it has said since the last start."""
        with self.log.open("rb") as output:
            output.seek(self._said_before)
            return output.read().decode(errors="replace")

    @property
    def pid(self) -> int | None:
        """The running program's id, None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start it, unless it runs, and wait until it is ready."""
        if self.pid:
            return
        with self.log.open("ab") as output:
            self._said_before = output.tell()
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=self._environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for pytest, which ends it
            )  # fmt: skip
        ends = time.monotonic() + self._seconds
        while not self._ready():
            code = self._process.poll()
            assert code is None, f"{self._command[0]} ended with {code}: {self._last_words()}"
            assert time.monotonic() < ends, f"{self._command[0]}: {self._last_words()}"
            time.sleep(0.05)  # no server tells when it is ready

    def kill(self) -> None:
        """SIGKILL: nothing is said, nothing is saved."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an operator would."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        pid = int(self._pid_file.read_text()) if self._pid_file else self._process.pid
        os.kill(pid, how)
        try:
            self._process.wait(self._seconds)
        except subprocess.TimeoutExpired:
            os.kill(pid, signal.SIGKILL)
            self._process.wait()

    def _last_words(self) -> str:
        return self.said()[-2000:]


def listens(port: int) -> bool:
    """Whether somebody listens on this loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
