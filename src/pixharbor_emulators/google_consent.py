"""Google's consent page, as far as a browser needs one: choose an account, allow or cancel."""

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import urlencode, urlsplit

from pixharbor_emulators.drive_errors import Reply, html
from pixharbor_emulators.google_oauth import AUTHORIZE_PATH, GoogleOAuth

_FOUND: Final = 302
_CHOICE: Final = "choice"  # what the page's own buttons add to what it was asked


def show_consent(oauth: GoogleOAuth, parameters: Mapping[str, str]) -> Reply:
    """The page, or the way back once a button was pressed. Google refuses what it cannot trust."""
    problem = _problem(oauth, parameters)
    if problem:
        return html(400, f"<!doctype html><title>Error 400</title><h1>Error 400: {problem}</h1>")
    choice = parameters.get(_CHOICE, "")
    if not choice:
        return html(200, _page(oauth, parameters))
    answer = {"state": parameters.get("state", "")}
    if choice == "cancel":
        answer["error"] = "access_denied"
    else:
        user = next(user for user in oauth.users if user.email == parameters["account"])
        # "nothing": the person unticked the permission, and Google signs in without it.
        scope = parameters["scope"] if choice == "allow" else "openid"
        answer |= {"code": oauth.make_code(user, parameters, scope), "scope": scope}
    location = f"{parameters['redirect_uri']}?{urlencode(answer)}"
    return Reply(_FOUND, b"", [(b"location", location.encode())])


def _problem(oauth: GoogleOAuth, parameters: Mapping[str, str]) -> str:
    client = parameters.get("client_id", "")
    redirect = urlsplit(parameters.get("redirect_uri", ""))
    if not client or (oauth.clients is not None and client not in oauth.clients):
        return "invalid_client"
    if redirect.scheme not in ("http", "https") or redirect.fragment:
        return "redirect_uri_mismatch"
    if parameters.get("response_type") != "code" or not parameters.get("scope"):
        return "invalid_request"
    if parameters.get("code_challenge_method", "S256") != "S256":
        return "invalid_request"
    return ""


def _page(oauth: GoogleOAuth, parameters: Mapping[str, str]) -> str:
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parameters.items()
    )
    accounts = "".join(
        f'<label><input type="radio" name="account" value="{escape(user.email)}" required'
        f"{' checked' if index == 0 else ''}>{escape(user.email)}</label><br>"
        for index, user in enumerate(oauth.users)
    )
    return (
        "<!doctype html><html lang=en><title>Sign in - an emulator of Google</title>"
        f"<h1>pixharbor wants to see your Google Drive files</h1><form action={AUTHORIZE_PATH}>"
        f"{kept}{accounts}"
        f"<button name={_CHOICE} value=allow>Allow</button> "
        f"<button name={_CHOICE} value=nothing>Allow without Drive</button> "
        f"<button name={_CHOICE} value=cancel formnovalidate>Cancel</button></form></html>"
    )
