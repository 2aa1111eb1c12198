"""R18: whatever workers, crashes, zombies and people do, in any order, the books balance."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from jobs.rows import add_job, count_items, expire, take
from sqlalchemy import select

from pixharbor.db.engine import open_database
from pixharbor.errors import Conflict
from pixharbor.imports import split_chunk as poison
from pixharbor.imports import write_page as pages
from pixharbor.imports.fates import FileFate
from pixharbor.imports.finish_import import finish_import
from pixharbor.imports.pending_items import PendingItem, read_pending
from pixharbor.imports.retry_failed import retry_failed
from pixharbor.imports.write_fates import write_fates
from pixharbor.jobs import control
from pixharbor.jobs.balance import read_balances
from pixharbor.jobs.finish import complete_task
from pixharbor.jobs.leases import Lease, LeaseLost, claim, give_back, record
from pixharbor.jobs.models import Folder, Job, Task
from pixharbor.jobs.resume_stalled import resume_stalled
from pixharbor.jobs.states import ACTIVE, FINISHED, ItemState, JobState, TaskState
from pixharbor.sources.base import SourceFile, SourcePage
from pixharbor.transports.embedded import EmbeddedTransport
from pixharbor.unit_of_work import UnitOfWork, Work

T = TypeVar("T")
# BOOKS_EXAMPLES=1000 looks for that many new ways to go wrong; without it, the same few each time.
MORE = os.environ.get("BOOKS_EXAMPLES")
FATES = st.sampled_from(
    [
        (ItemState.STORED, None),
        (ItemState.DUPLICATE, "same_content"),
        (ItemState.SKIPPED, "not_an_image"),
        (ItemState.FAILED, "timeout"),
        (ItemState.FAILED, "checksum"),
        (ItemState.GONE, "vanished"),
    ]
)
SEEN_WHILE_LISTING = [None, ("skipped", "not_binary", ""), ("gone", "vanished", "")]


class Books(RuleBasedStateMachine):
    """One import, its tasks in the hands of workers that may die or be stopped at any moment."""

    migrated: Path  # an empty database with the newest schema

    def __init__(self) -> None:
        super().__init__()
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = tempfile.TemporaryDirectory(dir=memory)
        self.loop = asyncio.Runner()
        self.open = AsyncExitStack()
        self.held: list[Lease] = []
        self.in_hand: dict[UUID, list[PendingItem]] = {}
        self.files = 0
        self.run(self.set_up())

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(act)

    async def set_up(self) -> None:
        path = shutil.copy(self.migrated, Path(self.folder.name) / "rows.db")
        database = await self.open.enter_async_context(open_database(f"sqlite:///{path}"))
        self.work = Work(database, self.open.enter_context(closing(EmbeddedTransport())))
        self.job_id = await add_job(self.work, state=JobState.LISTING)
        self.list_id = UUID(int=1)
        async with self.work() as unit:
            unit.session.add(
                Folder(job_id=self.job_id, provider_id="f", kind="folder", path="", state="pending")
            )
            unit.session.add(
                Task(
                    id=self.list_id, name="imports.list_files", queue="import", owner=1,
                    job_id=self.job_id,
                )
            )  # fmt: skip
        lease = await take(self.work, self.list_id)
        await self.list_a_page(lease, 6, None)
        async with self.work() as unit:
            await give_back(unit.session, lease)

    def teardown(self) -> None:
        self.run(self.open.aclose())
        self.loop.close()
        self.folder.cleanup()

    # What workers do.

    @rule(which=st.integers(0, 3), steps=st.integers(1, 4), items=st.integers(1, 4), fate=FATES)
    def a_worker_works(
        self, which: int, steps: int, items: int, fate: tuple[ItemState, str | None]
    ) -> None:
        """One who holds a task, or one who is free and claims any that is not done."""
        if which < len(self.held):
            lease = self.held[which]
        else:
            unfinished = self.run(self.unfinished())
            if not unfinished or not self.claim(unfinished[which % len(unfinished)]):
                return
            lease = self.held[-1]
        while steps and lease in self.held:
            self.work_on(lease, items, fate)
            steps -= 1

    def claim(self, task_id: UUID) -> bool:
        """Announced or not, due or not, held or not: the claim tells."""

        async def act() -> Lease | None:
            async with self.work() as unit:
                return await claim(unit.session, task_id)

        lease = self.run(act())
        if lease:
            self.held.append(lease)
        return lease is not None

    def work_on(self, lease: Lease, items: int, fate: tuple[ItemState, str | None]) -> None:
        """A slice of the task, as its handler does it."""
        steps = {
            "imports.list_files": self.list_a_page,
            "imports.fetch_chunk": self.fetch_some,
            "imports.finish_import": self.finish,
        }
        try:
            ended = self.run(steps[lease.name](lease, items, fate))
        except LeaseLost:
            assert self.run(self.holder_of(lease.id)) != lease.token
            ended = True
        if ended:
            self.held.remove(lease)

    async def list_a_page(self, lease: Lease, files: int, _fate: object) -> bool:
        job = await self.job()
        if job.state not in ACTIVE:
            async with self.work() as unit:
                if job.state == JobState.PAUSED:
                    await give_back(unit.session, lease)
                else:
                    await complete_task(unit.session, lease)
            return True
        last = self.files > 6
        page = SourcePage([self.new_file(n) for n in range(files)], [], None if last else "more")
        folder = Folder(job_id=self.job_id, provider_id="f", depth=0, state="pending")
        await pages.write_page(lease, job, folder, page, work=self.work)
        if last:
            async with self.work() as unit:
                await control.advance(await unit.session.get_one(Job, job.id), JobState.RUNNING)
                await complete_task(unit.session, lease)
        return last

    def new_file(self, kind: int) -> SourceFile:
        self.files += 1
        name = f"{self.files}.jpg"
        fate = SEEN_WHILE_LISTING[kind] if kind < len(SEEN_WHILE_LISTING) else None
        return SourceFile(id=name, name=name, path=name, fate=fate)

    async def fetch_some(
        self, lease: Lease, items: int, fate: tuple[ItemState, str | None]
    ) -> bool:
        if poison.is_poisoned(lease):
            await poison.split_chunk(lease, work=self.work)
            return True
        job = await self.job()
        in_hand = self.in_hand.setdefault(lease.token, [])
        if not in_hand:
            async with self.work.read() as session:
                in_hand += await read_pending(session, lease)
            if in_hand:
                return False  # they are fetched, and written down some time later
        async with self.work() as unit:
            if not in_hand:
                await complete_task(unit.session, lease)
                return True
            if job.state not in (*ACTIVE, JobState.CANCELLED):
                await give_back(unit.session, lease)
                return True
            if job.state == JobState.CANCELLED:
                items, fate = len(in_hand), (ItemState.CANCELLED, "job_cancelled")
            fates = [FileFate(item, *fate) for item in in_hand[:items]]
            await record(unit.session, lease, **{fate[0].value: len(fates)})
            await write_fates(unit.session, fates, {})
        del in_hand[:items]
        return False

    async def finish(self, lease: Lease, _items: int, _fate: object) -> bool:
        await finish_import(lease, work=self.work)
        return True

    # What befalls them, and what people do.

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 3), then=st.sampled_from(["replaced", "killed", "stopped"]))
    def a_worker_falls_silent(self, which: int, then: str) -> None:
        """Its lease runs out: it is dead, or stopped and will come back as if nothing had been."""
        lease = self.held[which % len(self.held)]
        self.run(expire_if_held(self.work, lease))
        if then == "killed":
            self.held.remove(lease)
        elif then == "replaced":
            self.claim(lease.id)

    @rule(what=st.sampled_from(["nothing", "nothing", "retry", "retry timeout", "pause", "cancel"]))
    def a_person_acts_or_the_reconciler(self, what: str) -> None:
        """A pause is for a moment: the next look of the reconciler ends it."""

        async def act(unit: UnitOfWork, job: Job) -> None:
            if what == "pause":
                await control.pause(unit.session, job, until=datetime.now(UTC))
            elif what.startswith("retry"):
                await retry_failed(unit, job, reason=what.partition(" ")[2] or None)
            elif what == "cancel" and self.files > 6:
                await control.cancel(job)

        self.act_on_job(act)
        if what != "pause":
            self.run(resume_stalled(self.work))

    def act_on_job(self, act: Callable[[UnitOfWork, Job], Coroutine[Any, Any, None]]) -> None:
        async def do() -> None:
            async with self.work() as unit:
                await act(unit, await control.find_job(unit.session, 1, self.job_id))

        with suppress(Conflict):
            self.run(do())

    # What is true at every moment.

    @invariant()
    def the_books_balance_and_a_finished_job_forgets_nothing(self) -> None:
        async def look() -> None:
            async with self.work.read() as session:
                told = (await read_balances(session, [self.job_id]))[self.job_id]
                counted = await count_items(session, self.job_id)
                job = await session.get_one(Job, self.job_id)
            assert told.listed == sum(counted.values())
            for state in ItemState:
                assert getattr(told, state) == counted[state], (state, told, counted)
            if job.state in FINISHED and job.state != JobState.CANCELLED:
                assert counted[ItemState.PENDING] == 0, (job.state, counted)

        self.run(look())

    @invariant()
    def nobody_shares_a_task(self) -> None:
        tokens = [lease.token for lease in self.held]
        assert len(tokens) == len(set(tokens))

    async def job(self) -> Job:
        async with self.work.read() as session:
            return await session.get_one(Job, self.job_id)

    async def unfinished(self) -> list[UUID]:
        async with self.work.read() as session:
            wanted = select(Task.id).where(Task.state != TaskState.DONE)
            return list(await session.scalars(wanted.order_by(Task.lo, Task.id)))

    async def holder_of(self, task_id: UUID) -> UUID | None:
        async with self.work.read() as session:
            return (await session.get_one(Task, task_id)).lease_token


async def expire_if_held(work: Work, lease: Lease) -> None:
    async with work.read() as session:
        task = await session.get_one(Task, lease.id)
    if task.state == TaskState.RUNNING and task.lease_token == lease.token:
        await expire(work, lease.id)


def test_the_books_balance_whatever_happens_r7_r18(
    migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Books, "migrated", migrated_file, raising=False)
    monkeypatch.setattr(pages, "CHUNK_ITEMS", 3)
    monkeypatch.setattr(poison, "CRASHES_BEFORE_SPLIT", 2)
    monkeypatch.setattr(poison, "CRASHES_ALONE", 2)
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=int(MORE or 15),
            derandomize=MORE is None,
            phases=[Phase.generate],  # shrinking takes minutes; the steps are told as they were
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
