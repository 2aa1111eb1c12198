"""The trash's part of the API: what is in it, and the way out of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from pixharbor.db.wire import pack_moment, unpack_moment
from pixharbor.dependencies import PublicUrl, TheCaller, TheWork
from pixharbor.images.models import Image
from pixharbor.images.read_images import list_trash
from pixharbor.images.restore_image import restore_image
from pixharbor.images.schemas import ImageAnswer, TrashList, answer_of, trashed_of

router = APIRouter(tags=["images"])


@router.get("/api/v1/trash")
async def get_trash(
    caller: TheCaller,
    work: TheWork,
    public_url: PublicUrl,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> TrashList:
    """Images in the trash, the one thrown away last first; `next_cursor` leads on."""
    before = unpack_moment(cursor) if cursor else None
    async with work.read() as session:
        images = await list_trash(session, caller.owner, before=before, limit=limit + 1)
    shown = images[:limit]
    return TrashList(
        images=[trashed_of(image, public_url) for image in shown],
        count=len(shown),
        next_cursor=_cursor_after(shown[-1]) if len(images) > limit else None,
    )


@router.post("/api/v1/images/{image_id}/restore")
async def restore(
    image_id: UUID, caller: TheCaller, work: TheWork, public_url: PublicUrl
) -> ImageAnswer:
    """Take the image out of the trash. 409 when its content has been imported again since."""
    async with work() as unit:
        return answer_of(await restore_image(unit.session, caller.owner, image_id), public_url)


def _cursor_after(image: Image) -> str:
    assert image.deleted_at is not None
    return pack_moment(image.deleted_at, image.number)
