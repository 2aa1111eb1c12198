"""Google Drive: one request and its answer; key and token go to Google's API and nowhere else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import aiohttp
import orjson
from pydantic import SecretStr
from yarl import URL

from pixharbor.sources.accounts import Account, Credentials
from pixharbor.sources.base import FileRefused, NeedsReauth, ProviderFailed, RateLimited
from pixharbor.sources.google_drive_errors import (
    AutomatedQueries,
    Refusal,
    Subject,
    error_for,
    for_account,
    key_missing,
)
from pixharbor.sources.governor import Governor
from pixharbor.sources.provider_http import (
    ERROR_BODY_BYTES,
    SecretHeaders,
    Sessions,
    connection_errors,
    download_timeout,
    read_chunks,
)

# Google compresses answers for agents that say "gzip" themselves, and for no others.
USER_AGENT: Final = "pixharbor (gzip)"
KEY_HEADER: Final = "X-Goog-Api-Key"  # unlike ?key= it is in no address, log or error
RESOURCE_KEYS_HEADER: Final = "X-Goog-Drive-Resource-Keys"
HTTPS_PORT: Final = 443
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_UNAUTHORIZED: Final = 401
_BEARER: Final = "Bearer "
PROVIDER: Final = "Google"


class FreshToken:
    """Credentials of an account that is about to be connected: one token, and nothing known."""

    account = Account("", "this account")
    project = ""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self, *, refused: str | None = None) -> str:
        """The token; a refused one has no successor."""
        if refused:
            raise await self.give_up()
        return self._token

    async def give_up(self) -> NeedsReauth:
        """Google has given the token a moment ago, for another API perhaps."""
        return NeedsReauth("Google does not accept its own fresh token.", cure="Connect again.")


class DriveApi:
    """Asks Google; every method waits for the governor first and raises SourceError alone.

    With the credentials of an account it asks in its name, otherwise by the key. A token that
    Google refuses is exchanged for a fresh one, once for each request. `takes_abusive`: an account
    fetches its own files that Google has marked as malware, too.
    """

    def __init__(
        self,
        url: URL,
        credentials: SecretStr | Credentials | None,
        governor: Governor,
        sessions: Sessions,
        *,
        takes_abusive: bool = False,
    ) -> None:
        self._url = url
        self._takes_abusive = takes_abusive
        self._files = f"{url}/files"
        self._key_header: SecretHeaders | None = None
        self._credentials: Credentials | None = None
        if isinstance(credentials, SecretStr):
            self._key_header = SecretHeaders({KEY_HEADER: credentials.get_secret_value()})
        else:
            self._credentials = credentials
        self._governor = governor
        self._sessions = sessions
        self._metadata, self._media = sessions

    def in_the_name_of(self, credentials: Credentials) -> "DriveApi":
        """The same API, asked with other credentials at this one's pace."""
        return DriveApi(self._url, credentials, self._governor, self._sessions)

    async def json(
        self,
        path: str,
        parameters: Mapping[str, str],
        *,
        units: int,
        about: tuple[Subject, str],
        resource_key: tuple[str, str] | None = None,
        interactive: bool = False,
        resource: str = "files",
    ) -> dict[str, Any]:
        """Ask a question that is answered with a JSON object. `about` is for error messages."""
        url = URL(f"{self._url}/{resource}{path}").with_query(parameters)
        headers = await self._headers(resource_key)
        response, body = await self._ask(url, headers, units, interactive=interactive)
        if response.status == _UNAUTHORIZED and self._credentials:
            headers = await self._headers(resource_key, refused=headers)
            response, body = await self._ask(url, headers, units, interactive=interactive)
        if response.status != _OK:
            raise await self._refused(response, body, about, "pageToken" in parameters)
        self._governor.relent()
        try:
            answer = orjson.loads(body)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise ProviderFailed("Google answered with a page instead of data.")
        return answer

    @asynccontextmanager
    async def download(
        self,
        file_id: str,
        *,
        units: int,
        about: tuple[Subject, str],
        size: int | None = None,
        resource_key: tuple[str, str] | None = None,
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a file's bytes. Never with a Range: it costs as much as the whole file.

        What Google holds back as malware is asked for a second time, if that was opted for: Google
        refuses to hear of it with any other file.
        """
        wanted = _Wanted(file_id, units, about, download_timeout(size), resource_key)
        try:
            response = await self._open(wanted)
        except FileRefused as error:
            if not (self._takes_abusive and self._credentials and error.reason == "abusive"):
                raise
            response = await self._open(wanted, "&acknowledgeAbuse=true")
        chunks = read_chunks(response, PROVIDER)
        try:
            yield chunks
        finally:
            await chunks.aclose()
            response.release()

    async def _open(self, wanted: "_Wanted", query: str = "") -> aiohttp.ClientResponse:
        """The answer that has the bytes; every other is an error."""
        response = await self._last_answer(wanted, query)
        if response.status == _OK:
            self._governor.relent()
            return response
        try:
            with connection_errors(PROVIDER):
                body = await response.content.read(ERROR_BODY_BYTES)
        finally:
            response.release()
        raise await self._refused(response, body, wanted.about)

    async def _last_answer(self, wanted: "_Wanted", query: str) -> aiohttp.ClientResponse:
        """After a fresh token, should Google want one, and where it sends us."""
        asked = f"{quote(wanted.file_id)}?alt=media&supportsAllDrives=true{query}"
        url = URL(f"{self._files}/{asked}", encoded=True)
        headers = await self._headers(wanted.resource_key)
        await self._governor.take(wanted.units)
        response = await self._begin(url, headers, wanted.limits)
        if response.status == _UNAUTHORIZED and self._credentials:
            response.release()
            headers = await self._headers(wanted.resource_key, refused=headers)
            await self._governor.take(wanted.units)
            response = await self._begin(url, headers, wanted.limits)
        if response.status in _REDIRECTS:
            response.release()
            target = redirect_target(self._url, response.headers.get("Location", ""))
            response = await self._begin(target, None, wanted.limits)
        return response

    async def _ask(
        self, url: URL, headers: SecretHeaders, units: int, *, interactive: bool
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        await self._governor.take(units, interactive=interactive)
        with connection_errors(PROVIDER):
            async with self._metadata.get(url, headers=headers, allow_redirects=False) as response:
                return response, await response.read()

    async def _headers(
        self, resource_key: tuple[str, str] | None, *, refused: SecretHeaders | None = None
    ) -> SecretHeaders:
        """What the request is signed with: anew when it was `refused`."""
        headers = self._key_header
        if self._credentials:
            token = refused["Authorization"].removeprefix(_BEARER) if refused else None
            token = await self._credentials.token(refused=token)
            headers = SecretHeaders({"Authorization": _BEARER + token})
        if headers is None:
            raise key_missing()
        if resource_key is None:
            return headers
        return SecretHeaders({**headers, RESOURCE_KEYS_HEADER: "/".join(resource_key)})

    async def _begin(
        self, url: URL, headers: dict[str, str] | None, limits: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        with connection_errors(PROVIDER):
            return await self._media.get(
                url, headers=headers, timeout=limits, allow_redirects=False
            )

    async def _refused(
        self,
        response: aiohttp.ClientResponse,
        body: bytes,
        about: tuple[Subject, str],
        with_cursor: bool = False,  # noqa: FBT001, FBT002 - passed on as it is
    ) -> Exception:
        """Understand a refusal, and slow everybody down if it asks for that."""
        subject, name = about
        error = error_for(
            Refusal(response.status, response.headers, body, subject, name, with_cursor)
        )
        if isinstance(error, AutomatedQueries):
            await self._governor.penalise()
        elif isinstance(error, RateLimited) or (
            isinstance(error, ProviderFailed) and error.retry_after
        ):
            await self._governor.penalise(error.retry_after)
        elif self._credentials and isinstance(error, NeedsReauth):
            return await self._credentials.give_up()
        return for_account(error, self._credentials.account.name) if self._credentials else error


class _Wanted(NamedTuple):
    """A file's bytes, and what asking for them takes. `about` is for error messages."""

    file_id: str
    units: int
    about: tuple[Subject, str]
    limits: aiohttp.ClientTimeout
    resource_key: tuple[str, str] | None


def redirect_target(api_url: URL, location: str) -> URL:
    """Where Google sends us for the bytes. Raises ProviderFailed for any other place."""
    try:
        target = api_url.join(URL(location))
    except ValueError:
        target = URL()
    if target.absolute and not target.user and not target.password:
        if target.origin() == api_url.origin():
            return target
        at_google = (target.host or "").endswith(".googleusercontent.com")
        if at_google and target.scheme == "https" and target.port == HTTPS_PORT:
            return target
    raise ProviderFailed(
        f"Google Drive sent us to {target.host or 'nowhere'} for a file; that is not Google."
    )
