"""A job in the sandbox can do what it likes: it ends, and nobody else notices."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from multiprocessing import active_children
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from imaging import sandbox_jobs
from imaging.sample_pictures import encode, quarters

from pixharbor.imaging.child import JobError
from pixharbor.imaging.decode import TooManyPixels
from pixharbor.imaging.formats import FORMATS
from pixharbor.imaging.inspect import NotAnImage, read_header
from pixharbor.imaging.limits import ImagingSettings
from pixharbor.imaging.sandbox import (
    ImageCrashed,
    ImageTimedOut,
    Sandbox,
    TooMuchMemory,
    open_sandbox,
)
from pixharbor.imaging.thumbnail import make_thumbnail


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox of one child."""
    async with open_sandbox(ImagingSettings(), processes=1) as sandbox:
        yield sandbox


@pytest.fixture
def began(tmp_path: Path) -> Path:
    """A pipe into which a job writes when it begins."""
    path = tmp_path / "began"
    os.mkfifo(path)
    return path


async def read_number(pipe: Path) -> int:
    return int(await asyncio.to_thread(pipe.read_text))


async def test_a_job_runs_in_another_process_which_stays_for_the_next(sandbox: Sandbox) -> None:
    first = await sandbox.run(sandbox_jobs.process_id)
    second = await sandbox.run(sandbox_jobs.process_id)

    assert first == second != os.getpid()


async def test_children_start_with_the_first_job_and_only_as_many_as_needed() -> None:
    before = set(active_children())
    async with open_sandbox(ImagingSettings(), processes=2) as sandbox:
        assert set(active_children()) == before
        await sandbox.run(sandbox_jobs.process_id)
        await sandbox.run(sandbox_jobs.process_id)
        assert len(set(active_children()) - before) == 1
        await asyncio.gather(*(sandbox.run(sandbox_jobs.process_id) for _ in range(4)))
        assert len(set(active_children()) - before) == 2
    assert set(active_children()) == before


async def test_a_child_carries_neither_the_server_nor_the_program(sandbox: Sandbox) -> None:
    modules = await sandbox.run(sandbox_jobs.loaded_modules)

    assert "pixharbor.imaging.child" in modules
    assert {"pydantic", "fastapi", "sqlalchemy", "pytest", "_pytest"}.isdisjoint(modules)


@pytest.mark.parametrize("job", [sandbox_jobs.loop_in_c, sandbox_jobs.loop_deaf])
async def test_a_job_past_its_deadline_is_killed(
    sandbox: Sandbox, began: Path, job: object
) -> None:
    number = asyncio.create_task(read_number(began))
    begin = time.monotonic()
    with pytest.raises(ImageTimedOut) as caught:
        await sandbox.run(job, began, seconds=0.5)  # type: ignore[arg-type]  # parametrised

    assert time.monotonic() - begin < 5  # starting included, on a busy machine
    assert (caught.value.status, caught.value.code) == (504, "image_timed_out")
    assert not psutil.pid_exists(await number)
    assert await sandbox.run(sandbox_jobs.process_id) != await number


@pytest.mark.parametrize(
    ("job", "args"),
    [(sandbox_jobs.die_by_signal, ()), (sandbox_jobs.leave, (3,))],
    ids=["signal", "exit"],
)
async def test_a_crash_is_told_and_the_next_job_runs(
    sandbox: Sandbox, job: object, args: tuple[int, ...]
) -> None:
    with pytest.raises(ImageCrashed) as caught:
        await sandbox.run(job, *args)  # type: ignore[arg-type]  # parametrised

    assert (caught.value.status, caught.value.code) == (422, "image_crashed")
    assert await sandbox.run(sandbox_jobs.process_id)


async def test_a_child_that_was_killed_while_idle_costs_the_next_job_nothing(
    sandbox: Sandbox,
) -> None:
    for _ in range(5):
        number = await sandbox.run(sandbox_jobs.process_id)
        os.kill(number, signal.SIGKILL)
        assert await sandbox.run(sandbox_jobs.process_id) != number


async def test_a_child_that_no_longer_answers_is_replaced(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await sandbox.run(sandbox_jobs.process_id)
    os.kill(number, signal.SIGSTOP)
    monkeypatch.setattr("pixharbor.imaging.sandbox._START_SECONDS", 0.2)
    with pytest.raises(ImageTimedOut):
        await sandbox.run(sandbox_jobs.process_id, seconds=0.3)
    monkeypatch.undo()

    assert not psutil.pid_exists(number)
    assert await sandbox.run(sandbox_jobs.process_id) != number


async def test_crashes_and_time_outs_harm_no_neighbour(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    async with open_sandbox(ImagingSettings(), processes=2) as sandbox:
        neighbour = asyncio.create_task(sandbox.run(sandbox_jobs.read_pipe, pipe))
        for _ in range(3):
            with pytest.raises(ImageCrashed):
                await sandbox.run(sandbox_jobs.die_by_signal)
        # Opening for writing waits until the neighbour reads.
        await asyncio.to_thread(pipe.write_text, "unharmed")
        assert await neighbour == "unharmed"


async def test_a_job_that_takes_too_much_memory_is_refused_it() -> None:
    settings = ImagingSettings.model_validate({"limit_memory": "256 MiB"})
    async with open_sandbox(settings, processes=1) as sandbox:
        with pytest.raises(TooMuchMemory, match="LIMIT_MEMORY"):
            await sandbox.run(sandbox_jobs.take_memory, 300)
        assert await sandbox.run(sandbox_jobs.take_memory, 50)


async def test_a_picture_that_takes_too_much_memory_is_refused_it() -> None:
    settings = ImagingSettings.model_validate({"limit_memory": "128 MiB"})
    data = encode(quarters(8000, 6000), "tiff", compression="tiff_deflate")
    async with open_sandbox(settings, processes=1) as sandbox:
        with pytest.raises(TooMuchMemory):
            await sandbox.thumbnail(data, "tiff", 320)
        assert await sandbox.thumbnail(encode(quarters(), "tiff"), "tiff", 320)


async def test_an_error_that_a_job_should_not_meet_comes_back_as_such(sandbox: Sandbox) -> None:
    with pytest.raises(JobError, match=r"UnicodeDecodeError.*on purpose"):
        await sandbox.run(sandbox_jobs.fail)


async def test_errors_come_back_with_all_that_they_know(sandbox: Sandbox) -> None:
    with pytest.raises(NotAnImage) as caught:
        await sandbox.run(read_header, b"<html>")
    assert caught.value.format == FORMATS["html"]

    picture = encode(quarters(), "png")
    with pytest.raises(TooManyPixels, match="64 x 48") as refused:
        await sandbox.run(make_thumbnail, picture, 32, "webp", FORMATS["png"], 1000)
    assert "LIMIT_PIXELS" in refused.value.cure


async def test_a_cancelled_job_is_killed(sandbox: Sandbox, began: Path) -> None:
    task = asyncio.create_task(sandbox.run(sandbox_jobs.loop_in_c, began, seconds=60))
    number = await read_number(began)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await sandbox.run(sandbox_jobs.process_id) != number
    assert not psutil.pid_exists(number)


async def test_closing_kills_a_busy_child(began: Path) -> None:
    async with open_sandbox(ImagingSettings(), processes=1) as sandbox:
        task = asyncio.create_task(sandbox.run(sandbox_jobs.loop_in_c, began, seconds=60))
        number = await read_number(began)

    assert not psutil.pid_exists(number)
    with pytest.raises(asyncio.CancelledError):
        await task


PARENT = """
import asyncio, sys
from pathlib import Path
from imaging import sandbox_jobs
from pixharbor.imaging.limits import ImagingSettings
from pixharbor.imaging.sandbox import open_sandbox

async def main():
    async with open_sandbox(ImagingSettings(), processes=1) as sandbox:
        await sandbox.run(sandbox_jobs.loop_in_c, Path(sys.argv[1]), seconds=1)

asyncio.run(main())
"""


async def test_a_busy_child_ends_though_its_parent_was_killed(began: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, began),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=asyncio.subprocess.DEVNULL,  # multiprocessing tells what the killed parent left
    )
    number = await read_number(began)
    child = os.pidfd_open(number)
    parent.kill()
    await parent.wait()

    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(child, ended.set)
    async with asyncio.timeout(20):
        await ended.wait()
    asyncio.get_running_loop().remove_reader(child)
    os.close(child)
