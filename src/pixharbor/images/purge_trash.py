"""Delete for good what has been in the trash for 30 days: rows first, and then their objects.

purged_objects.py says why no row ever names an object that is deleted.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.upsert import insert_into
from pixharbor.images.delete_image import KEPT_IN_TRASH
from pixharbor.images.models import Image, ProviderFile, PurgedObject, Variant
from pixharbor.images.purged_objects import lock_contents
from pixharbor.storage.base import Store
from pixharbor.unit_of_work import Work

log = structlog.get_logger()

# Imports wait meanwhile (20 ms on SQLite).
PURGED_AT_ONCE: Final = 20
# An object that is being deleted is another process's after this long: the first one is dead.
CLAIM: Final = timedelta(hours=1)
# By then nothing that this process has sent to the store may still be on its way.
DELETE_SECONDS: Final = CLAIM.total_seconds() / 4


async def purge_trash(work: Work, store: Store) -> None:
    """Every process looks, now and then; what one has claimed the others leave. Raises StoreError.

    A crash leaves objects that no row names; whoever looks an hour later deletes them.
    """
    while await _is_due(work):
        # The time runs from before the claim: a process that was stopped for long sends nothing.
        async with asyncio.timeout(DELETE_SECONDS):
            now = datetime.now(UTC)
            async with work(durable=True) as unit:  # no row may come back when the power fails
                await lock_contents(unit.session)
                images = await _delete_rows(unit.session, now - KEPT_IN_TRASH)
                keys = await _claim_objects(unit.session, now)
            await store.delete_many(keys)
            async with work() as unit:
                await _note_gone(unit.session, keys, claimed_at=now)
        log.info("trash.purged", images=images, objects=len(keys))


async def _is_due(work: Work) -> bool:
    now = datetime.now(UTC)
    waiting = select(PurgedObject).where(*_waiting(now)).limit(1)
    async with work.read() as session:
        image = await session.scalar(expired(now - KEPT_IN_TRASH).limit(1))
        return image is not None or await session.scalar(waiting) is not None


def expired(oldest: datetime) -> Select[Image]:
    """Images of all owners that were thrown away before that."""
    # Said twice: SQLite knows by the first word alone that it may use the index of the trash.
    return select(Image).where(Image.deleted_at.is_not(None), Image.deleted_at < oldest)


async def _delete_rows(session: AsyncSession, oldest: datetime) -> int:
    """Delete some images with their variants, and write down which objects nobody names then."""
    some = expired(oldest).order_by(Image.id).limit(PURGED_AT_ONCE)
    images = (await session.scalars(some.with_for_update())).all()
    if not images:
        return 0
    ids = [image.id for image in images]
    variants = delete(Variant).where(Variant.image_id.in_(ids))
    keys = await session.execute(variants.returning(Variant.image_id, Variant.storage_key))
    owners = {image.id: image.owner for image in images}
    rows: list[dict[str, Any]] = [_row(owners[image], key, None) for image, key in keys]
    for image in images:
        heir = await _find_heir(session, image, purged=ids)
        await _remember_files(session, image.id, heir)
        if heir is None:
            rows.append(_row(image.owner, image.storage_key, image.sha256))
    await session.execute(delete(Image).where(Image.id.in_(ids)))
    if rows:
        connection = await session.connection()
        insert = insert_into(PurgedObject, dialect=connection.dialect.name)
        await connection.execute(insert.on_conflict_do_nothing(), rows)
    return len(images)


def _row(owner: int, key: str, sha256: str | None) -> dict[str, Any]:
    return {"storage_key": key, "owner": owner, "sha256": sha256}


async def _find_heir(
    session: AsyncSession, image: Image, *, purged: Collection[UUID]
) -> UUID | None:
    """Another image with the same object: the living one, or one that is in the trash for less."""
    same = select(Image.id).where(
        Image.owner == image.owner, Image.sha256 == image.sha256, Image.id.not_in(purged)
    )
    # Two questions, for each kind has its index.
    living = await session.scalar(same.where(Image.deleted_at.is_(None)))
    return living or await session.scalar(same.where(Image.deleted_at.is_not(None)).limit(1))


async def _remember_files(session: AsyncSession, image_id: UUID, heir: UUID | None) -> None:
    """Its files are the heir's; without one they are remembered, or a schedule would fetch them."""
    mine = ProviderFile.image_id == image_id
    identity = (ProviderFile.owner, ProviderFile.source, ProviderFile.provider_id)
    await session.execute(select(*identity).where(mine).order_by(*identity).with_for_update())
    await session.execute(
        update(ProviderFile)
        .where(mine)
        .values(image_id=heir, reason=None if heir else "in_trash")
        .execution_options(synchronize_session=False)
    )


def _waiting(now: datetime) -> tuple[Any, ...]:
    unclaimed = or_(PurgedObject.claimed_at.is_(None), PurgedObject.claimed_at < now - CLAIM)
    return PurgedObject.gone_at.is_(None), unclaimed


async def _claim_objects(session: AsyncSession, now: datetime) -> Sequence[str]:
    """Objects that are this process's to delete. No row names them: see purged_objects.py."""
    some = select(PurgedObject.storage_key).where(*_waiting(now)).limit(10 * PURGED_AT_ONCE)
    claimed = await session.scalars(
        update(PurgedObject)
        .where(PurgedObject.storage_key.in_(some))
        .values(claimed_at=now)
        .returning(PurgedObject.storage_key)
        .execution_options(synchronize_session=False)
    )
    return claimed.all()


async def _note_gone(session: AsyncSession, keys: Sequence[str], *, claimed_at: datetime) -> None:
    """A variant's key is forgotten; an original's stays, for imports that put it before this."""
    mine = (PurgedObject.storage_key.in_(keys), PurgedObject.claimed_at == claimed_at)
    await session.execute(delete(PurgedObject).where(*mine, PurgedObject.sha256.is_(None)))
    await session.execute(
        update(PurgedObject)
        .where(*mine)
        .values(gone_at=datetime.now(UTC))
        .execution_options(synchronize_session=False)
    )
