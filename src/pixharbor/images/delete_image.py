"""Put an image into the trash: out of every list at once, its bytes kept for 30 days."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.images.count_images import add_to_count
from pixharbor.images.models import Image

# Then purge_trash.py deletes it for good.
KEPT_IN_TRASH: Final = timedelta(days=30)


async def delete_image(session: AsyncSession, image: Image) -> None:
    """Mark it as deleted, and count it out. The image is locked (find_image)."""
    image.deleted_at = datetime.now(UTC)
    if image.job_id is not None:
        await add_to_count(session, image.owner, image.job_id, image.source, -1)
