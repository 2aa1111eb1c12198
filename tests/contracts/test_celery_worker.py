"""What Celery's worker does beyond the port's contract: its children, its limits, Flower."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest
from contracts.celery_servers import CeleryRedis
from contracts.hearing import Hearing, open_hearing, wake_up
from contracts.listening import listening
from harbour import until
from server import free_port
from servers.process import ServerProcess, listens

from pixharbor.transports.celery import CeleryTransport, make_app, open_transport

pytestmark = pytest.mark.xdist_group("celery-worker")

BROKEN = """
import sys
from contextlib import asynccontextmanager
from pixharbor.errors import PixharborError, SettingError
from pixharbor.transports.registry import find_forking

@asynccontextmanager
async def open_handler(stop):
    raise SettingError("DATABASE_URL: nobody there")
    yield

try:
    find_forking(sys.argv[1]).run_processes(["import"], open_handler, processes=2)
except PixharborError as error:
    print(f"{error.message} ({error.code})")
"""


class Flower:
    """The monitor of Celery's, as its users start it."""

    def __init__(self, broker: str, folder: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = ServerProcess(
            [
                sys.executable, "-m", "celery", "--broker", broker,
                "flower", "--address=127.0.0.1", f"--port={port}",
            ],
            folder=folder,
            ready=lambda: listens(port),
            environment={"FLOWER_UNAUTHENTICATED_API": "true"},
        )  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CeleryRedis]:
    """The broker does not matter here: the lighter one."""
    server = CeleryRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def transport(server: CeleryRedis) -> AsyncIterator[CeleryTransport]:
    server.wipe()
    async with open_transport(server.url) as transport:
        yield transport


async def test_no_child_outlives_its_worker(
    server: CeleryRedis, transport: CeleryTransport
) -> None:
    hearing = open_hearing()
    async with listening(server.url, hearing, concurrency=2) as worker:
        await transport.publish("import", [sent := wake_up()])
        await hearing.until_heard(sent)
        children = [psutil.Process(pid) for pid in worker.pids]
        worker.process.kill()
        assert children
        await asyncio.to_thread(psutil.wait_procs, children, 10)
        assert not any(child.is_running() for child in children)


async def test_what_does_not_yield_to_a_stop_is_ended_and_comes_again(
    server: CeleryRedis, transport: CeleryTransport
) -> None:
    sent, stubborn, again = wake_up(), Hearing(), open_hearing()
    sooner = "from pixharbor.transports import celery_children as c; c.GRACE_SECONDS = 1"
    async with listening(server.url, stubborn, before=sooner) as worker:
        await transport.publish("import", [sent])
        await stubborn.until_heard(sent)
        worker.stop()
        await asyncio.wait_for(worker.ended(), 15)
    assert stubborn.done == []
    async with listening(server.url, again):
        await again.until_heard(sent)


async def test_at_the_soft_time_limit_work_is_given_back_and_a_new_child_goes_on(
    server: CeleryRedis, transport: CeleryTransport
) -> None:
    long, after, hearing = wake_up(), wake_up(), Hearing()
    sooner = "from pixharbor.transports.celery import SETTINGS as s; s['task_soft_time_limit'] = 1"
    async with listening(
        server.url, hearing, concurrency=1, manner="yielding", before=sooner
    ) as worker:
        await transport.publish("import", [long, after])
        await hearing.until_heard(long, after)
        assert long in hearing.done
        assert len(worker.pids) == 2


async def test_celerys_own_command_does_not_work_on_an_older_schema(
    server: CeleryRedis, tmp_path: Path
) -> None:
    environment = {"TRANSPORT_URL": server.url, "DATA_DIR": str(tmp_path / "data")}
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "celery", "-A", "pixharbor.celery_app", "worker", "-c", "1"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # That it ends is all that Celery's command says with its exit code; the log says why.
    assert "run: pixharbor migrate" in ended.stdout + ended.stderr


async def test_celerys_own_command_starts_a_worker_s0_14(
    server: CeleryRedis, transport: CeleryTransport, tmp_path: Path
) -> None:
    environment = {"TRANSPORT_URL": server.url, "DATA_DIR": str(tmp_path / "data")}
    migrate = [sys.executable, "-m", "pixharbor.cli.main", "migrate"]
    prepare = partial(subprocess.run, check=True, capture_output=True)
    await asyncio.to_thread(prepare, migrate, env=os.environ | environment)
    app = make_app(server.broker)
    worker = ServerProcess(
        [sys.executable, "-m", "celery", "-A", "pixharbor.celery_app", "worker", "-c", "1"],
        folder=tmp_path,
        ready=lambda: bool(app.control.inspect(timeout=0.5).ping()),
        environment=environment,
    )
    try:
        await asyncio.to_thread(worker.start)
        await transport.publish("import", [wake_up()])

        async def has_run() -> bool | None:
            told = await asyncio.to_thread(app.control.inspect(timeout=0.5).stats) or {}
            return [one["total"] for one in told.values()] == [{"imports.fetch_chunk": 1}] or None

        await until(has_run, seconds=30)
    finally:
        await asyncio.to_thread(worker.stop)
        app.close()


async def test_a_child_that_cannot_start_ends_the_worker_with_its_sentence(
    server: CeleryRedis,
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BROKEN, server.url,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    told, _ = await asyncio.wait_for(process.communicate(), 30)
    assert told.decode().splitlines()[-1] == "DATABASE_URL: nobody there (setting)"


async def test_real_flower_sees_workers_and_tasks_without_any_setting(
    server: CeleryRedis, transport: CeleryTransport, tmp_path: Path
) -> None:
    flower = Flower(server.broker, tmp_path)
    hearing = open_hearing()
    async with listening(server.url, hearing) as worker, httpx.AsyncClient() as client:
        await asyncio.to_thread(flower.process.start)
        try:

            async def shows_task() -> bool | None:
                """Events are off until Flower has found the worker."""
                await transport.publish("import", [wake_up("imports.list_files")])
                answer = await client.get(f"{flower.url}/api/tasks")
                return any(
                    task["name"] == "imports.list_files"
                    and task["state"] == "SUCCESS"
                    and f"import.{worker.process.pid}@" in task["worker"]
                    for task in answer.json().values()
                ) or None  # fmt: skip

            await until(shows_task, seconds=40)
        finally:
            await asyncio.to_thread(flower.process.stop)


def test_a_worker_that_hangs_in_its_own_shutdown_is_ended() -> None:
    hanging = """
import signal, time
from pixharbor.transports import celery_children
celery_children.GRACE_SECONDS = celery_children.LAST_SECONDS = 0.1
signal.signal(signal.SIGQUIT, signal.SIG_IGN)
celery_children.Ties().stop()
time.sleep(60)  # the shutdown that hangs: the signal has to end it, long before
"""
    ended = subprocess.run([sys.executable, "-c", hanging], timeout=30, check=False)
    assert ended.returncode == -signal.SIGKILL
