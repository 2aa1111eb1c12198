"""Remember which file of the provider became which image, so that it is not fetched again."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.upsert import insert_into
from pixharbor.images.models import ProviderFile
from pixharbor.imports.fates import FileFate
from pixharbor.jobs.models import Job


async def remember_files(
    session: AsyncSession, job: Job, fates: Sequence[FileFate], images: Mapping[int, UUID]
) -> None:
    """Remember images, and files whose content is no image; limits may change, so not those."""
    rows = [
        {
            "owner": job.owner,
            "source": job.source,
            "provider_id": fate.item.provider_id,
            "image_id": images.get(id(fate)),
            "reason": fate.reason if id(fate) not in images else None,
            "name": fate.item.name,
            "path": fate.item.path,
            "size": fate.item.size,
            "checksum": fate.item.checksum,
            "modified_at": fate.item.modified_at,
        }
        for fate in fates
        if id(fate) in images or fate.reason == "not_an_image"
    ]
    if not rows:
        return
    rows.sort(key=lambda row: str(row["provider_id"]))
    connection = await session.connection()
    upsert = insert_into(ProviderFile, dialect=connection.dialect.name)
    identity = ("owner", "source", "provider_id")
    await connection.execute(
        upsert.on_conflict_do_update(
            index_elements=identity,
            set_={name: upsert.excluded[name] for name in rows[0] if name not in identity},
        ),
        rows,
    )
