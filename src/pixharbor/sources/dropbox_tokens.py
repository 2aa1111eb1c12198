"""Dropbox: what a request is signed with, an app's key and secret or an account's access token."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any, Final, Protocol

import aiohttp
import orjson
from pydantic import SecretStr
from yarl import URL

from pixharbor.sources.accounts import Credentials
from pixharbor.sources.base import NeedsReauth, ProviderFailed, SourceError
from pixharbor.sources.dropbox_errors import Refusal, app_refused, error_for, signed_out
from pixharbor.sources.dropbox_settings import DropboxApp
from pixharbor.sources.provider_http import connection_errors

# A token is exchanged this long before its end: what is under way then still arrives in time.
EARLY_SECONDS: Final = 300.0
BEARER: Final = "Bearer "
_OK: Final = 200


class Signature(Protocol):
    """Signs requests in somebody's name."""

    by_app: bool  # not in an account's name

    async def header(self, *, refused: str | None = None) -> str:
        """The Authorization header; never the one that Dropbox has just `refused`.

        Raises SourceError when there is none.
        """
        ...

    async def give_up(self) -> SourceError:
        """A fresh one was refused too: the error to raise."""
        ...


class NoSignature:
    """Stands where the settings hold none: whoever needs it is told what to set."""

    by_app = True

    def __init__(self, refuse: Callable[[], SourceError]) -> None:
        self._refuse = refuse

    async def header(self, *, refused: str | None = None) -> str:  # noqa: ARG002 - there is none
        """Raises the error that says what to set."""
        raise self._refuse()

    async def give_up(self) -> SourceError:
        """The same."""
        return self._refuse()


class AppSignature:
    """An app's own key and secret: they open links, and no account."""

    by_app = True

    def __init__(self, key: str, secret: SecretStr) -> None:
        pair = f"{key}:{secret.get_secret_value()}"
        self._header = "Basic " + base64.b64encode(pair.encode()).decode()

    async def header(self, *, refused: str | None = None) -> str:  # noqa: ARG002 - there is no other
        """The same for every request."""
        return self._header

    async def give_up(self) -> SourceError:
        """Key and secret do not belong together, or the app is gone."""
        return app_refused()


class AccountSignature:
    """A connected account, or one that is about to be."""

    by_app = False

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def header(self, *, refused: str | None = None) -> str:
        """A token that is good now."""
        before = refused.removeprefix(BEARER) if refused else None
        return BEARER + await self._credentials.token(refused=before)

    async def give_up(self) -> SourceError:
        """Only a person can connect the account anew."""
        return await self._credentials.give_up()


class FreshSignature:
    """One token of an account that is about to be connected, and nothing known of it."""

    by_app = False

    def __init__(self, token: str) -> None:
        self._header = BEARER + token

    async def header(self, *, refused: str | None = None) -> str:
        """The token; a refused one has no successor."""
        if refused:
            raise await self.give_up()
        return self._header

    async def give_up(self) -> SourceError:
        """Dropbox has given the token a moment ago."""
        return NeedsReauth(
            "Dropbox does not accept its own fresh token.",
            code="grant_ended",
            cure="Connect again.",
        )


class RefreshedSignature:
    """The account of a refresh token. Access tokens live four hours; one exchange at a time."""

    by_app = False

    def __init__(
        self, url: URL, app: DropboxApp, token: SecretStr, session: aiohttp.ClientSession
    ) -> None:
        self._url = url
        self._session = session
        self._form = {
            "grant_type": "refresh_token",
            "refresh_token": token.get_secret_value(),
            "client_id": app.key,
        }
        if app.secret:
            self._form["client_secret"] = app.secret.get_secret_value()
        self._header = ""
        self._good_until = 0.0
        self._turn = asyncio.Lock()

    async def header(self, *, refused: str | None = None) -> str:
        """A token that is good now. Raises NeedsReauth when the account has taken it back."""
        async with self._turn:
            now = asyncio.get_running_loop().time()
            if not self._header or refused == self._header or now > self._good_until:
                answer = await self._exchange()
                self._header = BEARER + answer["access_token"]
                self._good_until = now + float(answer.get("expires_in", 0)) - EARLY_SECONDS
            return self._header

    async def give_up(self) -> SourceError:
        """The account has disconnected the app."""
        return signed_out()

    async def _exchange(self) -> dict[str, Any]:
        with connection_errors("Dropbox"):
            async with self._session.post(
                self._url, data=self._form, allow_redirects=False
            ) as response:
                body = await response.read()
        if response.status != _OK:
            raise self._refused(response, body)
        try:
            answer = orjson.loads(body)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            raise ProviderFailed("Dropbox's answer holds no access token.")
        return answer

    @staticmethod
    def _refused(response: aiohttp.ClientResponse, body: bytes) -> SourceError:
        if b"invalid_grant" in body:
            return signed_out()
        # An app that is unknown here is unknown everywhere: the settings are wrong, not the token.
        by_app = b"invalid_client" in body
        return error_for(
            Refusal(response.status, response.headers, body, "folder", "token", by_app=by_app)
        )
