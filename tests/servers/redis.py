"""Redis for tests: the real program, always the tests' own, because they kill and empty it."""

from pathlib import Path

from programs import find_program
from redis import Redis
from redis.exceptions import RedisError
from server import free_port
from servers.process import ServerProcess


class RedisServer:
    """A Redis that keeps nothing on disk: after a kill it is as empty as after FLUSHALL."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self.broker = f"redis://127.0.0.1:{self.port}/0"
        self.client = Redis(port=self.port, socket_timeout=5)
        program = find_program("redis-server", package="redis-server")
        self._process = ServerProcess(
            [
                program, "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(folder),
                "--save", "", "--appendonly", "no", *options,
            ],
            folder=folder,
            ready=self._answers,
        )  # fmt: skip

    @property
    def url(self) -> str:
        """The TRANSPORT_URL, or another setting, that names it."""
        return self.broker

    def start(self) -> None:
        self._process.start()

    def kill(self) -> None:
        self._process.kill()

    def stop(self) -> None:
        self.client.close()
        self._process.stop()

    def wipe(self) -> None:
        """What an operator's mistake does, or a restart without persistence."""
        self.client.flushall()

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False
