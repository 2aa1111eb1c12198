"""Many processes on one PostgreSQL: nobody deadlocks, and every task is handled once."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from uuid import UUID

import pytest
from jobs.rows import add_items, add_job, add_tasks, expire
from sqlalchemy import func, select, text

from pixharbor.db.engine import open_database
from pixharbor.errors import Conflict
from pixharbor.images.add_original import Original, add_originals
from pixharbor.images.count_images import add_to_count
from pixharbor.images.models import Image, ImageCount, ProviderFile
from pixharbor.imaging.formats import JPEG
from pixharbor.imaging.inspect import Header
from pixharbor.imports.fates import FileFate
from pixharbor.imports.pending_items import PendingItem, read_pending
from pixharbor.imports.remember_files import remember_files
from pixharbor.imports.retry_failed import retry_failed
from pixharbor.imports.write_fates import write_fates
from pixharbor.jobs import control
from pixharbor.jobs.control import find_job
from pixharbor.jobs.finish import complete_task
from pixharbor.jobs.leases import Lease, LeaseLost, claim, give_back, record
from pixharbor.jobs.models import Item, Job, Task
from pixharbor.jobs.resume_stalled import resume_stalled
from pixharbor.jobs.states import ItemState, TaskState
from pixharbor.transports.embedded import EmbeddedTransport
from pixharbor.unit_of_work import Work

PROCESSES = 6
JOBS = 4
CHUNKS = 12
CHUNK = 20
CONTENTS = 150  # fewer than there are files: the same content comes from everywhere
HEADER = Header(JPEG, width=1, height=1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_many_workers_and_reconcilers_never_deadlock_and_end_each_task_once(
    database_url: str, work: Work
) -> None:
    jobs = [await add_job(work) for _ in range(JOBS)]
    for job_id in jobs:
        await add_items(work, job_id, CHUNKS * CHUNK)
        await add_tasks(
            work, job_id,
            [{"lo": n * CHUNK + 1, "hi": (n + 1) * CHUNK, "listed": CHUNK} for n in range(CHUNKS)],
        )  # fmt: skip
    ended: Counter[UUID] = Counter()
    async with AsyncExitStack() as stack:
        works = [
            Work(await stack.enter_async_context(open_database(database_url)), EmbeddedTransport())
            for _ in range(PROCESSES)
        ]
        done = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            persons = group.create_task(meddle(works[0], jobs, done))
            workers = [group.create_task(process(n, each, ended)) for n, each in enumerate(works)]
            await asyncio.wait(workers)
            done.set()
            await persons
    await check_books(work, jobs, ended)


async def process(number: int, work: Work, ended: Counter[UUID]) -> None:
    """Reconcile, claim whatever is to be had, do a part of it, and sometimes die."""
    chance = random.Random(number)
    while unfinished := await unfinished_tasks(work):
        await resume_stalled(work)
        chance.shuffle(unfinished)
        for task_id in unfinished[:8]:
            async with work() as unit:
                lease = await claim(unit.session, task_id)
            if lease:
                with suppress(LeaseLost):
                    await handle(lease, work, chance, ended)


async def handle(lease: Lease, work: Work, chance: random.Random, ended: Counter[UUID]) -> None:
    async with work.read() as session:
        pending = await read_pending(session, lease)
    some = chance.sample(pending, min(len(pending), 12))
    if some:
        await flush(lease, work, some)
    if chance.random() < 0.2:
        await expire(work, lease.id)  # killed: somebody finds it
    elif len(some) < len(pending):
        async with work() as unit:
            await give_back(unit.session, lease)
    else:
        async with work() as unit:
            await complete_task(unit.session, lease)
        ended[lease.id] += 1


async def flush(lease: Lease, work: Work, items: Sequence[PendingItem]) -> None:
    """As keep_fates does; every tenth file fails."""
    fates = [
        FileFate(item, ItemState.STORED if item.seq % 10 else ItemState.FAILED) for item in items
    ]
    kept = [fate for fate in fates if fate.state is ItemState.STORED]
    async with work(durable=True) as unit:
        session = unit.session
        added = await add_originals(
            session, owner=1, job_id=lease.job_id, originals=[original(f.item) for f in kept]
        )
        images = {id(fate): image.image_id for fate, image in zip(kept, added, strict=True)}
        counts = Counter(fate.state.value for fate in fates)
        await record(session, lease, **counts)
        await write_fates(session, fates, images)
        await remember_files(session, await session.get_one(Job, lease.job_id), fates, images)
        new = sum(image.is_new for image in added)
        await add_to_count(session, 1, lease.job_id, "google_drive", new)


def original(item: PendingItem) -> Original:
    content = f"{hash((item.seq * 7919) % CONTENTS):064}"
    return Original(
        name=item.name, size=1, sha256=content, provider_hash=None, header=HEADER,
        source="google_drive", provider_id=item.provider_id, source_path=item.path,
        storage_key=content,
    )  # fmt: skip


async def meddle(work: Work, jobs: Sequence[UUID], done: asyncio.Event) -> None:
    """People pause, resume and retry meanwhile."""
    chance = random.Random(99)
    while not done.is_set():
        job_id = chance.choice(jobs)
        for act in ("pause", "retry", "resume"):
            with suppress(Conflict):
                async with work() as unit:
                    job = await find_job(unit.session, 1, job_id, for_change=True)
                    if act == "pause":
                        await control.pause(unit.session, job)
                    elif act == "retry":
                        await retry_failed(unit, job, reason="never")
                    else:
                        await control.resume(job)


async def unfinished_tasks(work: Work) -> list[UUID]:
    chunks = select(Task.id).where(Task.state != TaskState.DONE, Task.name == "imports.fetch_chunk")
    async with work.read() as session:
        return list(await session.scalars(chunks))


async def check_books(work: Work, jobs: Sequence[UUID], ended: Counter[UUID]) -> None:
    files = JOBS * CHUNKS * CHUNK
    async with work.read() as session:
        tasks = list(await session.scalars(select(Task).where(Task.id.in_(ended))))
        assert len(tasks) == JOBS * CHUNKS
        assert set(ended.values()) == {1}
        assert sum(task.stored + task.failed for task in tasks) == files
        states = Counter(await session.scalars(select(Item.state)))
        assert states == {"stored": files * 9 // 10, "failed": files // 10}
        images = await session.scalar(select(func.count()).select_from(Image))
        assert images == await session.scalar(select(func.sum(ImageCount.images)))
        known = await session.scalars(select(ProviderFile.image_id))
        assert len(set(known)) <= (images or 0)
        finishes = select(Task.job_id).where(Task.name == "imports.finish_import")
        assert Counter(await session.scalars(finishes)) == Counter(jobs)
        deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert await session.scalar(text(deadlocks)) == 0
