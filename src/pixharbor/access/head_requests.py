"""Answers HEAD wherever GET is answered, as HTTP wants it (RFC 9110, 9.3.2)."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

# These know HEAD themselves, and read no file for it.
ANSWERED_BY_ROUTES: Final = ("/files/", "/assets/")


class HeadRequests:
    """ASGI middleware: routes see a GET; the server leaves the body of its answer out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, as a GET if it is a HEAD."""
        is_head = scope["type"] == "http" and scope["method"] == "HEAD"
        if is_head and not scope["path"].startswith(ANSWERED_BY_ROUTES):
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
