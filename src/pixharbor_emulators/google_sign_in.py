"""The addresses of Google's sign-in: the page for browsers, and the endpoint for programs."""

from typing import Final
from urllib.parse import parse_qsl

from pixharbor_emulators.drive_errors import Reply, unknown_address
from pixharbor_emulators.drive_media import Receive, Scope
from pixharbor_emulators.google_consent import show_consent
from pixharbor_emulators.google_oauth import AUTHORIZE_PATH, TOKEN_PATH, GoogleOAuth

SIGN_IN_PATHS: Final = (AUTHORIZE_PATH, TOKEN_PATH)


async def answer_sign_in(oauth: GoogleOAuth, scope: Scope, receive: Receive) -> Reply:
    """Answer one request to either of them."""
    if scope["path"] == AUTHORIZE_PATH:
        return show_consent(oauth, dict(parse_qsl(scope["query_string"].decode())))
    if scope["method"] != "POST":
        return unknown_address()
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return oauth.exchange(dict(parse_qsl(body.decode())))
