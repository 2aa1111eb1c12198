"""How Celery speaks with Redis: kombu's transport, that survives what is no message of Celery's."""

from json import JSONDecodeError
from queue import Empty
from typing import Any

import structlog
from kombu.transport import redis as kombu_redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from pixharbor.failpoints import reached

log = structlog.get_logger()


class Channel(kombu_redis.Channel):  # type: ignore[misc] # kombu is typed in part only
    """A channel that passes over bytes it cannot read: kombu's ends the worker."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)
        except (JSONDecodeError, UnicodeDecodeError) as error:
            log.warning("message.unreadable", error=str(error))
            raise Empty from None  # it is gone from the queue already

    def basic_ack(self, *message: Any, **options: Any) -> None:
        """As kombu's."""
        super().basic_ack(*message, **options)
        reached("acknowledged")

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - kombu's
        """As kombu's, but a server that is away is told at once, not after three more tries."""
        parameters: dict[str, Any] = super()._connparams(asynchronous)
        return parameters | {
            "retry": Retry(NoBackoff(), 0, supported_errors=(RedisConnectionError,))
        }


class Transport(kombu_redis.Transport):  # type: ignore[misc] # the same
    """kombu's Redis transport with that channel."""

    Channel = Channel

    def _deliver(self, message: Any, queue: str) -> None:
        """Deliver what has the form of a message."""
        if isinstance(message, dict) and {"body", "headers", "properties"} <= message.keys():
            super()._deliver(message, queue)
        else:
            log.warning("message.unreadable", queue=queue, body=repr(message)[:200])
