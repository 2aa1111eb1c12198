"""Serve files by signed link: what a bucket does for itself, with ranges and ETags."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import FileResponse
from starlette.staticfiles import NotModifiedResponse

from pixharbor.storage.base import Store
from pixharbor.storage.content_types import FOR_EVER, content_disposition, type_of
from pixharbor.storage.signed_links import LinkSigner


def files_router(store: Store, signer: LinkSigner) -> APIRouter:
    """The route that the links lead to of a store whose `link_origin` is this server."""
    router = APIRouter(include_in_schema=False)

    async def hold_file(
        key: str,
        name: str,
        expires: int,
        signature: Annotated[str, Query(max_length=64)],
        save: bool = False,  # noqa: FBT001, FBT002 - a parameter of the address
    ) -> AsyncIterator[Path]:
        """The file, held until the answer is sent: a bucket's is a copy that then goes away."""
        signer.check(key, name, expires, signature, save=save)
        async with store.as_file(key) as path:  # a missing file is ObjectMissing: 404
            yield path

    @router.get("/files/{key:path}")
    @router.head("/files/{key:path}")
    async def get_file(
        path: Annotated[Path, Depends(hold_file)],
        key: str,
        name: str,
        save: bool = False,  # noqa: FBT001, FBT002 - a parameter of the address
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        response = FileResponse(
            path,
            stat_result=path.stat(),
            media_type=type_of(key),
            headers={
                "Cache-Control": f"private, {FOR_EVER}",
                "Content-Disposition": content_disposition(key, name, save=save),
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Cross-Origin-Resource-Policy": "cross-origin",
                "X-Content-Type-Options": "nosniff",
            },
        )
        known_already = if_none_match == response.headers["etag"]
        return NotModifiedResponse(response.headers) if known_already else response

    return router
