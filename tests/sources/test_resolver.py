"""Names of hosts are looked up side by side, and beside everything else that needs a thread."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from pixharbor.sources.resolver import PatientResolver


async def test_names_that_do_not_answer_keep_neither_others_nor_other_threads_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = threading.Event()

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        if host.endswith(".dead"):
            answered.wait(30)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    resolver = PatientResolver()
    dead = [asyncio.create_task(resolver.resolve(f"{number}.dead")) for number in range(20)]
    try:
        async with asyncio.timeout(10):
            (found,) = await resolver.resolve("alive.example", 443)
            assert await asyncio.to_thread(lambda: 7) == 7
        assert (found["host"], found["port"]) == ("192.0.2.1", 443)
        assert not any(each.done() for each in dead)
    finally:
        answered.set()
        outcomes = await asyncio.gather(*dead, return_exceptions=True)
        await resolver.close()
    assert all(isinstance(outcome, OSError) for outcome in outcomes)
