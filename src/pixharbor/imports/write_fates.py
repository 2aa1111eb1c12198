"""Write the fates of a batch of items, in the transaction that counts them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Table, bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.imports.fates import FileFate
from pixharbor.jobs.models import Item

_items = Item.__table__
assert isinstance(_items, Table)
_WRITE = (
    update(_items)
    .where(_items.c.job_id == bindparam("at_job"), _items.c.seq == bindparam("at_seq"))
    .values(
        {name: bindparam(name) for name in ("state", "reason", "message", "attempts", "image_id")}
    )
)


async def write_fates(
    session: AsyncSession, fates: Sequence[FileFate], images: Mapping[int, UUID]
) -> None:
    """One statement for all. `images` has the image of a fate by the fate's id()."""
    rows = [
        {
            "at_job": fate.item.job_id,
            "at_seq": fate.item.seq,
            "state": fate.state,
            "reason": fate.reason,
            "message": fate.message,
            "attempts": fate.attempts,
            "image_id": images.get(id(fate)),
        }
        for fate in fates
    ]
    await (await session.connection()).execute(_WRITE, rows)
