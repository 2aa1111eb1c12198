"""Leases: the right to work on a task until a time, and the writes that only its holder may do."""

import asyncio
import os
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

import structlog
from sqlalchemy import Update, and_, bindparam, case, exists, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pixharbor.db.base import table_of
from pixharbor.db.clock import now_ms
from pixharbor.db.engine import Database, open_database
from pixharbor.errors import PixharborError
from pixharbor.jobs.models import Job, Task
from pixharbor.jobs.states import JobState, TaskState

log = structlog.get_logger()

# A holder that misses four heartbeats is taken for dead; its work runs again within 30 s (R4).
LEASE_SECONDS = 20
HEARTBEAT_SECONDS = 5

MACHINE = socket.gethostname()

_tasks, _jobs = table_of(Task), table_of(Job)
_due = and_(_tasks.c.state == TaskState.QUEUED, _tasks.c.run_at <= now_ms())
_abandoned = and_(_tasks.c.state == TaskState.RUNNING, _tasks.c.lease_until < now_ms())
_paused = exists().where(_jobs.c.id == _tasks.c.job_id, _jobs.c.state == JobState.PAUSED)
_CLAIM = (
    update(_tasks)
    .where(_tasks.c.id == bindparam("claimed"), or_(_due, _abandoned), ~_paused)
    .values(
        state=TaskState.RUNNING,
        crashes=_tasks.c.crashes + case((_abandoned, 1), else_=0),
        lease_token=bindparam("token"),
        lease_holder=bindparam("holder"),
        lease_until=now_ms() + bindparam("milliseconds"),
    )
    .returning(
        *(_tasks.c[name] for name in ("name", "owner", "job_id", "lo", "hi", "priority", "crashes"))
    )
)
_HELD = (
    update(_tasks)
    .where(_tasks.c.id == bindparam("held_id"), _tasks.c.lease_token == bindparam("held_token"))
    .returning(_tasks.c.id)
)
_COMPLETE = _HELD.values(state=TaskState.DONE, lease_token=None, lease_until=None)


class LeaseLost(PixharborError):
    """Another worker holds this task now; nothing more of it may be written."""


@dataclass(slots=True, eq=False)
class Lease:
    """A claimed task, as its handler sees it. `lost` is set when somebody else may have it."""

    id: UUID
    token: UUID
    name: str
    owner: int
    job_id: UUID
    lo: int
    hi: int
    priority: int
    crashes: int
    lost: asyncio.Event = field(default_factory=asyncio.Event)


Handler = Callable[[Lease], Awaitable[None]]


def holder() -> str:
    """Whose lease it is, so that a new process can tell the leases of dead ones from living ones.

    Asked at each claim: Celery's children are forked, with all that their parent has imported.
    """
    return f"{os.getpid()}@{MACHINE}"


async def claim(session: AsyncSession, task_id: UUID) -> Lease | None:
    """Take a task that is due, or whose holder is dead. None: a wake-up that came twice.

    A dead holder's lease counts as a crash, as when the reconciler finds it (resume_stalled.py).
    """
    token = uuid7()
    values = {"token": token, "holder": holder(), "milliseconds": LEASE_SECONDS * 1000}
    claimed = await session.execute(_CLAIM, {"claimed": task_id, **values})
    row = claimed.one_or_none()
    return None if row is None else Lease(task_id, token, *row)


async def record(session: AsyncSession, lease: Lease, **counts: int) -> None:
    """Add to the task's counters, in the transaction that writes what they count.

    Raises LeaseLost, which undoes that transaction, when the lease is no longer ours.
    Work that gets somewhere forgives the crashes before it.
    """
    changes = {name: count for name, count in counts.items() if count}
    more = {f"more_{name}": count for name, count in changes.items()}
    await _write_held(session, lease, _add_to(tuple(changes)), more)


@cache
def _add_to(counters: tuple[str, ...]) -> Update:
    more = {name: _tasks.c[name] + bindparam(f"more_{name}") for name in counters}
    return _HELD.values(crashes=0, **more)


async def give_back(session: AsyncSession, lease: Lease, *, seconds: float = 0) -> None:
    """Leave the rest for later: claimable again after `seconds`."""
    await _write_held(session, lease, _let_go(run_at=now_ms() + int(seconds * 1000)))


async def shrink(session: AsyncSession, lease: Lease, *, hi: int) -> None:
    """Keep only the items up to `hi`, as good as new; the rest is another task's from now on."""
    await _write_held(session, lease, _let_go(hi=hi, crashes=0))


async def complete(session: AsyncSession, lease: Lease) -> None:
    """This task is done."""
    await _write_held(session, lease, _COMPLETE)


async def crashed(session: AsyncSession, lease: Lease, *, seconds: float) -> None:
    """A handler fell over: count it as a crash, and try again after `seconds`."""
    run_at = now_ms() + int(seconds * 1000)
    await _write_held(session, lease, _let_go(crashes=_tasks.c.crashes + 1, run_at=run_at))


def _let_go(**values: object) -> Update:
    return _HELD.values(
        state=TaskState.QUEUED, published_at=None, lease_token=None, lease_until=None, **values
    )


async def _write_held(
    session: AsyncSession,
    lease: Lease,
    statement: Update,
    values: Mapping[str, object] | None = None,
) -> None:
    held = {"held_id": lease.id, "held_token": lease.token}
    changed = await session.execute(statement, {**held, **(values or {})})
    if changed.one_or_none() is None:
        lease.lost.set()
        raise LeaseLost


class Heartbeat:
    """Keeps the leases of this process alive, from a thread of its own.

    A thread, and a database connection of its own, because a loop that is busy for a while must
    not lose its leases. A stopped process (SIGSTOP) stops this thread too, and loses them.
    """

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._held: dict[UUID, Lease] = {}
        self._loop = asyncio.get_running_loop()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Heartbeat"]:
        """Beat while the block runs."""
        self._thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            await asyncio.to_thread(self._thread.join)

    @asynccontextmanager
    async def keeping(self, lease: Lease) -> AsyncIterator[None]:
        """Keep this lease alive while the block runs."""
        self._held[lease.token] = lease  # by token: we may hold a task anew that we lost before
        try:
            yield
        finally:
            del self._held[lease.token]

    def _run(self) -> None:
        asyncio.run(self._beat())

    async def _beat(self) -> None:
        async with open_database(self._database_url, reach=False) as database:
            while not await asyncio.to_thread(self._stop.wait, HEARTBEAT_SECONDS):
                held = list(self._held.values())
                if not held:
                    continue
                try:
                    lost = await self._extend(database, held)
                except Exception:
                    log.warning("heartbeat.failed", exc_info=True)
                    continue
                for lease in lost:
                    self._loop.call_soon_threadsafe(lease.lost.set)

    async def _extend(self, database: Database, held: list[Lease]) -> list[Lease]:
        async with database.write() as session:
            kept = await session.scalars(
                update(Task)
                .where(
                    Task.id.in_([lease.id for lease in held]),
                    Task.lease_token.in_([lease.token for lease in held]),
                )
                .values(lease_until=now_ms() + LEASE_SECONDS * 1000)
                .returning(Task.lease_token)
            )
            tokens = set(kept)
        # A task that finished during this beat has no token left, and nobody waits for its event.
        return [lease for lease in held if lease.token not in tokens]
