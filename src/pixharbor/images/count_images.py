"""How many images there are: kept beside them, so that a total costs nothing at a million."""

from functools import cache
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.base import table_of
from pixharbor.db.upsert import Upsert, insert_into
from pixharbor.images.models import ImageCount


async def add_to_count(
    session: AsyncSession, owner: int, job_id: UUID, source: str, change: int
) -> None:
    """Count images in (or out, with a negative change), in the transaction that adds them.

    As late in it as can be: all who add to one job wait for this row until the commit.
    """
    if not change:
        return
    connection = await session.connection()
    row = {"owner": owner, "source": source, "job_id": job_id, "images": change}
    await connection.execute(_add(connection.dialect.name), row)


@cache
def _add(dialect: str) -> Upsert:
    counts = table_of(ImageCount)
    row = insert_into(counts, dialect=dialect)
    return row.on_conflict_do_update(
        index_elements=["owner", "source", "job_id"],
        set_={"images": counts.c.images + row.excluded.images},
    )


async def count_images(
    session: AsyncSession, owner: int, *, source: str | None, job_id: UUID | None
) -> int:
    """How many living images the owner has, of a source or of a job."""
    counted = select(func.coalesce(func.sum(ImageCount.images), 0)).where(ImageCount.owner == owner)
    if source:
        counted = counted.where(ImageCount.source == source)
    if job_id:
        counted = counted.where(ImageCount.job_id == job_id)
    return int(await session.scalar(counted) or 0)
