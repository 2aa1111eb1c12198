"""Buckets as a source: one request and its answer, whichever service it goes to."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

import aiohttp
from yarl import URL

from pixharbor.sources.base import ProviderFailed, SourceError, TimedOut, Unreachable

# Of one process; what may be in memory is limited elsewhere (Admission).
CONNECTIONS: Final = 64
IDLE_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 15.0
QUESTION_SECONDS: Final = 60.0
# A download may take this long, and longer if it is large: 100 kB/s is slower than any modem line.
DOWNLOAD_SECONDS: Final = 120.0
SLOWEST_BYTES_PER_SECOND: Final = 100_000
# A body of up to this size is handed over in one piece: one await instead of one a packet.
WHOLE_BODY_BYTES: Final = 1 << 20
ERROR_BODY_BYTES: Final = 1 << 16
_OK: Final = 200

# Makes of a refused request's status, headers and body the error to raise.
Explain = Callable[[int, Mapping[str, str], bytes], SourceError]


@dataclass(frozen=True, slots=True)
class Found:
    """An object as a bucket lists it, or as the answer with its bytes tells it."""

    key: str
    size: int | None
    checksum: str | None
    modified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: objects, common prefixes ("2024/"), and where the next page begins."""

    objects: list[Found] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    next_token: str | None = None


class Service(Protocol):
    """A service of buckets: S3, or Google Cloud Storage."""

    async def list(
        self, bucket: str, prefix: str, token: str | None, *, flat: bool = False, most: int = 1000
    ) -> Listing:
        """What begins with `prefix`, up to the next "/" unless `flat`. Raises SourceError."""
        ...

    def open(
        self, bucket: str, key: str, *, size: int | None
    ) -> AbstractAsyncContextManager[tuple[Found, AsyncIterator[bytes]]]:
        """An object's bytes, and what their answer says of it. Raises SourceError."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An object's bytes, and the headers that came with them."""

    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


class Http:
    """Asks; every method raises SourceError alone."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def ask(
        self, url: str, headers: Mapping[str, str], explain: Explain, *, method: str = "GET"
    ) -> tuple[bytes, Mapping[str, str]]:
        """The answer's body, which is read whole, and its headers."""
        with _named_errors(url):
            async with self._session.request(
                method, URL(url, encoded=True), headers=headers, allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    QUESTION_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=IDLE_SECONDS
                ),
            ) as response:  # fmt: skip
                body = await response.read()
        if response.status != _OK:
            raise explain(response.status, response.headers, body)
        return body, response.headers

    @asynccontextmanager
    async def open(
        self, url: str, headers: Mapping[str, str], explain: Explain, *, size: int | None
    ) -> AsyncIterator[Answer]:
        """The answer with its body still to come."""
        seconds = DOWNLOAD_SECONDS + (size or 0) / SLOWEST_BYTES_PER_SECOND
        limits = aiohttp.ClientTimeout(
            seconds, sock_connect=CONNECT_SECONDS, sock_read=IDLE_SECONDS
        )
        with _named_errors(url):
            response = await self._session.get(
                URL(url, encoded=True), headers=headers, timeout=limits, allow_redirects=False
            )
        try:
            if response.status != _OK:
                with _named_errors(url):
                    body = await response.content.read(ERROR_BODY_BYTES)
                raise explain(response.status, response.headers, body)
            async with aclosing(_chunks(response, url)) as chunks:
                yield Answer(response.headers, chunks)
        finally:
            response.release()


@asynccontextmanager
async def open_http() -> AsyncIterator[Http]:
    """One session for all buckets. It decodes nothing: bytes are taken as they are kept."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, ttl_dns_cache=300),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "pixharbor", "Accept-Encoding": "identity"},
        auto_decompress=False,
        trust_env=False,
    ) as session:
        yield Http(session)


async def _chunks(response: aiohttp.ClientResponse, url: str) -> AsyncGenerator[bytes, None]:
    with _named_errors(url):
        length = response.content_length
        if length is not None and length <= WHOLE_BODY_BYTES:
            yield await response.read()
            return
        async for chunk in response.content.iter_any():
            yield chunk


@contextmanager
def _named_errors(url: str) -> Iterator[None]:
    """Say what went wrong on the way, without the address: it is signed."""
    host = URL(url, encoded=True).host
    try:
        yield
    except TimeoutError:
        raise TimedOut(f"{host} stopped answering.") from None
    except aiohttp.ClientPayloadError:
        raise ProviderFailed(
            "The connection ended before the object did.", reason="truncated"
        ) from None
    except (aiohttp.ClientConnectionError, OSError) as error:
        raise Unreachable(f"No connection to {host} ({type(error).__name__}).") from None
    except aiohttp.ClientError as error:
        raise ProviderFailed(f"{host} makes no sense ({type(error).__name__}).") from None
