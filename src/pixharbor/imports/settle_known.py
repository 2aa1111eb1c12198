"""Settle the items that were imported before and have not changed: nothing of them is fetched."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.images.models import Image, ProviderFile
from pixharbor.imports.fates import FileFate
from pixharbor.imports.pending_items import PendingItem
from pixharbor.imports.write_fates import write_fates
from pixharbor.jobs.leases import Lease, record
from pixharbor.jobs.models import Job
from pixharbor.jobs.states import REASONS, ItemState
from pixharbor.unit_of_work import Work


async def settle_known(
    lease: Lease, job: Job, items: Sequence[PendingItem], *, work: Work
) -> list[PendingItem]:
    """Write the fates of unchanged and renamed files; answers the items that are to be fetched."""
    async with work.read() as session:
        known = await _find_known(session, job, items)
    settled = [
        _fate(item, known[item.provider_id])
        for item in items
        if item.provider_id in known and _is_unchanged(item, known[item.provider_id])
    ]
    if not settled:
        return list(items)
    async with work() as unit:
        duplicates = [fate for fate in settled if fate.state is ItemState.DUPLICATE]
        await record(
            unit.session,
            lease,
            duplicate=len(duplicates),
            skipped=len(settled) - len(duplicates),
        )
        images: dict[int, UUID] = {}
        for fate in duplicates:
            image_id = known[fate.item.provider_id].image_id
            assert image_id is not None
            images[id(fate)] = image_id
        await write_fates(unit.session, settled, images)
        for fate in sorted(duplicates, key=lambda fate: fate.item.provider_id):
            if fate.reason == "renamed":
                await _rename(unit.session, job, fate.item, images[id(fate)])
    done = {fate.item.seq for fate in settled}
    return [item for item in items if item.seq not in done]


async def _find_known(
    session: AsyncSession, job: Job, items: Sequence[PendingItem]
) -> dict[str, ProviderFile]:
    """What is remembered of these files, unless their image has been deleted since."""
    found = await session.scalars(
        select(ProviderFile)
        .outerjoin(Image, Image.id == ProviderFile.image_id)
        .where(
            ProviderFile.owner == job.owner,
            ProviderFile.source == job.source,
            ProviderFile.provider_id.in_([item.provider_id for item in items]),
            or_(ProviderFile.image_id.is_(None), Image.deleted_at.is_(None)),
        )
    )
    return {file.provider_id: file for file in found}


def _is_unchanged(item: PendingItem, file: ProviderFile) -> bool:
    """By the source's checksum, or by size and time where it states none."""
    if item.checksum and file.checksum:
        return item.checksum == file.checksum and item.size == file.size
    return (
        item.size is not None
        and item.size == file.size
        and item.modified_at is not None
        and item.modified_at == file.modified_at
    )


def _fate(item: PendingItem, file: ProviderFile) -> FileFate:
    if file.image_id is None:
        reason = file.reason or "not_an_image"
        return FileFate(item, ItemState.SKIPPED, reason, REASONS[reason][0], attempts=0)
    renamed = (item.name, item.path) != (file.name, file.path)
    return FileFate(item, ItemState.DUPLICATE, "renamed" if renamed else "unchanged", attempts=0)


async def _rename(session: AsyncSession, job: Job, item: PendingItem, image_id: UUID) -> None:
    """The image's name follows its file; another file of the same content only its own row."""
    await session.execute(
        update(ProviderFile)
        .where(
            ProviderFile.owner == job.owner,
            ProviderFile.source == job.source,
            ProviderFile.provider_id == item.provider_id,
        )
        .values(name=item.name, path=item.path)
    )
    await session.execute(
        update(Image)
        .where(Image.id == image_id, Image.provider_id == item.provider_id)
        .values(name=item.name, name_folded=item.name.casefold(), source_path=item.path)
    )
