"""The items of a chunk that still wait for their fate."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.imports.settle_known import Settled
from pixharbor.jobs.leases import Lease
from pixharbor.jobs.models import Item
from pixharbor.jobs.states import ItemState


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """The version of a file that was fetched before, and its fate if it is that one still."""

    version: str
    fate: Settled


@dataclass(frozen=True, slots=True)
class PendingItem:
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


_COLUMNS = [Item.__table__.c[field.name] for field in fields(PendingItem) if field.name != "kept"]


async def read_pending(session: AsyncSession, lease: Lease) -> Sequence[PendingItem]:
    """The chunk's unfinished items, in the order they were listed."""
    rows = await session.execute(
        select(*_COLUMNS)
        .where(
            Item.job_id == lease.job_id,
            Item.seq.between(lease.lo, lease.hi),
            Item.state == ItemState.PENDING,
        )
        .order_by(Item.seq)
    )
    return [PendingItem(*row) for row in rows]
