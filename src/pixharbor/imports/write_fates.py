"""Write the fates of a batch of items, in the transaction that counts them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.base import table_of
from pixharbor.db.many_rows import execute_with
from pixharbor.imports.fates import FileFate
from pixharbor.imports.pending_items import PendingItem
from pixharbor.jobs.models import Item

_items = table_of(Item)
_AT = update(_items).where(
    _items.c.job_id == bindparam("at_job"), _items.c.seq == bindparam("at_seq")
)
_WRITE = _AT.values(
    {name: bindparam(name) for name in ("state", "reason", "message", "attempts", "image_id")}
)
_WRITE_TOLD = _AT.values({name: bindparam(name) for name in ("name", "size", "modified_at")})


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
    connection = await session.connection()
    await execute_with(connection, _WRITE, rows)
    if told := [fate.item for fate in fates if fate.told]:
        await execute_with(connection, _WRITE_TOLD, [_told(item) for item in told])


def _told(item: PendingItem) -> dict[str, object]:
    return {
        "at_job": item.job_id,
        "at_seq": item.seq,
        "name": item.name,
        "size": item.size,
        "modified_at": item.modified_at,
    }
