"""The page: its built files, and the same page for every path that only it knows."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.staticfiles import StaticFiles

BUILT = Path(__file__).parent / "page"
# Paths of the API never answer with the page, whatever the caller accepts.
NOT_THE_PAGE = ("/api/", "/files/", "/i/", "/import/", "/task/", "/assets/")
POLICY = (
    "default-src 'self'; img-src 'self' blob: data: {pictures}; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
NOT_BUILT = (
    "<!doctype html><html lang=en><title>pixharbor</title><body><h1>pixharbor</h1>"
    "<p>The API runs; the page has not been built yet. Run <code>make page</code>."
    "<p><a href=/docs>API documentation</a></html>"
)


def serve_page(app: FastAPI, *, pictures_from: str) -> None:
    """Serve the built page; call after all other routes.

    `pictures_from` is the origin, besides this one, that it may show pictures from.
    """
    router = APIRouter(include_in_schema=False)
    if (BUILT / "assets").is_dir():
        app.mount("/assets", _HashedFiles(directory=BUILT / "assets"), name="assets")

    @router.get("/{path:path}")
    async def get_page(path: str, request: Request) -> Response:
        file = BUILT / path
        if path and "/" not in path and not path.startswith(".") and file.is_file():
            return FileResponse(file)
        if any(route.matches(request.scope)[0] is Match.PARTIAL for route in app.routes):
            raise HTTPException(405, f"/{path[:200]} does not answer GET.")
        if f"/{path}/".startswith(NOT_THE_PAGE) or not _wants_page(request):
            raise HTTPException(404, f"There is nothing at /{path[:200]}.")
        return _page(pictures_from)

    app.include_router(router)


class _HashedFiles(StaticFiles):
    """Files whose names change with their content: a browser never needs to ask again."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """The file, to be kept for a year."""
        answer = super().file_response(*args, **options)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


def _wants_page(request: Request) -> bool:
    return request.url.path == "/" or "text/html" in request.headers.get("accept", "")


def _page(pictures_from: str) -> Response:
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": POLICY.format(pictures=pictures_from),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    index = BUILT / "index.html"
    if index.is_file():
        return FileResponse(index, headers=headers)
    return HTMLResponse(NOT_BUILT, headers=headers)
