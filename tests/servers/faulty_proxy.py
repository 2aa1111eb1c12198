"""An HTTP proxy before a store's server, with faults on demand: what networks and servers do (R9).

Each fault is one a client meets: an answer of the server (`status`), none at all (`hang`), a
connection that is reset before or after the server has acted (`reset`, `lose`), an answer that
comes late (`slow`), a body that ends before its length (`cut`), in which a bit is wrong (`flip`),
or in whose place a web page comes (`page`).
"""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from yarl import URL

HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "date", "server"}
PAGE = "<!doctype html><html><title>Sign in</title><p>This network wants a name.</html>"
S3_ERROR = "<?xml version='1.0'?><Error><Code>{}</Code><Message>at a test's wish</Message></Error>"


@dataclass
class Fault:
    """What happens to the requests that it `hits`, as often as `times` says; None: until cured."""

    kind: str
    hits: Callable[[web.BaseRequest], bool] = lambda _: True
    times: int | None = None
    seconds: float = 1
    status: int = 500
    code: str = "InternalError"
    met: int = 0

    def meets(self, request: web.BaseRequest) -> bool:
        """Whether it happens now; counts."""
        if (self.times is not None and self.met >= self.times) or not self.hits(request):
            return False
        self.met += 1
        return True


@dataclass
class FaultyProxy:
    """Forwards to `server`, unless a fault meets the request."""

    server: str
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    ends: asyncio.Event = field(default_factory=asyncio.Event)

    def inject(self, fault: Fault) -> Fault:
        """From now on; answers the fault, which counts whom it met."""
        self.faults.append(fault)
        return fault

    def cure(self) -> None:
        """No faults any more."""
        self.faults.clear()


@asynccontextmanager
async def running_faulty_proxy(server: str) -> AsyncIterator[FaultyProxy]:
    """A proxy on a free loopback port."""
    proxy = FaultyProxy(server)
    async with aiohttp.ClientSession(auto_decompress=False) as session:

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            return await _answer(proxy, session, request)

        runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        proxy.url = f"http://{host}:{port}"
        try:
            yield proxy
        finally:
            proxy.ends.set()
            await runner.cleanup()


async def _answer(
    proxy: FaultyProxy, session: aiohttp.ClientSession, request: web.BaseRequest
) -> web.StreamResponse:
    proxy.requests.append(f"{request.method} {request.path_qs}")
    fault = next((fault for fault in proxy.faults if fault.meets(request)), None)
    kind = fault.kind if fault else ""
    body = await request.content.read()
    if fault and kind in ("status", "page"):
        return _instead(fault)
    if kind == "hang":
        await proxy.ends.wait()
        return _reset(request)
    if kind == "reset":
        return _reset(request)
    if fault and kind == "slow":
        with suppress(TimeoutError):
            await asyncio.wait_for(proxy.ends.wait(), fault.seconds)
    found = await session.request(
        request.method,
        URL(f"{proxy.server}{request.raw_path}", encoded=True),
        data=io.BytesIO(body),
        headers=request.headers,
        skip_auto_headers=("Content-Type", "User-Agent", "Accept", "Accept-Encoding"),
        allow_redirects=False,
    )
    async with found:
        content = await found.read()
        if kind == "lose":
            return _reset(request)
        if kind == "flip":
            content = _flipped(content)
        headers = {
            name: told for name, told in found.headers.items() if name.lower() not in HOP_BY_HOP
        }
        response = web.StreamResponse(status=found.status, headers=headers)
        await response.prepare(request)
        if kind == "cut":
            await response.write(content[: len(content) // 2])
            return _reset(request, response)
        if request.method != "HEAD":
            await response.write(content)
        return response


def _instead(fault: Fault) -> web.Response:
    """An answer that the server has not given."""
    if fault.kind == "page":
        return web.Response(text=PAGE, content_type="text/html")
    text = S3_ERROR.format(fault.code)
    return web.Response(status=fault.status, text=text, content_type="application/xml")


def _flipped(content: bytes) -> bytes:
    """One bit in the middle is wrong."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def _reset(request: web.BaseRequest, begun: web.StreamResponse | None = None) -> web.StreamResponse:
    """Break the connection as a crash does: with a RST, and without another byte."""
    if request.transport:  # or the client has given up already
        request.transport.abort()
    return begun or web.Response()
