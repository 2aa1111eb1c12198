"""Questions about images: lists by keyset, newest first, and single ones by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.errors import NotFound
from pixharbor.images.models import Image, ProviderFile, Variant
from pixharbor.imaging.formats import FORMATS

# The last character of Unicode: everything that begins with a prefix sorts before prefix + this.
LAST = "\U0010ffff"
# So many images are sorted in 20 ms.
COMMON = 10_000
# Of one content; a blank page may be scanned ten thousand times.
MOST_FILES = 100
# image/jpeg → jpeg: either word may be given.
FORMAT_NAMES = {form.mime_type: form.name for form in FORMATS.values()}


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
    images = _narrow(select(Image).where(*_living(owner)), wanted)
    if wanted.prefix:
        common = await _is_common(session, owner, wanted.prefix)
        images = images.where(_begins_with(wanted.prefix, walk=common))
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
        images = images.where(Image.format == FORMAT_NAMES.get(wanted.type, wanted.type))
    if wanted.min_width:
        images = images.where(Image.width >= wanted.min_width)
    if wanted.taken_after:
        images = images.where(Image.taken_at > wanted.taken_after.isoformat())
    return images


def _living(owner: int) -> tuple[ColumnElement[bool], ...]:
    return Image.owner == owner, Image.deleted_at.is_(None)


def _begins_with(prefix: str, *, walk: bool) -> ColumnElement[bool]:
    """The name's beginning; `walk` hides the index of names, so that another leads."""
    name = Image.name_folded.concat("") if walk else Image.name_folded
    folded = prefix.casefold()
    return and_(name >= folded, name < folded + LAST)


async def _is_common(session: AsyncSession, owner: int, prefix: str) -> bool:
    """Whether SQLite would sort too many names; PostgreSQL knows by its statistics.

    IMG_ begins a million names: then the newest hundred are found sooner by walking the newest.
    """
    if (await session.connection()).dialect.name != "sqlite":
        return False
    named = select(Image.number).where(*_living(owner), _begins_with(prefix, walk=False))
    some = named.limit(COMMON + 1).subquery()
    return (await session.scalar(select(func.count()).select_from(some)) or 0) > COMMON


async def list_trash(
    session: AsyncSession, owner: int, *, before: tuple[datetime, int] | None, limit: int
) -> Sequence[Image]:
    """Images in the trash, the one that was thrown away last first, from behind `before` on."""
    images = select(Image).where(Image.owner == owner, Image.deleted_at.is_not(None))
    if before:
        images = images.where(tuple_(Image.deleted_at, Image.number) < before)
    latest = images.order_by(Image.deleted_at.desc(), Image.number.desc())
    return (await session.scalars(latest.limit(limit))).all()


async def find_image(
    session: AsyncSession,
    owner: int,
    image_id: UUID,
    *,
    with_trash: bool = False,
    for_change: bool = False,
) -> Image:
    """This owner's image, locked if it is to be changed. Raises NotFound, also for other people's.

    One in the trash is found `with_trash` only.
    """
    wanted = select(Image).where(Image.id == image_id, Image.owner == owner)
    if not with_trash:
        wanted = wanted.where(Image.deleted_at.is_(None))
    if for_change:
        wanted = wanted.with_for_update(key_share=True)
    image = await session.scalar(wanted)
    if image is None:
        raise no_image(image_id)
    return image


def no_image(image_id: UUID) -> NotFound:
    """The error for an id that leads to nothing."""
    return NotFound(f"There is no image {image_id}.", code="image_not_found")


async def list_variants(session: AsyncSession, image: Image) -> Sequence[Variant]:
    """What recipes have made of the image so far."""
    made = select(Variant).where(Variant.image_id == image.id)
    return (await session.scalars(made.order_by(Variant.created_at, Variant.recipe))).all()


async def list_source_files(session: AsyncSession, image: Image) -> Sequence[ProviderFile]:
    """The files at sources that are this image, those that are still there first."""
    files = select(ProviderFile).where(ProviderFile.image_id == image.id)
    order = (ProviderFile.gone_at.is_not(None), ProviderFile.path)
    return (await session.scalars(files.order_by(*order).limit(MOST_FILES))).all()
