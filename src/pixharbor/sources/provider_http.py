"""Connections to a provider's API: sessions, deadlines, bodies, and what goes wrong on the way."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import aiohttp

from pixharbor.sources.base import ProviderFailed, TimedOut, Unreachable

# Of one process. Downloads wait for a connection beyond this; questions have connections of their
# own, because a listing must not wait until slow downloads end.
DOWNLOAD_CONNECTIONS: Final = 64
QUESTION_CONNECTIONS: Final = 16
IDLE_SECONDS: Final = 30.0
METADATA_SECONDS: Final = 60.0
# A download may take this long, and longer if it is large: 100 kB/s is slower than any modem line.
DOWNLOAD_SECONDS: Final = 120.0
SLOWEST_BYTES_PER_SECOND: Final = 100_000
# A body of up to this size is handed over in one piece: one await instead of one a packet.
WHOLE_BODY_BYTES: Final = 1 << 20
ERROR_BODY_BYTES: Final = 1 << 16


Sessions = tuple[aiohttp.ClientSession, aiohttp.ClientSession]


class SecretHeaders(dict[str, str]):
    """Headers with a secret in them; tracebacks that show variables show these without it."""

    def __repr__(self) -> str:
        return f"<headers {', '.join(self)}>"


@asynccontextmanager
async def open_sessions(user_agent: str) -> AsyncIterator[Sessions]:
    """One session for questions and one for bytes, which are asked for unpacked.

    What a proxy packs all the same is unpacked: the listing's size and checksum are of the file.
    """
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=QUESTION_CONNECTIONS, ttl_dns_cache=300),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": user_agent},
            timeout=_timeout(METADATA_SECONDS),
            trust_env=False,
        ) as metadata,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=DOWNLOAD_CONNECTIONS, ttl_dns_cache=300),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": user_agent, "Accept-Encoding": "identity"},
            trust_env=False,
        ) as media,
    ):
        yield metadata, media


@contextmanager
def connection_errors(provider: str) -> Iterator[None]:
    """Say what went wrong on the way, without the address, the headers or what raised it."""
    try:
        yield
    except TimeoutError:
        raise TimedOut(f"{provider} stopped answering.") from None
    except aiohttp.ClientPayloadError:
        raise ProviderFailed(
            "The connection ended before the file did.", reason="truncated"
        ) from None
    except (aiohttp.ClientConnectionError, OSError) as error:
        kind = type(error).__name__
        raise Unreachable(f"No connection to {provider} ({kind}).") from None
    except aiohttp.ClientError as error:
        kind = type(error).__name__
        raise ProviderFailed(f"{provider}'s answer makes no sense ({kind}).") from None


async def read_chunks(
    response: aiohttp.ClientResponse, provider: str
) -> AsyncGenerator[bytes, None]:
    """The bytes of an answer as they come, a small body in one piece."""
    with connection_errors(provider):
        length = response.content_length
        is_packed = "Content-Encoding" in response.headers  # then the length is not the file's
        if length is not None and length <= WHOLE_BODY_BYTES and not is_packed:
            yield await response.read()
            return
        async for chunk in response.content.iter_any():
            yield chunk


def download_timeout(size: int | None) -> aiohttp.ClientTimeout:
    """How long a file of so many bytes may take; None: nobody knows how many."""
    if size is not None and size <= WHOLE_BODY_BYTES:
        return _SMALL_DOWNLOAD
    unknown = 256 << 20  # the default of LIMIT_FILE_BYTES
    bytes_to_come = unknown if size is None else size
    return _timeout(DOWNLOAD_SECONDS + bytes_to_come / SLOWEST_BYTES_PER_SECOND)


def _timeout(total: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=total, sock_connect=IDLE_SECONDS, sock_read=IDLE_SECONDS)


_SMALL_DOWNLOAD: Final = _timeout(DOWNLOAD_SECONDS)
