"""Looks names of hosts up, in threads of its own: a dead name keeps nobody else waiting."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

# The system's resolver has no other way, and a name whose servers are away takes 10 s and more. The
# loop's own threads are few, and files are verified and written in them.
THREADS: Final = 32


class PatientResolver(AbstractResolver):
    """The system's resolver, for a connector of aiohttp."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All addresses of a name. Raises OSError."""
        look_up = partial(
            socket.getaddrinfo,
            *(host, port, family, socket.SOCK_STREAM),
            flags=socket.AI_ADDRCONFIG,
        )
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Let go of the threads; one that still looks something up ends with that."""
        self._threads.shutdown(wait=False, cancel_futures=True)
