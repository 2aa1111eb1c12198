"""Put an image into the trash: out of every list at once, its bytes kept for 30 days."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.images.count_images import add_to_count
from pixharbor.images.models import Image


async def delete_image(session: AsyncSession, image: Image) -> None:
    """Mark it as deleted, and count it out."""
    image.deleted_at = datetime.now(UTC)
    if image.job_id is not None:
        await add_to_count(session, image.owner, image.job_id, image.source, -1)
