"""A server on loopback that answers with a test's very bytes and keeps what it heard."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager


class ScriptedServer:
    """Answers the n-th request with the n-th reply (the last one again); then it hangs up.

    A reply of None is no answer at all: the connection stays open and silent.
    """

    def __init__(self, replies: Sequence[bytes | None]) -> None:
        self.replies = list(replies)
        self.heard: list[str] = []
        self.port = 0
        self._over = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/drive/v3"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            reply = self.replies[min(len(self.heard), len(self.replies) - 1)]
            self.heard.append(head.decode())
            if reply is None:
                await self._over.wait()
            else:
                writer.write(reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has hung up
        finally:
            writer.close()

    def end(self) -> None:
        self._over.set()


@asynccontextmanager
async def scripted(*replies: bytes | None) -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer(replies)
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        server.end()
        listening.close()
        await listening.wait_closed()


def reply(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """A whole answer; a header that is given as "" is left out."""
    given = {"Content-Length": str(len(body)), "Connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in given.items() if value]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body
