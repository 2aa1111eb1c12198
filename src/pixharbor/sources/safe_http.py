"""The one way to fetch what a user names: only from public addresses, within limits of time.

The guard stands where a socket is made: aiohttp asks `_open_socket` for one with the very address
that it then connects to. Names, odd spellings of numbers, redirects and answers of the DNS that
change from one moment to the next (rebinding) all end there, and nothing looks an address up again.
"""

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    aclosing,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import aiohttp
from multidict import CIMultiDictProxy
from pydantic import field_validator
from pydantic_settings import BaseSettings
from yarl import URL

from pixharbor import __version__
from pixharbor.errors import Fate
from pixharbor.sources.base import ProviderFailed, SourceError, TimedOut, Unreachable
from pixharbor.sources.public_addresses import Network, may_reach, read_networks
from pixharbor.sources.resolver import PatientResolver

# Of one process. Waiting costs nothing; what may be in memory is limited elsewhere (Admission).
CONNECTIONS: Final = 256
MOST_REDIRECTS: Final = 5
CONNECT_SECONDS: Final = 15.0
IDLE_SECONDS: Final = 30.0
# From the question to the end of the headers, whatever they drip in.
ANSWER_SECONDS: Final = 60.0
# A body may take this long, and longer if it is large: 20 kB/s is slower than any modem line.
BODY_SECONDS: Final = 60.0
SLOWEST_BYTES_PER_SECOND: Final = 20_000
# A body of up to this size is handed over in one piece: one await instead of one a packet.
WHOLE_BODY_BYTES: Final = 1 << 20
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
# Below 1024 only the web's own ports, above it none that a browser refuses to speak HTTP to
# (the "bad ports" of the WHATWG Fetch standard): other servers take what we send for commands.
WEB_PORTS: Final = frozenset({80, 443})
FIRST_FREE_PORT: Final = 1024
BAD_PORTS: Final = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080}
    | set(range(6665, 6670))
)
USER_AGENT: Final = f"pixharbor/{__version__}"

PLAIN_ADDRESS: Final = "An address that works looks like https://example.org/photo.jpg."

# Given a host, waits for a turn there and keeps it for the length of the block.
TurnAt = Callable[[str], AbstractAsyncContextManager[None]]


class SafeHttpSettings(BaseSettings):
    """Where a user may send us besides the public internet: networks, with commas."""

    allow_private_addresses: str = ""

    @field_validator("allow_private_addresses")
    @classmethod
    def _name_private_networks(cls, given: str) -> str:
        try:
            return ",".join(str(network) for network in read_networks(given))
        except ValueError as error:
            raise ValueError(
                f"{error}; expected networks such as 192.168.1.0/24,fd00::/8",
            ) from None


class AddressRefused(SourceError):
    """This address does not lead to the public internet."""

    status = 422
    code = "address_refused"
    reason = "address_refused"
    fate = Fate.SKIP
    cure = "If you trust it, name its network in ALLOW_PRIVATE_ADDRESSES."


class AnswerRefused(SourceError):
    """The host's answer is one that asking again will not mend."""

    fate = Fate.SKIP


class _NotPublic(OSError):
    """An address that no socket is made for; an OSError, for aiohttp tries the host's next one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered, after all redirects; `url` is where it came from."""

    url: URL
    status: int
    headers: CIMultiDictProxy[str]
    body: AsyncIterator[bytes]
    size: int | None  # as the host states it; None when the body is compressed or endless


class SafeHttp:
    """Asks any host; raises SourceError alone, with nothing of a URL in it but the host."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @asynccontextmanager
    async def get(
        self,
        url: URL,
        *,
        headers: Mapping[str, str] | None = None,
        conditions: Mapping[str, str] | None = None,
        turn_at: TurnAt = lambda _: nullcontext(),
    ) -> AsyncIterator[Answer]:
        """Open a URL and follow its redirects, each looked at like the first.

        `headers` go to the host they were meant for alone, `conditions` to `url` itself: what a
        redirect leads to has other versions. A name and password in the URL go to nobody. The
        answer may have any status.
        """
        check_url(url)
        url = first = url.with_user(None)
        for _ in range(MOST_REDIRECTS + 1):
            ours = {**(headers or {})} if url.origin() == first.origin() else {}
            if url == first:
                ours |= conditions or {}
            async with turn_at(url.host or ""), self._ask(url, ours) as response:
                if response.status not in REDIRECTS:
                    async with aclosing(_body(response)) as body:
                        size = None if _encoding(response) else response.content_length
                        yield Answer(url, response.status, response.headers, body, size)
                    return
                url = redirect_target(url, response.headers.get("Location", ""))
                check_url(url)
        raise AnswerRefused(f"{first.host} redirects more than {MOST_REDIRECTS} times.")

    @asynccontextmanager
    async def _ask(
        self, url: URL, headers: Mapping[str, str] | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        with connection_errors(url):
            async with asyncio.timeout(ANSWER_SECONDS):
                response = await self._session.get(url, headers=headers, allow_redirects=False)
        try:
            yield response
        finally:
            response.release()


@asynccontextmanager
async def open_safe_http(settings: SafeHttpSettings) -> AsyncIterator[SafeHttp]:
    """Connections for the length of the block: no proxy, no cookies, no compression."""
    allowed = read_networks(settings.allow_private_addresses)
    resolver = PatientResolver()
    connector = aiohttp.TCPConnector(
        limit=CONNECTIONS,
        ttl_dns_cache=60,
        resolver=resolver,
        socket_factory=partial(_open_socket, allowed),
    )
    try:
        async with aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            timeout=aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS, sock_read=IDLE_SECONDS),
            auto_decompress=False,
            trust_env=False,
        ) as session:
            yield SafeHttp(session)
    finally:
        await resolver.close()


def check_url(url: URL) -> None:
    """Raise AddressRefused for what is not a plain web address."""
    if url.scheme not in ("http", "https"):
        raise AddressRefused("Only http and https addresses can be fetched.", cure=PLAIN_ADDRESS)
    if not url.host:
        raise AddressRefused("The address names no host.", cure=PLAIN_ADDRESS)
    port = url.port or 0
    if port in BAD_PORTS or (port < FIRST_FREE_PORT and port not in WEB_PORTS):
        raise AddressRefused(
            f"Port {port} is not one of the web.", cure="Serve it from 80, 443 or a higher one."
        )


def redirect_target(url: URL, location: str) -> URL:
    """Where a redirect leads, without a password. Raises AnswerRefused for no address at all."""
    try:
        target = url.join(URL(location, encoded=location.isascii() and location.isprintable()))
        return target.with_user(None).with_fragment(None)
    except ValueError:
        raise AnswerRefused(f"{url.host} redirects to what is no address.") from None


def _open_socket(allowed: tuple[Network, ...], found: aiohttp.AddrInfoType) -> socket.socket:
    """A socket for one address that was looked up, if we may connect to it."""
    family, kind, protocol, _, address = found
    if not may_reach(str(address[0]), allowed):
        raise _NotPublic("not a public address")
    return socket.socket(family, kind, protocol)


@contextmanager
def connection_errors(url: URL) -> Iterator[None]:
    """Say what went wrong on the way to a host: neither the address nor what raised it."""
    host = url.host
    try:
        yield
    except TimeoutError:
        raise TimedOut(f"{host} stopped answering.") from None
    except aiohttp.ClientConnectorCertificateError as error:
        raise _bad_certificate(host, error.certificate_error) from None
    except aiohttp.ClientConnectorError as error:
        raise _not_connected(host, error) from None
    except aiohttp.ClientPayloadError:
        raise ProviderFailed(
            "The connection ended before the file did.", reason="truncated"
        ) from None
    except aiohttp.InvalidURL:
        raise AddressRefused(f"{host} is no name of a host.", cure=PLAIN_ADDRESS) from None
    except (aiohttp.ClientConnectionError, OSError) as error:
        raise Unreachable(f"The connection to {host} broke ({type(error).__name__}).") from None
    except aiohttp.ClientError as error:
        raise AnswerRefused(f"{host} answers nonsense ({type(error).__name__}).") from None


def _not_connected(host: str | None, error: aiohttp.ClientConnectorError) -> SourceError:
    cause = error.os_error
    if isinstance(cause, _NotPublic):
        return AddressRefused(f"{host} does not lead to the public internet.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        if getattr(cause, "errno", None) == socket.EAI_AGAIN:
            return Unreachable(f"The DNS does not answer about {host}.")
        return AnswerRefused(f"There is no host {host}.", reason="unreachable")
    if isinstance(cause, ssl.SSLError):
        return AnswerRefused(f"No encryption in common with {host}.", reason="unreachable")
    return Unreachable(f"No connection to {host}.")


def _bad_certificate(host: str | None, error: Exception) -> SourceError:
    told = getattr(error, "verify_message", "") or type(error).__name__
    return AnswerRefused(f"The certificate of {host} is not valid: {told}.", reason="unreachable")


def _encoding(response: aiohttp.ClientResponse) -> str:
    given = response.headers.get("Content-Encoding", "").strip().lower()
    return "" if given == "identity" else given


async def _body(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
    """The body's bytes, unpacked where a host packs without being asked (some stores do)."""
    encoding = _encoding(response)
    async with aclosing(_sent(response)) as chunks:
        if not encoding:
            async for chunk in chunks:
                yield chunk
            return
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise AnswerRefused(f"{response.url.host} packs the file as {encoding[:20]!r}.")
        async for chunk in _unpacked(chunks, response.url):
            yield chunk


async def _unpacked(chunks: AsyncIterator[bytes], url: URL) -> AsyncIterator[bytes]:
    """Unpack piece by piece: whoever reads may stop at any size, so a bomb does not go off."""
    unpacker: Any = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # gzip or zlib, by its head
    try:
        async for chunk in chunks:
            packed = chunk
            while packed and not unpacker.eof:
                yield unpacker.decompress(packed, WHOLE_BODY_BYTES)
                packed = unpacker.unconsumed_tail
    except zlib.error:
        raise AnswerRefused(f"What {url.host} packed cannot be unpacked.") from None
    if not unpacker.eof:
        raise ProviderFailed("The connection ended before the file did.", reason="truncated")


async def _sent(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
    """The bytes as they are sent, given up when they come too slowly."""
    clock = asyncio.get_running_loop().time
    began, received = clock(), 0
    with connection_errors(response.url):
        length = response.content_length
        if length is not None and length <= WHOLE_BODY_BYTES:
            async with asyncio.timeout(BODY_SECONDS + length / SLOWEST_BYTES_PER_SECOND):
                whole = await response.read()
            yield whole
            return
        async for chunk in response.content.iter_any():
            yield chunk
            received += len(chunk)
            if clock() - began > BODY_SECONDS + received / SLOWEST_BYTES_PER_SECOND:
                raise TimedOut(f"{response.url.host} sends too slowly.")
