"""Send a file's bytes as `alt=media` does: whole or a range, and spoilt where a fault says so."""

import asyncio
import contextlib
import gzip
import os
import re
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Protocol

from pixharbor_emulators.drive_errors import (
    Headers,
    Refused,
    Reply,
    not_found,
    range_not_satisfiable,
)
from pixharbor_emulators.faults import Cut, Drip, Flip, Pack, Stall

SpoiltBody = Cut | Drip | Stall | Flip | Pack
Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Up to here one read and one write is cheapest; above it memory would grow with the file.
_WHOLE_BYTES: Final = 1 << 20
_CHUNK_BYTES: Final = 1 << 18
_ENCODED: Final[Headers] = [(b"content-encoding", b"gzip")]
_RANGE: Final = re.compile(rb"\s*bytes\s*=\s*(\d*)-(\d*)\s*")


class HasBytes(Protocol):
    """A file of any provider, as it lies on the disk."""

    @property
    def id(self) -> str:
        """What the provider calls it."""
        ...

    @property
    def disk_path(self) -> str | None:
        """Where its bytes are."""
        ...

    @property
    def mime_type(self) -> str:
        """What the answer says that they are."""
        ...


class Sender:
    """One answer on one connection: the ASGI calls that belong together.

    `record` is called once with the status and the body's bytes, just before the last of them
    leave: whoever has the whole answer finds it in the log.
    """

    __slots__ = ("_receive", "_record", "_send", "_sent", "_status", "scope")

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, record: Callable[[int, int], None]
    ) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self._record: Callable[[int, int], None] | None = record
        self._status = self._sent = 0

    async def reply(self, reply: Reply, *, packed: bool = False) -> None:
        """Send a whole answer, as it is or packed with gzip."""
        body = gzip.compress(reply.body, 1) if packed else reply.body
        headers = [*reply.headers, *_ENCODED] if packed else reply.headers
        await self.start(reply.status, [*headers, (b"content-length", b"%d" % len(body))])
        await self.body(body, more=False)

    async def start(self, status: int, headers: Headers) -> None:
        """Send status and headers; without content-length the body travels in HTTP's chunks."""
        self._status = status
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def body(self, part: bytes, *, more: bool) -> None:
        """Send a part of the body."""
        self._sent += len(part)
        if not more:
            self.finish()
        await self._send({"type": "http.response.body", "body": part, "more_body": more})

    async def pause(self, seconds: float) -> None:
        """Wait before answering, but not for a caller who has hung up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.hung_up()

    async def has_lost_its_caller(self) -> bool:
        """Tell whether sending more is in vain."""
        if not self.scope["state"]["transport"].is_closing():
            return False
        await self.hung_up()
        return True

    async def reset(self) -> None:
        """Break the connection with a TCP reset, after what was sent has left."""
        transport = self.scope["state"]["transport"]
        # A transport tells nobody when its buffer is empty, so it has to be asked.
        while transport.get_write_buffer_size() and not transport.is_closing():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.001)
        self.finish()
        if not transport.is_closing():
            linger_not = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger_not
            )
            transport.abort()
        await self.hung_up()

    async def close(self) -> None:
        """Close the connection after what was sent has left, as if all were said."""
        self.finish()
        self.scope["state"]["transport"].close()
        await self.hung_up()

    async def hung_up(self) -> None:
        """Wait until the caller has ended the connection."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def finish(self) -> None:
        """Record the answer, if that has not been done."""
        record, self._record = self._record, None
        if record is not None:
            record(self._status, self._sent)


async def send_file(
    sender: Sender, file: HasBytes, spoil: SpoiltBody | None, more_headers: Headers | None = None
) -> None:
    """Send the bytes, or the part that the request's Range asks for.

    Raises Refused before anything was sent: the file is gone, or the range lies outside it.
    """
    try:
        descriptor = os.open(file.disk_path or "", os.O_RDONLY)
    except OSError:
        raise Refused(not_found(file.id)) from None
    try:
        size = os.fstat(descriptor).st_size
        start, end, status = _asked_range(header(sender.scope, b"range"), size)
        headers = [(b"content-type", file.mime_type.encode()), *(more_headers or ())]
        if status == 206:  # noqa: PLR2004 - Partial Content
            headers.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, size)))
        if isinstance(spoil, Pack):
            body = os.pread(descriptor, end - start, start)
            await sender.reply(Reply(status, body, headers), packed=True)
            return
        if not isinstance(spoil, Cut) or spoil.says_length:
            headers.append((b"content-length", b"%d" % (end - start)))
        await sender.start(status, headers)
        if spoil is not None:
            await _send_spoilt(sender, os.pread(descriptor, end - start, start), spoil)
        else:
            await _send_range(sender, descriptor, start, end)
    finally:
        os.close(descriptor)


async def _send_range(sender: Sender, descriptor: int, start: int, end: int) -> None:
    if end - start <= _WHOLE_BYTES:
        await sender.body(os.pread(descriptor, end - start, start), more=False)
        return
    for offset in range(start, end, _CHUNK_BYTES):
        if await sender.has_lost_its_caller():
            return
        part = os.pread(descriptor, min(_CHUNK_BYTES, end - offset), offset)
        await sender.body(part, more=offset + len(part) < end)


async def _send_spoilt(sender: Sender, content: bytes, spoil: Cut | Drip | Stall | Flip) -> None:
    match spoil:
        case Flip():
            middle = len(content) // 2
            wrong = bytes([content[middle] ^ 1]) if content else b""
            await sender.body(content[:middle] + wrong + content[middle + 1 :], more=False)
        case Drip():
            await _send_in_drops(sender, content, spoil)
        case Stall():
            await sender.body(content[: int(len(content) * spoil.share)], more=True)
            await sender.hung_up()
        case Cut():
            stays_open = spoil.reset or spoil.says_length
            await sender.body(content[: int(len(content) * spoil.share)], more=stays_open)
            if spoil.reset:
                await sender.reset()
            elif spoil.says_length:
                await sender.close()


async def _send_in_drops(sender: Sender, content: bytes, drip: Drip) -> None:
    drop = -(-len(content) // drip.pieces) or 1
    for offset in range(0, max(1, len(content)), drop):
        await sender.pause(drip.seconds / drip.pieces)
        if await sender.has_lost_its_caller():
            return
        await sender.body(content[offset : offset + drop], more=offset + drop < len(content))


def _asked_range(asked: bytes, size: int) -> tuple[int, int, int]:
    """Return first byte, byte after the last, and the status. Raises Refused with 416."""
    found = _RANGE.fullmatch(asked) if asked else None
    if not found or found[1] == found[2] == b"":
        return 0, size, 200  # no range, or one that is not understood: everything
    if found[1] == b"":
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2] or size) + 1)
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return 0, size, 200
    if start >= size:
        raise Refused(range_not_satisfiable(size))
    return start, end, 206


def header(scope: Scope, name: bytes) -> bytes:
    """Return a request header's value, empty when it was not sent; `name` is in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""
