"""A real PostgreSQL for tests: a server of its own in a temporary folder, on a loopback port."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, LiteralString

import psutil
import psycopg
from programs import find_program
from psycopg import sql
from server import free_port

# A server that is there already, given as the URL of a database on it; its user may create others.
GIVEN = os.environ.get("TEST_POSTGRES_URL")
DEBIAN = "usr/lib/postgresql/*/bin"
# Nothing that tests keep outlives them, so the disk need not be waited for.
HURRIED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass
class Postgres:
    """A server: databases on it can be made, copied and dropped."""

    admin_url: str
    _numbers: Iterator[int] = field(default_factory=count)

    def create_database(self, *, template: str = "template0", options: LiteralString = "") -> str:
        """A new database, as a copy of `template` (a name or URL); answers its URL."""
        name = f"pixharbor_test_{os.getpid()}_{next(self._numbers)}"
        create: LiteralString = "CREATE DATABASE {} TEMPLATE {} "
        self._run(create + options, name, template.rpartition("/")[2])
        return f"{self.admin_url.rpartition('/')[0]}/{name}"

    def drop_database(self, url: str) -> None:
        """Drop it, also while somebody is connected."""
        self._run("DROP DATABASE {} WITH (FORCE)", url.rpartition("/")[2])

    def _run(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


@dataclass
class OwnPostgres(Postgres):
    """A server that was started here, and may be killed and started again."""

    command: tuple[str, ...] = ()
    folder: Path = Path()
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            # Straight after a kill the old server's children may hold its shared memory still.
            for _ in range(50):
                self.process = subprocess.Popen(
                    self.command, stdout=log, stderr=log, **_as_postgres()
                )
                if self._answers():
                    return
                time.sleep(0.1)  # it tells nobody when it is ready
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def kill(self) -> None:
        """SIGKILL to the server and its children, which would notice a few statements later."""
        assert self.process
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(children, timeout=20)

    def stop(self) -> None:
        """Let go of everybody at once, without a checkpoint: nothing of it is needed any more."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(3)
            self.process.wait(20)

    def _answers(self) -> bool:
        assert self.process
        ends = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < ends:
            with suppress(psycopg.OperationalError), psycopg.connect(self.admin_url):
                return True
            time.sleep(0.05)  # it tells nobody when it is ready
        return False


@contextmanager
def running_postgres(*, hurried: bool = True) -> Iterator[OwnPostgres]:
    """A server of the test's own; `hurried` trades what a power cut would leave for speed."""
    postgres = find_program("postgres", package="postgresql", folders=DEBIAN)
    folder = Path(tempfile.mkdtemp(prefix="pixharbor-postgres-"))
    try:
        data, port = folder / "data", free_port()
        if os.geteuid() == 0:  # initdb and postgres refuse root
            shutil.chown(folder, "postgres")
        # Order and case as in a language, not by byte: that is what a user's database has.
        subprocess.run(
            [
                *(Path(postgres).resolve().with_name("initdb"), "-D", data, "-U", "postgres"),
                *("-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"),
                *("--locale-provider=icu", "--icu-locale=en-US"),
            ],
            check=True, capture_output=True, cwd=folder, **_as_postgres(),
        )  # fmt: skip
        options = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories="]
        options += ["max_connections=200", *(HURRIED if hurried else ())]
        command = [postgres, "-D", str(data), *(f"-c{option}" for option in options)]
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        server = OwnPostgres(url, command=tuple(command), folder=folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def any_postgres() -> Iterator[Postgres]:
    """The server of TEST_POSTGRES_URL, or one of the test's own."""
    if GIVEN:
        yield Postgres(GIVEN)
    else:
        with running_postgres() as server:
            yield server


def _as_postgres() -> dict[str, Any]:
    """Who runs the server."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
