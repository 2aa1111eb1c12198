"""A chunk on which workers keep crashing: halve it until the file that does it is alone."""

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pixharbor.imports.fates import FileFate
from pixharbor.imports.pending_items import read_pending
from pixharbor.imports.write_fates import write_fates
from pixharbor.jobs.fan_out import announce
from pixharbor.jobs.finish import complete_task
from pixharbor.jobs.leases import Lease, record, shrink
from pixharbor.jobs.models import Task
from pixharbor.jobs.states import REASONS, ItemState
from pixharbor.transports.base import Queue
from pixharbor.unit_of_work import Work

# Crashes without a finished item in between. Random kills must fail no innocent file, so a file
# is given up only after five of them with nothing else in its chunk.
CRASHES_BEFORE_SPLIT = 3
CRASHES_ALONE = 5


def is_poisoned(lease: Lease) -> bool:
    """Whether the chunk is to be split, or its only file given up, instead of tried again."""
    alone = lease.lo == lease.hi
    return lease.crashes >= (CRASHES_ALONE if alone else CRASHES_BEFORE_SPLIT)


async def split_chunk(lease: Lease, *, work: Work) -> None:
    """Halve the chunk; a chunk of one file ends as too_many_crashes.

    The lower half stays this task's, so that no two tasks ever have one file between them: a retry
    would open both.
    """
    async with work() as unit:
        if lease.lo == lease.hi:
            await _give_up(unit.session, lease)
            await complete_task(unit.session, lease)
        else:
            middle = (lease.lo + lease.hi) // 2
            await shrink(unit.session, lease, hi=middle)
            unit.session.add(_chunk(lease, middle + 1, lease.hi))
            await unit.session.flush()
        await announce(unit)


async def _give_up(session: AsyncSession, lease: Lease) -> None:
    message = REASONS["too_many_crashes"][0]
    fates = [
        FileFate(item, ItemState.FAILED, "too_many_crashes", message, lease.crashes)
        for item in await read_pending(session, lease)
    ]
    if fates:
        await record(session, lease, failed=len(fates))
        await write_fates(session, fates, {})


def _chunk(lease: Lease, lo: int, hi: int) -> Task:
    return Task(
        id=uuid7(),
        name=lease.name,
        queue=Queue.IMPORT,
        owner=lease.owner,
        job_id=lease.job_id,
        lo=lo,
        hi=hi,
        priority=lease.priority,
    )
