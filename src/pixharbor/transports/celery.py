"""The Celery transport, over Redis or RabbitMQ: only the URL differs."""

import os
import socket
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

from amqp.exceptions import AMQPError
from celery import Celery, signals
from kombu import Connection, Exchange, Queue
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from pixharbor.transports.address import split_host
from pixharbor.transports.base import OpenHandler, ServerCheck, WakeUp
from pixharbor.transports.celery_children import Child, Ties
from pixharbor.transports.message import read_message
from pixharbor.transports.redis_server import check_redis, connect_redis
from pixharbor.transports.sender import Sender

T = TypeVar("T")

# The one Celery task: every wake-up is a call of it.
TASK = "pixharbor.run"
# Seconds. A server that is there answers within milliseconds; whoever publishes is waited for.
CONNECT_TIMEOUT = 2
ANSWER_TIMEOUT = 3
# Seconds. At the soft limit a handler is asked to give its work back, as at a stop; at the hard one
# its process is killed; only later does Redis take the message for lost, and give it to another.
SOFT_LIMIT, HARD_LIMIT, LOST = 900, 960, 1200
AWAY = (KombuError, AMQPError, RedisError, OSError)  # whatever a broker's client may raise
# By whether a wake-up is urgent. Redis takes the lowest number first, RabbitMQ the highest.
PRIORITIES_ON_REDIS = {True: 0, False: 9}
PRIORITIES_ON_RABBITMQ = {True: 1, False: 0}

SETTINGS: dict[str, Any] = {
    "task_serializer": "json",
    "accept_content": ["json"],
    # What a handler has not finished is not acknowledged, whether it or its process ends.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    # Results and states are rows of ours: they outlive the broker.
    "task_ignore_result": True,
    "task_soft_time_limit": SOFT_LIMIT,
    "task_time_limit": HARD_LIMIT,
    # A message more than there are children would wait behind long work, next to an idle worker.
    "worker_prefetch_multiplier": 1,
    # After the broker was away work goes on: a second try would find it claimed.
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_enable_prefetch_count_reduction": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_connection_timeout": CONNECT_TIMEOUT,
    # The program's logs are its own; task events are off until Flower switches them on.
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "worker_send_task_events": False,
    # A child is up once it runs, but the machine may be busy starting all of them.
    "worker_proc_alive_timeout": 60,
}
ON_REDIS: dict[str, Any] = {
    "broker_transport": "pixharbor.transports.celery_redis:Transport",
    "broker_transport_options": {
        "visibility_timeout": LOST,
        "priority_steps": sorted(PRIORITIES_ON_REDIS.values()),
        "unacked_restore_interval": 10,
        "socket_connect_timeout": CONNECT_TIMEOUT,
        "socket_timeout": ANSWER_TIMEOUT,
        "socket_keepalive": True,
        "health_check_interval": 15,
    },
}
ON_RABBITMQ: dict[str, Any] = {
    "broker_transport_options": {
        "confirm_publish": True,  # else what is sent to a server just killed passes for sent
        "write_timeout": ANSWER_TIMEOUT,
    },
}


@asynccontextmanager
async def open_transport(url: str) -> AsyncIterator["CeleryTransport"]:
    """Open it, to publish, for as long as the block runs; the server may be away meanwhile."""
    transport = CeleryTransport(url)
    try:
        yield transport
    finally:
        await transport.close()


class CeleryTransport:
    """Celery's prefork pool does the work; its broker is Redis or RabbitMQ.

    A message is acknowledged when its handler has returned. That of a child that was killed comes
    again; that of a whole worker comes again at once on RabbitMQ, and on Redis after LOST seconds,
    long before which the reconciler has announced the task again.
    """

    window = 6  # the next ones lie ready in the broker, for a child does one at a time

    def __init__(self, url: str) -> None:
        split_host(url, example="celery+redis://host:6379/0 or celery+amqp://user@host:5672//")
        self.url = url
        self._broker = url.removeprefix("celery+")
        self._on_redis = self._broker.startswith("redis")
        self._priorities = PRIORITIES_ON_REDIS if self._on_redis else PRIORITIES_ON_RABBITMQ
        self._app = make_app(self._broker)
        self._connection: Connection | None = None
        self._sender = Sender("Redis" if self._on_redis else "RabbitMQ", url, AWAY)

    async def close(self) -> None:
        """Close the connection; waits for what is being sent."""
        await self._sender.close(self._disconnect)
        self._app.close()

    async def check(self) -> ServerCheck:
        """The broker's version, and whether it may drop what is queued."""
        if not self._on_redis:
            return await self._sender.ask(partial(self._connected, self._describe_rabbitmq))
        client = connect_redis(self._broker)
        try:
            return await check_redis(client, self.url)
        finally:
            await client.aclose()

    async def publish(self, queue: str, wake_ups: Sequence[WakeUp]) -> None:
        """Send a message for each, in a thread."""
        send = partial(self._send, queue_of(queue), wake_ups)
        await self._sender.ask(partial(self._connected, send))

    def _connected(self, ask: Callable[[Connection], T]) -> T:
        """On the connection there is, and once more on a new one: a restart has closed the old."""
        if self._connection:
            try:
                return ask(self._connection)
            except AWAY:
                self._disconnect()
        self._connection = self._app.connection_for_write()
        try:
            self._connection.ensure_connection(max_retries=0, reraise_as_library_errors=False)
            return ask(self._connection)
        except AWAY:
            self._disconnect()
            raise

    def _disconnect(self) -> None:
        if self._connection:
            self._connection.collect(ANSWER_TIMEOUT)
            self._connection = None

    def _send(self, queue: Queue, wake_ups: Sequence[WakeUp], connection: Connection) -> None:
        with connection.Producer() as producer:
            for wake_up in wake_ups:
                self._app.send_task(
                    TASK,
                    kwargs={"task_name": wake_up.task_name, "task_id": str(wake_up.task_id)},
                    shadow=wake_up.task_name,  # what Flower shows
                    queue=queue,
                    priority=self._priorities[wake_up.urgent],
                    producer=producer,
                    retry=False,
                    confirm_timeout=ANSWER_TIMEOUT,
                )

    def _describe_rabbitmq(self, connection: Connection) -> ServerCheck:
        told = connection.connection.server_properties
        return ServerCheck(f"{told['product']} {told['version']}")

    def run_processes(
        self, queues: Collection[str], open_handler: OpenHandler, *, processes: int
    ) -> None:
        """Run one Celery worker, named after its queues, with `processes` children."""
        app, ties = self.make_worker_app(queues, open_handler)
        worker = app.Worker(
            hostname=f"{'+'.join(queues)}.{os.getpid()}@{socket.gethostname()}",
            pool="prefork", concurrency=processes, optimization="fair",
            quiet=True, without_gossip=True, without_mingle=True,
        )  # fmt: skip
        worker.start()
        ties.end(worker.exitcode)

    def make_worker_app(
        self, queues: Collection[str], open_handler: OpenHandler
    ) -> tuple[Celery, Ties]:
        """An app for the one worker of this process, whose children open the handler."""
        ties = Ties()
        child = Child(open_handler, ties)
        app = make_app(self._broker)
        app.conf.task_queues = [queue_of(queue) for queue in queues]

        def run(**fields: Any) -> None:
            wake_up = read_message(fields)
            if wake_up:
                child.handle(wake_up)

        app.task(run, name=TASK)
        signals.worker_process_init.connect(child.begin, weak=False)
        signals.worker_process_shutdown.connect(child.end, weak=False)
        signals.worker_shutting_down.connect(ties.stop, weak=False)
        # That somebody hears this keeps Celery from setting up logging of its own.
        signals.setup_logging.connect(lambda **_: None, weak=False)
        return app, ties


def make_app(broker: str) -> Celery:
    """A Celery app for the broker, configured; it connects to nothing yet."""
    app = Celery("pixharbor", broker=broker, set_as_current=False)
    app.conf.update(SETTINGS | (ON_REDIS if broker.startswith("redis") else ON_RABBITMQ))
    return app


def queue_of(queue: str) -> Queue:
    """A class of work, by the default exchange: no binding can be lost when a broker is wiped."""
    name = f"pixharbor.{queue}"
    return Queue(
        name,
        exchange=Exchange(""),
        routing_key=name,
        max_priority=max(PRIORITIES_ON_RABBITMQ.values()),
    )
