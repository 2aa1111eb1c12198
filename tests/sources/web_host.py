"""A host of the web on loopback, which answers a path with a test's very bytes, or badly."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from sources.scripted_server import reply

__all__ = ["Page", "WebHost", "reply", "web_host"]

# What a path answers: bytes for the wire, or whatever a coroutine writes there.
Page = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


class WebHost:
    """Listens on one address; `heard` has the requests' heads, `most_at_once` how many overlapped.

    A path that has several pages answers them one after the other, the last one again and again.
    """

    def __init__(self, pages: Mapping[str, Page | list[Page]], scheme: str) -> None:
        self.pages = dict(pages)
        self.heard: list[str] = []
        self.connections = 0
        self.at_once = 0
        self.most_at_once = 0
        self.over = asyncio.Event()
        self.origin = ""
        self._scheme = scheme

    def url(self, path: str) -> str:
        """The address of a path here."""
        return self.origin + path

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [head.split()[1] for head in self.heard]

    def listens(self, server: asyncio.Server) -> None:
        host, port = server.sockets[0].getsockname()[:2]
        self.origin = f"{self._scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        self.connections += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
            page = self._page(self.heard[-1].split()[1])
            if callable(page):
                await page(writer)
            else:
                writer.write(page)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has hung up
        finally:
            self.at_once -= 1
            writer.close()

    def _page(self, path: str) -> Page:
        page = self.pages.get(path, reply("404 Not Found"))
        if not isinstance(page, list):
            return page
        return page.pop(0) if len(page) > 1 else page[0]


@asynccontextmanager
async def web_host(
    pages: Mapping[str, Page | list[Page]] | None = None,
    *,
    address: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[WebHost]:
    """Serve for the length of the block; 127.0.0.2 and the like are hosts of their own."""
    host = WebHost(pages or {}, "https" if tls else "http")
    server = await asyncio.start_server(host.answer, address, 0, ssl=tls)
    host.listens(server)
    try:
        yield host
    finally:
        host.over.set()
        server.close()
        await server.wait_closed()
