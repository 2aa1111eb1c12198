"""The worker: claims tasks, runs the step each names, gives back what it cannot finish."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import asynccontextmanager

import structlog

from pixharbor.errors import SettingError
from pixharbor.event_loop import unless_stopped
from pixharbor.failpoints import reached
from pixharbor.images.purge_trash import purge_trash
from pixharbor.imports.start_due import start_due
from pixharbor.imports.sweep_shelf import SWEEP_SECONDS, sweep_shelf
from pixharbor.imports.tasks import import_tasks
from pixharbor.jobs.fan_out import announce
from pixharbor.jobs.give_up import MOST_CRASHES, give_up
from pixharbor.jobs.leases import Handler, Heartbeat, Lease, LeaseLost, claim, crashed
from pixharbor.jobs.resume_stalled import RECONCILE_SECONDS, resume_stalled, take_over_own
from pixharbor.runtime import Runtime
from pixharbor.storage.base import Store
from pixharbor.transports.base import Handler as WakeUpHandler
from pixharbor.transports.base import Queue, Transport, WakeUp
from pixharbor.unit_of_work import Work

log = structlog.get_logger()

Tidying = Callable[[Work, Store], Coroutine[None, None, None]]

# How long a step that fell over waits before it runs again.
CRASH_DELAY_SECONDS = 2
# How often each process looks into the trash: what has lain there for 30 days may wait for that.
PURGE_SECONDS = 600


async def run_worker(
    runtime: Runtime, *, stop: asyncio.Event, queues: Collection[str] = tuple(Queue)
) -> None:
    """Work on `queues` until `stop`; then finish or give back what is under way.

    Not for a transport that brings its own processes: each of those opens `working`.
    """
    if not isinstance(runtime.transport, Transport):
        raise SettingError(
            "WORKER_COUNT: 0 works inside the API's process, as Celery cannot; expected 1 or more"
        )
    async with working(runtime, stop=stop) as handler:
        # One task more than a job may have announced for a process: there is room for another
        # job's first one at any moment.
        concurrency = runtime.transport.window + 1
        await runtime.transport.run(queues, handler, concurrency=concurrency, stop=stop)


@asynccontextmanager
async def working(runtime: Runtime, *, stop: asyncio.Event) -> AsyncIterator[WakeUpHandler]:
    """What a process needs to handle wake-ups, on its own loop: leases kept, stalled work resumed.

    Returns only after `stop` is set.
    """
    table = task_table(runtime, stop)
    await take_over_own(runtime.work)
    async with Heartbeat(runtime.settings.database_url).running() as heartbeat:
        runner = TaskRunner(table, runtime.work, heartbeat)
        async with asyncio.TaskGroup() as group:
            group.create_task(_reconcile(runtime, stop))
            group.create_task(tidy_up_every(PURGE_SECONDS, purge_trash, runtime, stop))
            group.create_task(tidy_up_every(SWEEP_SECONDS, sweep_shelf, runtime, stop))
            yield runner.run


def task_table(runtime: Runtime, stop: asyncio.Event) -> dict[str, Handler]:
    """Every task name, with its one handler."""
    return import_tasks(
        work=runtime.work,
        connected=runtime.connected,
        store=runtime.store,
        settings=runtime.settings,
        staging=runtime.staging,
        stop=stop,
    )


class TaskRunner:
    """Handles wake-ups: claim, run, and announce what comes next."""

    def __init__(self, table: dict[str, Handler], work: Work, heartbeat: Heartbeat) -> None:
        self._table = table
        self._work = work
        self._heartbeat = heartbeat

    async def run(self, wake_up: WakeUp) -> None:
        """Run the task if it is still to be had. Never raises: transports rely on it."""
        try:
            async with self._work() as unit:
                lease = await claim(unit.session, wake_up.task_id)
            if lease is None:
                return
            reached("claimed")
            async with self._heartbeat.keeping(lease):
                await self._run_held(lease)
            async with self._work() as unit:
                await announce(unit)
        except Exception:
            # The database is away, say: the lease runs out and the reconciler brings it back.
            log.exception("task.broken", task=wake_up.task_name, id=str(wake_up.task_id))

    async def _run_held(self, lease: Lease) -> None:
        handler = self._table[lease.name]
        try:
            if lease.crashes >= MOST_CRASHES:
                await give_up(lease, work=self._work)
            else:
                await handler(lease)
        except* LeaseLost:
            log.warning("lease.lost", task=lease.name, id=str(lease.id))
        except* Exception:
            log.exception("task.crashed", task=lease.name, id=str(lease.id))
            async with self._work() as unit:
                await crashed(unit.session, lease, seconds=CRASH_DELAY_SECONDS)


async def _reconcile(runtime: Runtime, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await resume_stalled(runtime.work)
            await start_due(runtime.work, runtime.connected)
        except Exception:
            # The database is away, say: the next round finds all that this one has missed.
            log.exception("reconcile.failed")
        await unless_stopped(asyncio.sleep(RECONCILE_SECONDS), stop)


async def tidy_up_every(
    seconds: float, tidy: Tidying, runtime: Runtime, stop: asyncio.Event
) -> None:
    """At once, and again and again; what goes wrong is mended the next time."""
    while not stop.is_set():
        await unless_stopped(_tidy_up(tidy, runtime), stop)
        await unless_stopped(asyncio.sleep(seconds), stop)


async def _tidy_up(tidy: Tidying, runtime: Runtime) -> None:
    try:
        await tidy(runtime.work, runtime.store)
    except Exception:
        # Whatever it is (a store that is away, say), imports go on, and the next time mends it.
        log.exception("tidying.failed", act=tidy.__name__)
