"""Serve local files by signed link: what a bucket does for itself, with ranges and ETags."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import FileResponse
from starlette.staticfiles import NotModifiedResponse

from pixharbor.storage.local_files import LocalFiles
from pixharbor.storage.signed_links import LinkSigner

# Pictures that browsers show; anything else is downloaded, never run on our origin.
SHOWN = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}
# Types that browsers may know and that are no danger, but nothing to show in a tab.
KEPT = {"heic": "image/heic", "tif": "image/tiff", "bmp": "image/bmp", "jp2": "image/jp2"}


def files_router(store: LocalFiles, signer: LinkSigner) -> APIRouter:
    """The route that the store's links lead to."""
    router = APIRouter(include_in_schema=False)

    @router.get("/files/{key:path}")
    @router.head("/files/{key:path}")
    async def get_file(
        key: str,
        name: str,
        expires: int,
        signature: Annotated[str, Query(max_length=64)],
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        signer.check(key, name, expires, signature)  # a missing file is ObjectMissing: 404
        async with store.as_file(key) as path:
            extension = path.suffix.lstrip(".")
            known = SHOWN.get(extension) or KEPT.get(extension) or "application/octet-stream"
            response = FileResponse(
                path,
                stat_result=path.stat(),
                media_type=known,
                content_disposition_type="inline" if extension in SHOWN else "attachment",
                filename=name,
                headers={
                    # Content-addressed: these bytes never change under this key.
                    "Cache-Control": "private, max-age=31536000, immutable",
                    "Content-Security-Policy": "sandbox; default-src 'none'",
                    "Cross-Origin-Resource-Policy": "cross-origin",
                    "X-Content-Type-Options": "nosniff",
                },
            )
        known_already = if_none_match == response.headers["etag"]
        return NotModifiedResponse(response.headers) if known_already else response

    return router
