"""Dropbox's page for allowing an app, and the codes that a browser takes back from it (PKCE)."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import urlencode, urlsplit

from pixharbor_emulators import dropbox_errors as errors
from pixharbor_emulators.drive_errors import Reply

AUTHORIZE_PATH: Final = "/oauth2/authorize"
_FOUND: Final = 302
_CHOICE: Final = "choice"  # what the page's own buttons add to what it was asked


class Codes:
    """Codes that were given to browsers; each is good once, for the program that asked for it."""

    def __init__(self) -> None:
        self._asked: dict[str, Mapping[str, str]] = {}

    def answer(self, parameters: Mapping[str, str]) -> Reply:
        """Answer the page, or the way back once a button was pressed."""
        redirect = urlsplit(parameters.get("redirect_uri", ""))
        is_asked_well = parameters.get("client_id") and parameters.get("response_type") == "code"
        if not is_asked_well or redirect.scheme not in ("http", "https"):
            return errors.page(400, "Dropbox - 400", "Invalid redirect_uri or response_type.")
        if _CHOICE not in parameters:
            return errors.page(200, "Dropbox - an emulator", _form(parameters))
        given = {"state": parameters.get("state", "")}
        if parameters[_CHOICE] == "allow":
            code = secrets.token_urlsafe(32)
            self._asked[code] = parameters
            given["code"] = code
        else:
            given |= {"error": "access_denied", "error_description": "The user chose not to."}
        location = f"{parameters['redirect_uri']}?{urlencode(given)}"
        return Reply(_FOUND, b"", [(b"location", location.encode())])

    def take(self, form: Mapping[str, str]) -> bool | None:
        """Exchange a code: None refuses it, True asks for a refresh token besides."""
        asked = self._asked.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked.get("code_challenge", challenge) != challenge:
            return None
        return asked.get("token_access_type") == "offline"


def _form(parameters: Mapping[str, str]) -> str:
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parameters.items()
    )
    return (
        f"<form action={AUTHORIZE_PATH}>{kept}<p>pixharbor wants to read your files.</p>"
        f"<button name={_CHOICE} value=allow>Allow</button> "
        f"<button name={_CHOICE} value=cancel>Cancel</button></form>"
    )
