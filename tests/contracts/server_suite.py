"""What a transport with a server must do besides: the server dies, is wiped, says nothing."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest
from contracts.hearing import Hearing, open_hearing, wake_up
from contracts.listening import listening
from contracts.transport_suite import TransportSuite
from harbour import until
from pictures import write_pictures
from server import free_port, running_server

from pixharbor.errors import Unavailable
from pixharbor.transports.base import Checkable, Publisher, WakeUp
from pixharbor.transports.registry import open_transport
from pixharbor_emulators.google_drive import running_google_drive

# Whoever publishes to a server that is away is told within this many seconds.
PATIENCE = 8
# What lies in a queue and was never a wake-up.
GARBAGE = (b"\xff\x00\xfe no text", b"[]", b"{}", b'{"task_name": 1, "task_id": "x"}', b"")


class Server(Protocol):
    """The server behind a transport, as the suite handles it. Its methods block."""

    @property
    def url(self) -> str:
        """The TRANSPORT_URL."""

    def start(self) -> None:
        """Start it, or start it again."""

    def kill(self) -> None:
        """SIGKILL."""

    def wipe(self) -> None:
        """Lose all that it holds, while it runs."""

    def put(self, queue: str, body: bytes) -> None:
        """Put a message there as it is."""

    def put_newer(self, queue: str, wake_up: WakeUp) -> None:
        """Put a wake-up there to which a newer version of pixharbor has added something."""


class ServerSuite(TransportSuite):
    """Inherit this, and give the fixtures `server`, empty at first, and `transport` at its URL."""

    # Of a server that is not there, at 127.0.0.1 and a port; its password is `s3cret`.
    url: ClassVar[str]
    says: ClassVar[str]  # how the server calls itself

    async def test_the_wake_up_of_a_killed_worker_comes_again_s0_31_t13_t14(
        self, server: Server, transport: Publisher
    ) -> None:
        sent, hearing, again = wake_up(), Hearing(), open_hearing()
        async with listening(server.url, hearing) as killed:
            await transport.publish("import", [sent])
            await hearing.until_heard(sent)
            killed.kill_handlers()
            async with self.running(transport, again):

                async def comes_again() -> bool | None:
                    """By another worker, or by a child that was forked instead."""
                    return len(hearing.heard + again.heard) == 2 or None

                await until(comes_again, seconds=30)

    async def test_sigterm_lets_a_worker_give_back_what_is_under_way_and_close_all(
        self, server: Server, transport: Publisher
    ) -> None:
        sent, hearing = wake_up(), Hearing()
        async with listening(server.url, hearing, manner="yielding") as worker:
            await transport.publish("import", [sent])
            await hearing.until_heard(sent)
            worker.stop()
            await asyncio.wait_for(worker.ended(), 20)
            assert worker.process.returncode == 0

            async def all_is_told() -> bool | None:
                """The handlers were closed, in every process that had opened one."""
                return (hearing.done == [sent] and worker.gone == worker.pids) or None

            await until(all_is_told, seconds=5)

    async def test_after_a_kill_of_the_server_the_same_processes_go_on_s0_30(
        self, server: Server, transport: Publisher
    ) -> None:
        hearing = open_hearing()
        async with self.running(transport, hearing):
            await hear_at_last(transport, hearing)
            await asyncio.to_thread(server.kill)
            with pytest.raises(Unavailable, match="TRANSPORT_URL"):
                await transport.publish("import", [wake_up()])
            await asyncio.to_thread(server.start)
            await hear_at_last(transport, hearing)

    async def test_after_everything_was_wiped_the_same_processes_go_on(
        self, server: Server, transport: Publisher
    ) -> None:
        hearing = open_hearing()
        async with self.running(transport, hearing):
            await hear_at_last(transport, hearing)
            await asyncio.to_thread(server.wipe)
            await hear_at_last(transport, hearing)

    async def test_workers_may_be_started_before_the_server(
        self, server: Server, transport: Publisher
    ) -> None:
        await asyncio.to_thread(server.kill)
        hearing = open_hearing()
        async with self.running(transport, hearing):
            with pytest.raises(Unavailable):
                await transport.publish("import", [wake_up()])
            await asyncio.to_thread(server.start)
            await hear_at_last(transport, hearing)

    async def test_what_is_no_wake_up_stops_nobody(
        self, server: Server, transport: Publisher
    ) -> None:
        hearing, known = open_hearing(), wake_up()
        async with self.running(transport, hearing, concurrency=1):
            for body in GARBAGE:
                await asyncio.to_thread(server.put, "import", body)
            await transport.publish("import", [known])
            await hearing.until_heard(known)
        assert set(hearing.heard) == {known}

    async def test_a_newer_version_may_add_to_a_message(
        self, server: Server, transport: Publisher
    ) -> None:
        hearing, newer = open_hearing(), wake_up("imports.unheard_of")
        await asyncio.to_thread(server.put_newer, "import", newer)
        async with self.running(transport, hearing):
            await hearing.until_heard(newer)

    async def test_an_import_travels_by_it_from_link_to_last_picture(
        self, server: Server, tmp_path: Path
    ) -> None:
        bodies = write_pictures(tmp_path / "tree" / "folder", 20)
        async with (
            running_google_drive(tmp_path / "tree") as drive,
            running_server(
                tmp_path / "data", TRANSPORT_URL=server.url, WORKER_COUNT="1",
                GOOGLE_DRIVE_API_URL=drive.api_url, GOOGLE_API_KEY="key",
            ) as pixharbor,
        ):  # fmt: skip
            link = {"folder_url": drive.folder_link}
            answer = await pixharbor.api.post("/import/google-drive", json=link)
            job = f"/api/v1/jobs/{answer.json()['task_id']}"

            async def completed() -> dict[str, Any] | None:
                told: dict[str, Any] = (await pixharbor.api.get(job)).json()
                return told if told["state"] == "completed" else None

            assert (await until(completed, seconds=60))["balance"]["stored"] == len(bodies)

    async def test_the_server_tells_what_it_is(self, server: Server, transport: Publisher) -> None:
        assert isinstance(transport, Checkable)
        check = await transport.check()
        assert check.says.startswith(self.says)
        assert check.warnings == ()

    async def test_a_server_that_is_not_there_is_told_by_the_setting_without_its_password(
        self,
    ) -> None:
        port = free_port()
        async with open_transport(self.url.format(port=port)) as transport:
            assert isinstance(transport, Checkable)
            begun = time.monotonic()
            with pytest.raises(Unavailable) as published:
                await transport.publish("import", [wake_up()])
            assert time.monotonic() - begun < PATIENCE
            with pytest.raises(Unavailable) as checked:
                await transport.check()
        for told in (published.value, checked.value):
            assert f"TRANSPORT_URL: {self.says} at 127.0.0.1:{port}" in told.message
            assert "TRANSPORT_URL" in told.cure
            assert "s3cret" not in told.message + told.cure

    async def test_a_server_that_never_answers_holds_up_neither_publishers_nor_loop(self) -> None:
        async with silent_server() as port, open_transport(self.url.format(port=port)) as transport:
            begun = time.monotonic()
            publishing = {
                asyncio.create_task(transport.publish("import", [wake_up()])) for _ in range(5)
            }
            waiting = publishing
            while waiting:
                looked = time.monotonic()
                _, waiting = await asyncio.wait(waiting, timeout=0.01)
                assert time.monotonic() - looked < 0.5
            assert time.monotonic() - begun < PATIENCE
            for told in publishing:
                with pytest.raises(Unavailable):
                    told.result()


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """A server that takes whatever comes, and never answers; yields its port."""
    writers = []

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(ConnectionError):
            while await reader.read(1 << 16):
                pass

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
    for writer in writers:
        writer.close()


async def hear_at_last(transport: Publisher, hearing: Hearing) -> None:
    """Publish until one is heard, as the reconciler does: what was lost is announced again."""
    sent: set[WakeUp] = set()

    async def look() -> bool | None:
        try:
            sent.add(one := wake_up())
            await transport.publish("import", [one])
            await asyncio.wait_for(hearing.until_heard(one), 2)
        except (Unavailable, TimeoutError):
            pass
        return bool(sent & set(hearing.heard)) or None

    await until(look, seconds=30)
