"""Step 4 of an import, first half: mark what is gone at its source, is back, or was replaced.

Marks only: an image is never deleted because its file is. Questions come first and in large parts;
what they find is written in small ones, each a transaction that the lease guards, so that a crash
goes on where it was and nothing is counted twice.

What counts is when a place was listed, not when its import ended: a retry, or a dry run that
becomes an import, ends long after its listing, and a newer one of whatever place knows better.
Marks carry that moment, and so any two imports agree on which of them has the last word. (Folders
that failed are listed by the retry, later than that moment: what they show to be back waits for the
next import where a newer one had missed it.)
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from pixharbor.images.models import Image, ProviderFile
from pixharbor.imports.remember_files import place_of
from pixharbor.jobs.leases import Lease, record
from pixharbor.jobs.models import Item, Job
from pixharbor.jobs.states import ItemState
from pixharbor.unit_of_work import Work

# Asked for at a time: the question goes through all files of the place, so not often.
FOUND_AT_ONCE: Final = 10_000
# Written at a time: SQLite's other writers wait meanwhile (10 ms).
WRITTEN_AT_ONCE: Final = 500

Question = Select[*tuple[Any, ...]]
Found = Sequence[Row[*tuple[Any, ...]]]
Write = Callable[[AsyncSession, Found], Awaitable[dict[str, int]]]


async def mark_changes(lease: Lease, job: Job, *, work: Work, complete: bool) -> None:
    """Compare what was listed with what is remembered of this place.

    `complete`: every folder was listed. Otherwise a file that was not seen may still be there.
    """
    async with work.read() as session:
        newer = await _newer_listings(session, job)
    changes = _Changes(job, newer)
    steps: list[tuple[Question, Write]] = [
        (changes.replaced(), changes.mark_replaced),
        (changes.back(), changes.mark_back),
        (changes.had_again(), changes.unmark_images),
        (changes.elsewhere(), changes.move_here),
    ]
    if complete:
        steps.append((changes.gone(), changes.mark_gone))
    for question, write in steps:
        await _go_through(lease, question, write, work)


async def _go_through(lease: Lease, question: Question, write: Write, work: Work) -> None:
    """Ask until nothing is left to be written; what is written is not found again."""
    while True:
        async with work.read() as session:
            found = (await session.execute(question.limit(FOUND_AT_ONCE))).all()
        for start in range(0, len(found), WRITTEN_AT_ONCE):
            async with work() as unit:
                counts = await write(unit.session, found[start : start + WRITTEN_AT_ONCE])
                await record(unit.session, lease, **counts)
        if len(found) < FOUND_AT_ONCE:
            return


def _listed_at(job: Job) -> datetime:
    """When its listing began; a retry or a run of a dry run does not list anew what it knows."""
    return job.started_at or job.created_at


async def _newer_listings(session: AsyncSession, job: Job) -> Sequence[UUID]:
    """The jobs whose listings began after this one's; mostly none."""
    newer = select(Job.id).where(
        Job.owner == job.owner,
        Job.source == job.source,
        Job.id != job.id,
        Job.started_at > _listed_at(job),
    )
    return (await session.scalars(newer)).all()


class _Changes:
    """The questions and writes for one job's place."""

    def __init__(self, job: Job, newer: Sequence[UUID]) -> None:
        self._job_id = job.id
        self._place = place_of(job)
        self._listed_at = _listed_at(job)
        self._mine = (ProviderFile.owner == job.owner, ProviderFile.source == job.source)
        self._listed = exists().where(
            Item.job_id == job.id,
            Item.provider_id == ProviderFile.provider_id,
            Item.state != ItemState.GONE,
        )
        later = aliased(Item)
        self._not_listed_since = ~exists().where(
            later.job_id.in_(newer),
            later.provider_id == ProviderFile.provider_id,
            later.state != ItemState.GONE,
        )
        self._same_content = (
            select(Image.id)
            .join(Item, Item.image_id == Image.id)
            .where(Item.job_id == job.id, Item.reason == "same_content")
        )

    def gone(self) -> Question:
        """Files that this place had, and has no more."""
        return select(ProviderFile.provider_id, ProviderFile.image_id).where(
            *self._mine,
            ProviderFile.place == self._place,
            ProviderFile.gone_at.is_(None),
            ~self._listed,
            self._not_listed_since,
        )

    async def mark_gone(self, session: AsyncSession, found: Found) -> dict[str, int]:
        """The files, and those images that no other file has."""
        await _lock_images(session, [row.image_id for row in found])
        marked = await self._update(
            session, found, ProviderFile.gone_at.is_(None), gone_at=self._listed_at
        )
        await session.execute(
            update(Image)
            .where(
                Image.id.in_({row.image_id for row in marked} - {None}),
                Image.gone_at.is_(None),
                ~_has_file(Image.id),
            )
            .values(gone_at=self._listed_at)
            .execution_options(synchronize_session=False)
        )
        return {"marked_gone": len(marked)}

    def back(self) -> Question:
        """Files that were gone before, from whatever place, and were listed now."""
        return select(ProviderFile.provider_id, ProviderFile.image_id).where(
            *self._mine, ProviderFile.gone_at < self._listed_at, self._listed
        )

    async def mark_back(self, session: AsyncSession, found: Found) -> dict[str, int]:
        """The files, and their images."""
        await self.unmark_images(session, found)
        marked = await self._update(session, found, ProviderFile.gone_at.is_not(None), gone_at=None)
        return {"marked_back": len(marked)}

    def had_again(self) -> Question:
        """Marked images whose content another file has brought again."""
        marked = or_(Image.gone_at.is_not(None), Image.superseded_by.is_not(None))
        return self._same_content.add_columns(Image.id.label("image_id")).where(
            marked, _has_file(Image.id)
        )

    async def unmark_images(self, session: AsyncSession, found: Found) -> dict[str, int]:
        """They are at the source, whatever was marked before."""
        await _lock_images(session, [row.image_id for row in found])
        await session.execute(
            update(Image)
            .where(Image.id.in_({row.image_id for row in found} - {None}))
            .values(gone_at=None, superseded_by=None)
            .execution_options(synchronize_session=False)
        )
        return {}

    def replaced(self) -> Question:
        """Files with new content, and the images that they were before and are now."""
        return select(ProviderFile.provider_id, ProviderFile.image_id, ProviderFile.replaces).where(
            *self._mine, ProviderFile.place == self._place, ProviderFile.replaces.is_not(None)
        )

    async def mark_replaced(self, session: AsyncSession, found: Found) -> dict[str, int]:
        """The old images, unless another file has them; content that is no image has no heir."""
        await _lock_images(session, [image for row in found for image in row[1:]])
        written = await self._update(
            session, found, ProviderFile.replaces.is_not(None), replaces=None
        )
        files = {row.provider_id for row in written}
        count = 0
        for row in found:
            if row.provider_id not in files or row.replaces == row.image_id:
                continue
            heir = {"superseded_by": row.image_id} if row.image_id else {"gone_at": self._listed_at}
            marked = await session.scalars(
                update(Image)
                .where(Image.id == row.replaces, ~_has_file(Image.id))
                .values(**heir)
                .returning(Image.id)
                .execution_options(synchronize_session=False)
            )
            count += len(marked.all())
        await self.unmark_images(session, found)
        return {"superseded": count}

    def elsewhere(self) -> Question:
        """Listed files that were listed last in another place; from now on they are this one's."""
        return (
            select(ProviderFile.provider_id)
            .join(Item, Item.provider_id == ProviderFile.provider_id)
            .where(
                *self._mine,
                Item.job_id == self._job_id,
                ProviderFile.place != self._place,
                self._not_listed_since,
            )
        )

    async def move_here(self, session: AsyncSession, found: Found) -> dict[str, int]:
        """Whoever lists a file last is the one to notice that it is gone."""
        await self._update(session, found, place=self._place)
        return {}

    async def _update(
        self, session: AsyncSession, found: Found, *conditions: Any, **values: Any
    ) -> Found:
        """Change those of the files that still are as they were found; answers them."""
        changed = await session.execute(
            update(ProviderFile)
            .where(
                *self._mine,
                ProviderFile.provider_id.in_([row.provider_id for row in found]),
                *conditions,
            )
            .values(**values)
            .returning(ProviderFile.provider_id, ProviderFile.image_id)
            .execution_options(synchronize_session=False)
        )
        return changed.all()


async def _lock_images(session: AsyncSession, images: Iterable[UUID | None]) -> None:
    """Images before provider files, in one order (decision 6)."""
    wanted = {image for image in images if image}
    locked = select(Image.id).where(Image.id.in_(wanted)).order_by(Image.id)
    await session.execute(locked.with_for_update(key_share=True))


def _has_file(image_id: Any) -> Any:
    """Whether a file that is not gone has the image."""
    other = aliased(ProviderFile)
    return exists().where(other.image_id == image_id, other.gone_at.is_(None))
