"""Questions about images: lists by keyset, newest first, and single ones by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.errors import NotFound
from pixharbor.images.models import Image

# The last character of Unicode: everything that begins with a prefix sorts before prefix + this.
LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Which images are wanted. `prefix` is of the name; `type` a MIME type or a format."""

    source: str | None = None
    job_id: UUID | None = None
    type: str | None = None
    min_width: int | None = None
    taken_after: datetime | None = None
    prefix: str | None = None

    @property
    def is_counted(self) -> bool:
        """Whether the total is known without looking at the images (count_images.py)."""
        return not (self.type or self.min_width or self.taken_after or self.prefix)


async def list_images(
    session: AsyncSession,
    owner: int,
    wanted: ImageFilter,
    *,
    before: tuple[datetime, int] | None,
    skip: int,
    limit: int,
) -> Sequence[Image]:
    """Living images, newest first, from behind `before` on."""
    images = _narrow(select(Image).where(Image.owner == owner, Image.deleted_at.is_(None)), wanted)
    if before:
        images = images.where(tuple_(Image.created_at, Image.number) < before)
    newest = images.order_by(Image.created_at.desc(), Image.number.desc())
    return (await session.scalars(newest.offset(skip or None).limit(limit))).all()


def _narrow(images: Select[Image], wanted: ImageFilter) -> Select[Image]:
    if wanted.source:
        images = images.where(Image.source == wanted.source)
    if wanted.job_id:
        images = images.where(Image.job_id == wanted.job_id)
    if wanted.type:
        column = Image.mime_type if "/" in wanted.type else Image.format
        images = images.where(column == wanted.type)
    if wanted.min_width:
        images = images.where(Image.width >= wanted.min_width)
    if wanted.taken_after:
        images = images.where(Image.taken_at > wanted.taken_after.isoformat())
    if wanted.prefix:
        folded = wanted.prefix.casefold()
        images = images.where(Image.name_folded >= folded, Image.name_folded < folded + LAST)
    return images


async def find_image(session: AsyncSession, owner: int, image_id: UUID) -> Image:
    """This owner's living image. Raises NotFound, also for other people's."""
    image = await session.scalar(
        select(Image).where(Image.id == image_id, Image.owner == owner, Image.deleted_at.is_(None))
    )
    if image is None:
        raise NotFound(f"There is no image {image_id}.", code="image_not_found")
    return image
