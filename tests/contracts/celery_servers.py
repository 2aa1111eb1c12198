"""The brokers of Celery's tests, and what strangers and newer versions may put in their queues."""

from servers.rabbitmq import RabbitServer
from servers.redis import RedisServer

from pixharbor.transports.base import WakeUp
from pixharbor.transports.celery import make_app, queue_of

QUEUES = ("interactive", "transform", "import", "webhook")


def send_newer(broker: str, queue: str, wake_up: WakeUp) -> None:
    """What a newer version may send: more in a call, and calls of a task that is not there yet."""
    app = make_app(broker)
    told = {"task_name": wake_up.task_name, "task_id": str(wake_up.task_id), "hue": 1}
    for task in ("pixharbor.later", "pixharbor.run"):
        app.send_task(task, kwargs=told, queue=queue_of(queue))
    app.close()


class CeleryRedis(RedisServer):
    """Redis, with what a stranger may put in a queue of Celery's."""

    @property
    def url(self) -> str:
        return f"celery+{self.broker}"

    def put(self, queue: str, body: bytes) -> None:
        self.client.lpush(f"pixharbor.{queue}", body)

    def put_newer(self, queue: str, wake_up: WakeUp) -> None:
        send_newer(self.broker, queue, wake_up)


class CeleryRabbit(RabbitServer):
    """RabbitMQ, with what a stranger may put in a queue."""

    @property
    def url(self) -> str:
        return f"celery+{self.broker}"

    def wipe(self) -> None:
        self.delete([f"pixharbor.{queue}" for queue in QUEUES])

    def put(self, queue: str, body: bytes) -> None:
        self.send(f"pixharbor.{queue}", body)
        self.send(f"pixharbor.{queue}", body, content_type="application/json")

    def put_newer(self, queue: str, wake_up: WakeUp) -> None:
        send_newer(self.broker, queue, wake_up)
