"""The items of a chunk that still wait for their fate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.base import table_of
from pixharbor.imports.settle_known import Settled
from pixharbor.jobs.leases import Lease
from pixharbor.jobs.models import Item
from pixharbor.jobs.states import ItemState


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """The version of a file that was fetched before, and its fate if it is that one still."""

    version: str
    fate: Settled


class PendingItem(NamedTuple):
    """What fetching a file needs of its item; plain, for there are a million of them."""

    job_id: UUID
    seq: int
    provider_id: str
    name: str
    path: str
    size: int | None
    mime_type: str
    checksum: str | None
    modified_at: datetime | None
    resource_key: str | None
    attempts: int
    kept: KeptVersion | None = None  # for a Conditional source: kept_versions.py


_items = table_of(Item)
_READ = (
    select(*(_items.c[name] for name in PendingItem._fields if name != "kept"))
    .where(
        _items.c.job_id == bindparam("of_job"),
        _items.c.seq.between(bindparam("lo"), bindparam("hi")),
        _items.c.state == ItemState.PENDING,
    )
    .order_by(_items.c.seq)
)


async def read_pending(session: AsyncSession, lease: Lease) -> Sequence[PendingItem]:
    """The chunk's unfinished items, in the order they were listed."""
    rows = await session.execute(_READ, {"of_job": lease.job_id, "lo": lease.lo, "hi": lease.hi})
    return [PendingItem(*row) for row in rows]
