"""Take an image out of the trash again."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.errors import Conflict
from pixharbor.images.count_images import add_to_count
from pixharbor.images.models import Image
from pixharbor.images.purged_objects import lock_contents
from pixharbor.images.read_images import find_image


async def restore_image(session: AsyncSession, owner: int, image_id: UUID) -> Image:
    """Put it back where it was in every list; one that lives already stays as it is.

    Raises NotFound, and Conflict when its content has been imported again meanwhile.
    """
    await lock_contents(session)  # nobody brings in the same content between question and change
    image = await find_image(session, owner, image_id, with_trash=True, for_change=True)
    if image.deleted_at is None:
        return image
    living = await session.scalar(
        select(Image.id).where(
            Image.owner == owner, Image.sha256 == image.sha256, Image.deleted_at.is_(None)
        )
    )
    if living:
        raise Conflict(
            f"The same picture has been imported again since: it is image {living}.",
            code="content_lives",
            cure="Use that image; or move it to the trash, and restore this one then.",
        )
    image.deleted_at = None
    if image.job_id is not None:
        await add_to_count(session, owner, image.job_id, image.source, 1)
    return image
