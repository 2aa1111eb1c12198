"""Step 3 of an import: fetch a chunk's files, verify each, keep them, and write their fates."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing, suppress

import structlog
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from pixharbor.errors import first_of
from pixharbor.imports.fates import FileFate
from pixharbor.imports.fetch_file import FileFetcher
from pixharbor.imports.filters import filters_of
from pixharbor.imports.keep_fates import FateBasket, FateKeeper
from pixharbor.imports.kept_versions import with_kept_versions
from pixharbor.imports.pause_import import pause_import
from pixharbor.imports.pending_items import PendingItem, read_pending
from pixharbor.imports.split_chunk import is_poisoned, split_chunk
from pixharbor.imports.take_turns import Turns
from pixharbor.imports.write_fates import write_fates
from pixharbor.jobs.control import is_active, lock_job
from pixharbor.jobs.finish import complete_task
from pixharbor.jobs.leases import Lease, give_back, holder, record
from pixharbor.jobs.models import Job, Task
from pixharbor.jobs.note_trouble import note_trouble
from pixharbor.jobs.states import ACTIVE, FINISHED, ItemState, TaskState
from pixharbor.sources.base import Conditional, SourceError
from pixharbor.storage.base import StoreError
from pixharbor.unit_of_work import Work

log = structlog.get_logger()

# After this long a chunk makes way if another job waits (R15), or what a dead worker held (R4).
SLICE_SECONDS = 5
# How often a running chunk looks whether its job is paused or cancelled (R13: within 2 s).
LOOK_SECONDS = 1
# When the source refuses all further files, those under way have been paid for from its quota.
GRACE_SECONDS = 1
# A store that has not taken a file for this long is slow, or ill.
SLOW_STORE_SECONDS = 5


async def fetch_chunk(
    lease: Lease, *, work: Work, fetcher: FileFetcher, keeper: FateKeeper, stop: asyncio.Event
) -> None:
    """Take the chunk's unfinished items until there are none, or a reason to stop."""
    if is_poisoned(lease):
        await split_chunk(lease, work=work)
        return
    slice_ends = time.monotonic() + SLICE_SECONDS
    while True:
        async with work.read(briefly=True) as session:
            job = await session.get_one(Job, lease.job_id)
            items = await read_pending(session, lease)
            if isinstance(fetcher.source, Conditional):
                items = await with_kept_versions(session, job, items)
            make_way = time.monotonic() > slice_ends and await others_wait(session, lease)
        if items and job.state in FINISHED:
            await _cancel_rest(lease, items, work=work)
        elif not items:
            async with work() as unit:
                await complete_task(unit.session, lease)
            return
        elif job.state not in ACTIVE or make_way or stop.is_set():
            async with work() as unit:
                await give_back(unit.session, lease)
            return
        else:
            await _fetch_all(lease, job, items, work, fetcher, keeper, stop, slice_ends)


async def others_wait(session: AsyncSession, lease: Lease) -> bool:
    """Whether another job's task was announced, and no worker was free for it so far.

    Or one that a crash has left, where this process does nothing but the chunk (Celery): one that
    does more side by side has a hand for it soon, and giving work back would only stir the queue.
    """
    another = aliased(Task)
    does_more = exists().where(
        another.state == TaskState.RUNNING,
        another.lease_holder == holder(),
        another.id != lease.id,
    )
    waiting = exists().where(
        Task.state == TaskState.QUEUED,
        Task.published_at.is_not(None),
        or_(Task.job_id != lease.job_id, and_(Task.crashes > 0, ~does_more)),
    )
    return bool(await session.scalar(select(waiting)))


async def _cancel_rest(lease: Lease, items: Sequence[PendingItem], *, work: Work) -> None:
    fates = [FileFate(item, ItemState.CANCELLED, "job_cancelled", attempts=0) for item in items]
    async with work() as unit:
        await record(unit.session, lease, cancelled=len(fates))
        await write_fates(unit.session, fates, {})


async def _fetch_all(
    lease: Lease,
    job: Job,
    items: Sequence[PendingItem],
    work: Work,
    fetcher: FileFetcher,
    keeper: FateKeeper,
    stop: asyncio.Event,
    slice_ends: float,
) -> None:
    """Fetch side by side, keep what arrives every second, and look whether to go on."""
    basket = keeper.basket(lease, job)
    make_way = asyncio.Event()
    fetching = asyncio.create_task(_fetch_side_by_side(items, fetcher, basket, make_way))
    noting = asyncio.create_task(_note_slow_store(lease, work, basket))
    try:
        while not fetching.done():
            await asyncio.wait({fetching}, timeout=LOOK_SECONDS)
            if lease.lost.is_set() or stop.is_set() or not await _is_active(work, lease):
                fetching.cancel()
                await asyncio.wait({fetching})
            elif time.monotonic() > slice_ends and await _does_another_wait(work, lease):
                make_way.set()
            await basket.empty()
        if not fetching.cancelled():
            fetching.result()
        await basket.empty()  # of what came while it was being emptied
    except* (SourceError, StoreError) as refusals:
        await _pause(lease, work, first_of(refusals))
    finally:
        fetching.cancel()
        noting.cancel()
        basket.drop()
        await asyncio.gather(noting, return_exceptions=True)  # it may be writing


async def _fetch_side_by_side(
    items: Sequence[PendingItem], fetcher: FileFetcher, basket: FateBasket, make_way: asyncio.Event
) -> None:
    """Each file from its first try to its fate; none that is new once there is to `make_way`.

    Raises the SourceError that pauses the job, after keeping what the source has given until then.
    """
    turns = Turns(items, fetcher.source, fetcher.places)
    filters = filters_of(basket.job.options)
    refusals: list[SourceError] = []
    now = asyncio.get_running_loop().time

    async def fetch(host: str, item: PendingItem) -> None:
        try:
            fate = await fetcher.fetch(item, filters)
        except SourceError as refusal:
            if not refusals:
                end.reschedule(now() + GRACE_SECONDS)
            refusals.append(refusal)
            return
        finally:
            turns.leave(host)
        await basket.add(fate)

    with suppress(TimeoutError):  # nothing but a refusal sets an end
        async with (
            asyncio.timeout(None) as end,
            asyncio.TaskGroup() as group,
            aclosing(aiter(turns)) as handed_out,
        ):
            async for host, item in handed_out:
                if refusals or make_way.is_set():
                    break
                group.create_task(fetch(host, item))
    if refusals:
        await basket.empty()
        raise refusals[0]


async def _note_slow_store(lease: Lease, work: Work, basket: FateBasket) -> None:
    """A store that refuses is asked again for half a minute; until then nobody is told why."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        seconds = basket.store_takes_seconds()
        if seconds > SLOW_STORE_SECONDS:
            note = (
                f"The store has not finished what it was given {seconds:.0f} s ago: it is slow, or "
                "refuses and is asked again. STORAGE_URL says where it is."
            )
            await note_trouble(work, lease.job_id, note)


async def _does_another_wait(work: Work, lease: Lease) -> bool:
    async with work.read(briefly=True) as session:
        return await others_wait(session, lease)


async def _is_active(work: Work, lease: Lease) -> bool:
    async with work.read(briefly=True) as session:
        return await is_active(session, lease.job_id)


async def _pause(lease: Lease, work: Work, error: BaseException) -> None:
    """Write down why the job waits, and until when if that is known."""
    assert isinstance(error, SourceError | StoreError)
    log.warning("job.paused", job=str(lease.job_id), code=error.code)
    async with work() as unit:
        job = await lock_job(unit.session, lease.job_id)
        if job.state in ACTIVE:
            await pause_import(unit.session, job, error)
