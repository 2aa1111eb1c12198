"""What every transport over Redis knows of its server: how to reach it, and whether it suits."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from pixharbor.transports.address import away, split_host
from pixharbor.transports.base import ServerCheck

# Seconds. A server that is there answers within milliseconds; whoever publishes is waited for.
CONNECT_TIMEOUT = 2
ANSWER_TIMEOUT = 3
OLDEST = (6, 2)  # the first with XAUTOCLAIM


def connect_redis(url: str) -> Redis:
    """A client that connects when it is first used, and again after the server was away."""
    split_host(url, example="redis://host:6379/0")
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=16,  # four queues that wait, and those that send
        timeout=ANSWER_TIMEOUT,
        socket_connect_timeout=CONNECT_TIMEOUT,
        socket_timeout=ANSWER_TIMEOUT,
        health_check_interval=15,
        # Once more at once: a restarted server has closed the connections that were kept open.
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    )
    return Redis.from_pool(pool)


async def check_redis(client: Redis, url: str) -> ServerCheck:
    """Its version, and what of its configuration could lose queued work."""
    try:
        info = await client.info()
    except (RedisError, OSError) as error:
        raise away("Redis", url, error) from error
    version, policy = info["redis_version"], info.get("maxmemory_policy", "noeviction")
    warnings = []
    if info.get("maxmemory") and policy != "noeviction":
        warnings.append(
            f"Redis may drop queued work when it is full (maxmemory-policy {policy}): "
            "set maxmemory-policy noeviction."
        )
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        warnings.append(f"Redis {version} is too old: use 6.2 or newer.")
    return ServerCheck(f"Redis {version}", tuple(warnings))
