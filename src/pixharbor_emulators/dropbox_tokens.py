"""Who may call Dropbox: apps by key and secret, accounts by tokens that are refreshed."""

import base64
import binascii
import secrets
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from pixharbor_emulators import dropbox_errors as errors
from pixharbor_emulators.drive_errors import Refused, Reply
from pixharbor_emulators.dropbox_consent import Codes
from pixharbor_emulators.dropbox_metadata import account
from pixharbor_emulators.request_log import now

_FIRST: Final = "sl.u."


class Tokens:
    """Gives out access tokens and knows them again.

    `apps` ("key:secret") and `refresh_tokens` are those that are known, None every one. An access
    token lives `seconds`. `refreshed` counts what was exchanged, `codes` are those of browsers,
    `lacking` are the permissions that no app has.
    """

    def __init__(
        self,
        apps: Collection[str] | None,
        refresh_tokens: Collection[str] | None,
        seconds: float,
    ) -> None:
        self.apps = apps
        self.refresh_tokens = refresh_tokens
        self.refreshed = 0
        self.lacking: Collection[str] = ()
        self._seconds = seconds
        self.codes = Codes()
        self._ends: dict[str, float] = {}
        self._allowed: set[str] = set()
        self._revoked: set[str] = set()

    def check(self, route: str, scope: str, scheme: str, credentials: str) -> str:
        """Return the caller's name, for an app one that begins with "app ". Raises Refused.

        `scope` is the permission that the route needs.
        """
        if scheme == "Basic":
            if self.apps is not None and credentials not in self.apps:
                raise Refused(errors.bad_request(route, "Invalid app key or secret."))
            if scope in self.lacking:
                raise Refused(errors.app_lacks_scope(route, scope))
            return f"app {credentials.partition(':')[0]}"
        if credentials not in self._ends:
            raise Refused(errors.invalid_access_token())
        if self._ends[credentials] < now():
            raise Refused(errors.expired_access_token())
        if scope in self.lacking:
            raise Refused(errors.missing_scope(scope))
        return "account"

    def expire(self) -> None:
        """Let every access token end now."""
        self._ends = dict.fromkeys(self._ends, 0.0)

    def revoke(self) -> None:
        """Let the account disconnect the app: what a browser has allowed is good no more."""
        self._revoked |= self._allowed
        self._ends.clear()

    def answer(self, authorization: bytes, body: bytes) -> Reply:
        """Answer /oauth2/token: tokens for a code, or for a refresh token that is known."""
        form = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
        app = _app(authorization) or f"{form.get('client_id')}:{form.get('client_secret', '')}"
        grant = form.get("grant_type")
        if grant not in ("refresh_token", "authorization_code"):
            return errors.json(400, {"error": "unsupported_grant_type"})
        if not self._knows(app):
            return errors.json(400, {"error": "invalid_client"})
        if grant == "authorization_code":
            return self._allow(form)
        if not self._is_good(form.get("refresh_token", "")):
            return errors.invalid_grant()
        self.refreshed += 1
        return errors.json(200, self._fresh())

    def _allow(self, form: Mapping[str, str]) -> Reply:
        offline = self.codes.take(form)
        if offline is None:
            return errors.invalid_grant()
        answer = {**self._fresh(), "account_id": account()["account_id"], "uid": "1", "scope": ""}
        if offline:
            answer["refresh_token"] = secrets.token_urlsafe(48)
            self._allowed.add(answer["refresh_token"])
        return errors.json(200, answer)

    def _is_good(self, refresh_token: str) -> bool:
        if refresh_token in self._allowed:
            return refresh_token not in self._revoked
        return self.refresh_tokens is None or refresh_token in self.refresh_tokens

    def _fresh(self) -> dict[str, Any]:
        token = _FIRST + secrets.token_urlsafe(48)
        self._ends[token] = now() + self._seconds
        return {"access_token": token, "token_type": "bearer", "expires_in": int(self._seconds)}

    def _knows(self, app: str) -> bool:
        """Tell whether this is an app, or the key alone of one that keeps no secret (PKCE)."""
        if self.apps is None or app in self.apps:
            return True
        return app.endswith(":") and any(known.startswith(app) for known in self.apps)


def _app(authorization: bytes) -> str:
    scheme, _, rest = authorization.decode("latin-1").partition(" ")
    try:
        return base64.b64decode(rest).decode() if scheme == "Basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""
