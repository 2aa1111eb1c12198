"""Decode pictures only in processes of their own, which are killed when they take too long."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessPool

from pixharbor.imaging.admission import MemoryBudget, estimate_memory
from pixharbor.imaging.child import confine, run_job
from pixharbor.imaging.decode import ImageDamaged, TooManyPixels, require_preview
from pixharbor.imaging.formats import FORMATS
from pixharbor.imaging.inspect import Header, ImageError, read_header
from pixharbor.imaging.limits import ImagingSettings, check_limits
from pixharbor.imaging.thumbnail import Thumbnail, ThumbnailFormat, make_thumbnail
from pixharbor.lean_process import LeanContext

P = ParamSpec("P")
T = TypeVar("T")

PROCESSES: Final = min(2, os.cpu_count() or 1)
"""One for each core, but two are enough for a gallery: each takes about 40 MB while it idles."""

SECONDS: Final = 10.0
"""The deadline of a job that a person waits for."""

_START_SECONDS: Final = 20.0
"""A child that has not begun its job by then is no use: starting one takes 0.1 s."""

_JOBS_PER_CHILD: Final = 1000
"""Then a new child takes over: codecs leave memory in pieces."""

# Seconds between pebble's SIGTERM, which ends a confined child at once, and its SIGKILL.
CONSTS.term_timeout = 0.1


class ImageTimedOut(ImageError):
    """The picture took too long, and its work was stopped."""

    status = 504
    code = "image_timed_out"


class ImageCrashed(ImageError):
    """The decoder crashed on this picture; nothing else was harmed."""

    code = "image_crashed"


class TooMuchMemory(ImageError):
    """The picture needs more memory than LIMIT_MEMORY allows."""

    code = "too_much_memory"
    cure = "Raise LIMIT_MEMORY if this machine can spare more."


@asynccontextmanager
async def open_sandbox(
    settings: ImagingSettings, *, processes: int = PROCESSES
) -> AsyncIterator["Sandbox"]:
    """Offer a sandbox; its children start with the first jobs and are gone when it closes."""
    sandbox = Sandbox(settings, processes)
    try:
        yield sandbox
    finally:
        await sandbox.close()


class Sandbox:
    """A few child processes that each run one job at a time. Use `open_sandbox`."""

    def __init__(self, settings: ImagingSettings, processes: int) -> None:
        self._settings = settings
        self._budget = MemoryBudget(settings.limit_memory)
        # A plain int: ByteSize would bring pydantic into every child.
        self._children = [_Child(int(settings.limit_memory)) for _ in range(processes)]
        # Last in, first out: the second child is only started when the first is busy.
        self._idle: asyncio.LifoQueue[_Child] = asyncio.LifoQueue()
        for child in reversed(self._children):
            self._idle.put_nowait(child)

    async def run(
        self, job: Callable[..., T], *args: Any, seconds: float = SECONDS, memory: int = 0
    ) -> T:
        """Run a job in a child, at most `seconds` long, when `memory` bytes are free for it.

        The job is a function of a module that imports little; its arguments and its result travel
        by pickle. Raises the PixharborError that it raises, ImageTimedOut, ImageCrashed,
        TooMuchMemory.
        """
        child = await self._idle.get()
        try:
            async with self._budget.hold(memory):
                return await child.run(job, args, seconds)
        finally:
            self._idle.put_nowait(child)

    async def thumbnail(
        self,
        source: bytes | Path,
        format: str,  # noqa: A002 - the word of the contract
        size: int,
        *,
        output: ThumbnailFormat = "webp",
    ) -> Thumbnail:
        """Make a thumbnail that fits into `size` x `size` pixels, encoded as `output`.

        `format` is the name that the import has kept; one that cannot be shown is refused without
        a look at the file. Raises what `run` does, NotAnImage, FormatNotShown, TooManyPixels,
        ImageDamaged.
        """
        require_preview(FORMATS[format])
        header = await asyncio.to_thread(read_header, source)
        self._require_shown(header)
        return await self.run(
            make_thumbnail,
            *(source, size, output, header.format, self._settings.limit_pixels),
            memory=estimate_memory(header, source),
        )

    def _require_shown(self, header: Header) -> None:
        require_preview(header.format)
        if header.width is None:
            raise ImageDamaged("The picture's header cannot be read.")
        if check_limits(header, self._settings) == "too_many_pixels":
            raise TooManyPixels

    async def close(self) -> None:
        """Kill the children, busy or not."""
        await asyncio.gather(*(asyncio.to_thread(child.stop) for child in self._children))


class _Child:
    """A pool of one: what happens to its process can happen to no other's job."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._pool: ProcessPool | None = None
        self._running: Future[Any] | None = None

    async def run(self, job: Callable[..., T], args: tuple[Any, ...], seconds: float) -> T:
        try:
            return await self._run_once(job, args, seconds)
        except RuntimeError:
            # pebble's word for a pool whose child died before it told which job it had begun. An
            # idle child may have been killed by the system just then: the job gets a second one.
            try:
                return await self._run_once(job, args, seconds)
            except RuntimeError as error:
                raise ImageCrashed from error

    async def _run_once(self, job: Callable[..., T], args: tuple[Any, ...], seconds: float) -> T:
        future = await asyncio.to_thread(self._schedule, job, args, seconds)
        try:
            async with asyncio.timeout(seconds + _START_SECONDS):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            if not future.done() or future.cancelled():
                await asyncio.to_thread(self.stop)  # pebble waits for a child that never answers
            raise ImageTimedOut(f"The picture took longer than {seconds:g} s.") from error
        except ProcessExpired as error:
            raise ImageCrashed(f"The decoder crashed (exit code {error.exitcode}).") from error
        except MemoryError as error:
            raise TooMuchMemory from error

    def _schedule(
        self, job: Callable[..., T], args: tuple[Any, ...], seconds: float
    ) -> "Future[T]":
        if self._pool is not None and not self._pool.active:
            self.stop()
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=1,
                max_tasks=_JOBS_PER_CHILD,
                initializer=confine,
                initargs=(self._memory_bytes,),
                context=LeanContext(),
            )
        self._running = self._pool.schedule(run_job, args=(job, args, seconds), timeout=seconds)
        return self._running

    def stop(self) -> None:
        """Kill the process; whoever waits for its job is cancelled."""
        if self._running is not None:
            self._running.cancel()
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]  # pebble gives it no types
            pool.join()
