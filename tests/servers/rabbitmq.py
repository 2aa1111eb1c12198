"""RabbitMQ for tests: the real program, always the tests' own, because they kill and empty it."""

import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

from amqp import Connection, Message
from amqp.exceptions import AMQPError
from programs import find_program
from server import free_port
from servers.process import ServerProcess

# Debian's is behind a wrapper that insists on one installation's folders and its own user.
BEHIND_WRAPPER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class RabbitServer:
    """A node of its own, with its own port mapper, on loopback."""

    def __init__(self, folder: Path) -> None:
        self.port, self._epmd_port = free_port(), free_port()
        self.broker = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        program = find_program("rabbitmq-server", package="rabbitmq-server")
        (folder / "plugins").write_text("[].")
        (folder / "rabbitmq.conf").touch()
        self._process = ServerProcess(
            [str(BEHIND_WRAPPER) if BEHIND_WRAPPER.exists() else program],
            folder=folder,
            ready=self._answers,
            environment=self._environment(folder),
            pid_file=folder / "pid",
        )

    def _environment(self, folder: Path) -> dict[str, str]:
        return {
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("-kernel inet_dist_use_interface {127,0,0,1}"),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
        }

    def start(self) -> None:
        self._process.start()

    def kill(self) -> None:
        self._process.kill()

    def stop(self) -> None:
        self._process.stop()
        epmd = shutil.which("epmd")
        if epmd:
            subprocess.run(
                [epmd, "-port", str(self._epmd_port), "-kill"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
            )  # fmt: skip

    def connect(self) -> Connection:
        connection = Connection(f"127.0.0.1:{self.port}", connect_timeout=2)
        connection.connect()
        return connection

    @property
    def version(self) -> str:
        """Of the running node."""
        with self.connect() as connection:
            return str(connection.server_properties["version"])

    def delete(self, queues: Collection[str]) -> None:
        """Delete the queues and all that is in them."""
        with self.connect() as connection:
            for queue in queues:
                connection.channel().queue_delete(queue)

    def send(self, queue: str, body: bytes, **properties: str) -> None:
        """Put a message in the queue as it is."""
        with self.connect() as connection:
            channel = connection.channel()
            as_celery_does = {"x-max-priority": 1}
            channel.queue_declare(queue, durable=True, auto_delete=False, arguments=as_celery_does)
            channel.basic_publish_confirm(Message(body, **properties), routing_key=queue)

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except (AMQPError, OSError):
            return False
        return True
