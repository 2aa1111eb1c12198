"""The transforms' part of the API: thumbnails of images."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from pixharbor.dependencies import TheCaller, TheStorageSettings, TheStore
from pixharbor.transforms.serve_thumbnail import ThumbnailMaker

router = APIRouter(tags=["images"])


def _maker(request: Request) -> ThumbnailMaker:
    maker: ThumbnailMaker = request.app.state.runtime.thumbnails
    return maker


@router.get("/api/v1/images/{image_id}/thumbnail", status_code=307, response_class=RedirectResponse)
async def get_thumbnail(
    image_id: UUID,
    caller: TheCaller,
    store: TheStore,
    settings: TheStorageSettings,
    maker: Annotated[ThumbnailMaker, Depends(_maker)],
    size: int = 320,
) -> Response:
    """A small picture of the image (WebP, at most `size` pixels wide and high), made once."""
    key = await maker.find_or_make(caller.owner, image_id, size)
    return RedirectResponse(
        store.link(key, seconds=settings.signed_url_ttl, name=f"{image_id}-{size}.webp"),
        headers={"Cache-Control": f"private, max-age={max(0, settings.signed_url_ttl - 60)}"},
    )
