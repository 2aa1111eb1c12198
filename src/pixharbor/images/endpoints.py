"""The images' part of the API: lists by page and cursor, one by id, its bytes by a signed link."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import RedirectResponse

from pixharbor.db.wire import pack_moment, unpack_moment
from pixharbor.dependencies import (
    PublicUrl,
    TheCaller,
    TheStorageSettings,
    TheStore,
    TheWork,
)
from pixharbor.errors import BadInput
from pixharbor.images.count_images import count_images
from pixharbor.images.delete_image import delete_image
from pixharbor.images.purged_objects import lock_contents
from pixharbor.images.read_images import (
    ImageFilter,
    find_image,
    list_images,
    list_source_files,
    list_variants,
)
from pixharbor.images.schemas import ImageInfo, ImageList, answer_of, info_of
from pixharbor.sources.registry import KNOWN_SOURCES

router = APIRouter(tags=["images"])

# Further than this a page number would have the database walk over all rows before it.
PAGED_IMAGES = 10_000


def _filter(
    source: str | None = None,
    job: UUID | None = None,
    type: str | None = None,  # noqa: A002 - the word of the contract
    min_width: Annotated[int | None, Query(ge=1)] = None,
    taken_after: datetime | None = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
    search: Annotated[str | None, Query(max_length=200, description="The same as q.")] = None,
) -> ImageFilter:
    if source is not None and source not in KNOWN_SOURCES:
        raise BadInput(
            f"There is no source {source!r}.",
            code="unknown_source",
            field="source",
            cure=f"Known sources: {', '.join(KNOWN_SOURCES)}.",
        )
    return ImageFilter(source, job, type, min_width, taken_after, q or search or None)


@router.get("/images", tags=["flat"])
@router.get("/api/v1/images")
@router.get("/api/v1/images/", include_in_schema=False)
async def get_images(
    caller: TheCaller,
    work: TheWork,
    public_url: PublicUrl,
    wanted: Annotated[ImageFilter, Depends(_filter)],
    cursor: str | None = None,
    page: Annotated[int, Query(ge=1)] = 1,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ImageList:
    """Images, newest first. `q` finds names that begin so; `next_cursor` leads on."""
    if page * limit > PAGED_IMAGES:
        raise BadInput(
            f"Pages end at the {PAGED_IMAGES}th image.", code="page_too_far", field="page",
            cure="Use cursor: each answer's next_cursor leads to the next page, however far.",
        )  # fmt: skip
    async with work.read() as session:
        images = await list_images(
            session,
            caller.owner,
            wanted,
            before=unpack_moment(cursor) if cursor else None,
            skip=0 if cursor else (page - 1) * limit,
            limit=limit + 1,
        )
        total = None
        if wanted.is_counted:
            total = await count_images(
                session, caller.owner, source=wanted.source, job_id=wanted.job_id
            )
    shown = images[:limit]
    return ImageList(
        images=[answer_of(image, public_url) for image in shown],
        count=len(shown),
        total=total,
        next_cursor=pack_moment(shown[-1].created_at, shown[-1].number)
        if len(images) > limit
        else None,
    )


@router.get("/api/v1/images/{image_id}", status_code=307, response_class=RedirectResponse)
async def get_image(
    image_id: UUID,
    caller: TheCaller,
    work: TheWork,
    store: TheStore,
    settings: TheStorageSettings,
    download: Annotated[bool, Query(description="Save it as a file, rather than show it.")] = False,  # noqa: FBT002 - a parameter of the address
) -> Response:
    """The original's bytes: a redirect to a signed link that lives for SIGNED_URL_TTL seconds."""
    async with work.read() as session:
        image = await find_image(session, caller.owner, image_id)
    return RedirectResponse(
        store.link(
            image.storage_key, seconds=settings.signed_url_ttl, name=image.name, save=download
        ),
        headers={"Cache-Control": f"private, max-age={max(0, settings.signed_url_ttl - 60)}"},
    )


@router.get("/api/v1/images/{image_id}/info")
async def get_info(
    image_id: UUID, caller: TheCaller, work: TheWork, public_url: PublicUrl
) -> ImageInfo:
    """Everything that is known of an image."""
    async with work.read() as session:
        image = await find_image(session, caller.owner, image_id)
        files = await list_source_files(session, image)
        variants = await list_variants(session, image)
    return info_of(image, files, variants, public_url)


@router.delete("/api/v1/images/{image_id}", status_code=204)
async def remove_image(image_id: UUID, caller: TheCaller, work: TheWork) -> Response:
    """Put the image into the trash, which keeps it for 30 days."""
    async with work() as unit:
        await lock_contents(unit.session)  # an import that has just met it must find it
        image = await find_image(unit.session, caller.owner, image_id, for_change=True)
        await delete_image(unit.session, image)
    return Response(status_code=204)
