"""The objects of purged images: deleted one by one, and never under a row that names them.

Keys are made of the content, so an import may bring a content in at the very moment at which the
last row that named its object is purged: it finds the object there and leaves it as it is, the
purge deletes it, and the import's row names nothing. What forbids that:

1. A purge deletes the rows and writes the key down here in one transaction, alone with the contents
   (lock_contents); an import adds rows in one that shares them (share_contents). So either the
   purge sees the import's row, and leaves the object; or the import sees the key here (2).
2. An import adds no row while its key is here. It waits until the object is gone, puts it once more
   and finds it in the store: only then it takes the key away (take_back). Keys stay here for good,
   so that a put that is older than the deletion meets its key, however slow it was.
3. Only what is claimed here is deleted, by one process: another may claim it an hour later, when
   whatever the first one had sent has long ended.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.among import among
from pixharbor.db.base import table_of
from pixharbor.db.locks import lock_names, share_name
from pixharbor.images.models import Image, PurgedObject
from pixharbor.storage.base import Store, StoreError
from pixharbor.unit_of_work import Work

_CONTENTS: Final = "contents of images"
_purged_keys: Final = table_of(PurgedObject).c.storage_key
_FIND_PURGED: Final = select(_purged_keys).where(among(_purged_keys, "keys"))


class ObjectsPurged(StoreError):
    """A picture with the same content is being deleted for good just now."""

    cure = "The job goes on by itself in a moment."

    def __init__(self, keys: Collection[str]) -> None:
        super().__init__()
        self.keys = keys


async def share_contents(session: AsyncSession) -> None:
    """Until this transaction ends nothing is purged; others may add images beside it."""
    await share_name(session, _CONTENTS)


async def lock_contents(session: AsyncSession) -> None:
    """Until this transaction ends nobody else adds, restores or purges images."""
    await lock_names(session, _CONTENTS)


async def require_unpurged(session: AsyncSession, keys: Collection[str]) -> None:
    """Raise ObjectsPurged for keys that no new row may name yet. The contents are shared."""
    if not keys:
        return
    purged = await session.scalars(_FIND_PURGED, {"keys": list(keys)})
    if found := purged.all():
        raise ObjectsPurged(found)


async def take_back(keys: Collection[str], *, work: Work, store: Store) -> None:
    """Let rows name those of the keys again whose objects are gone, and were put anew since."""
    key_and_moment = (PurgedObject.storage_key, PurgedObject.gone_at)
    async with work.read() as session:
        of_these = PurgedObject.storage_key.in_(keys)
        ended = select(*key_and_moment).where(of_these, PurgedObject.gone_at.is_not(None))
        gone = (await session.execute(ended)).all()
    # Looked for after the deletion was over: what is there now was put since, and stays, unless it
    # is deleted once more meanwhile, which has a moment of its own.
    there = [tuple(row) for row in gone if await store.size(row.storage_key) is not None]
    async with work() as unit:
        await unit.session.execute(delete(PurgedObject).where(tuple_(*key_and_moment).in_(there)))


async def find_thrown_away(
    session: AsyncSession, owner: int, contents: Collection[str]
) -> dict[str, UUID | None]:
    """Those contents (SHA-256) that are in the trash or purged, and of no living image.

    With the image in the trash; None when it is gone for good.
    """
    of_these = (Image.owner == owner, Image.sha256.in_(contents))
    purged = await session.scalars(
        select(PurgedObject.sha256).where(
            PurgedObject.owner == owner, PurgedObject.sha256.in_(contents)
        )
    )
    thrown_away: dict[str, UUID | None] = {content: None for content in purged if content}
    trashed = await session.execute(
        select(Image.sha256, Image.id)
        .where(*of_these, Image.deleted_at.is_not(None))
        .order_by(Image.deleted_at)
    )
    thrown_away |= {row.sha256: row.id for row in trashed}
    if thrown_away:
        living = await session.scalars(
            select(Image.sha256).where(*of_these, Image.deleted_at.is_(None))
        )
        for content in living:
            thrown_away.pop(content, None)
    return thrown_away


async def delete_again(session: AsyncSession, keys: Collection[str]) -> None:
    """Have the next purge delete these objects that somebody has put and no row names."""
    await session.execute(
        update(PurgedObject)
        .where(PurgedObject.storage_key.in_(keys))
        .values(gone_at=None, claimed_at=None)
    )
