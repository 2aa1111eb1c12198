"""Dropbox: one call and its answer; keys and tokens go to Dropbox's API and nowhere else."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import orjson
from yarl import URL

from pixharbor.errors import Fate
from pixharbor.sources.base import NeedsReauth, ProviderFailed, RateLimited, SourceError
from pixharbor.sources.dropbox_errors import Refusal, Subject, error_for, wants_fresh_token
from pixharbor.sources.dropbox_settings import DropboxUrls
from pixharbor.sources.dropbox_tokens import Signature
from pixharbor.sources.governor import Governor
from pixharbor.sources.provider_http import (
    ERROR_BODY_BYTES,
    SecretHeaders,
    Sessions,
    connection_errors,
    download_timeout,
    read_chunks,
)

PROVIDER: Final = "Dropbox"
USER_AGENT: Final = "pixharbor"
_OK: Final = 200
Arguments = Mapping[str, Any]
About = tuple[Subject, str]


class DropboxApi:
    """Calls Dropbox; every method waits for the governor first and raises SourceError alone.

    A token that has ended is exchanged for a fresh one, once for each call.
    """

    def __init__(
        self,
        urls: DropboxUrls,
        signature: Signature,
        governor: Governor,
        sessions: Sessions,
    ) -> None:
        self._urls = urls
        self._sessions = sessions
        self._signature = signature
        self._governor = governor
        self._metadata, self._media = sessions

    @property
    def by_app(self) -> bool:
        """Whether it is not called in an account's name."""
        return self._signature.by_app

    def signed(self, signature: Signature) -> "DropboxApi":
        """The same API, called in another name at this one's pace."""
        return DropboxApi(self._urls, signature, self._governor, self._sessions)

    async def call(
        self,
        route: str,
        arguments: Arguments,
        *,
        about: About,
        interactive: bool = False,
    ) -> dict[str, Any]:
        """Ask a question that is answered with a JSON object. `about` is for error messages."""
        signed = await self._signature.header()
        response, body = await self._ask(route, arguments, signed, interactive=interactive)
        if not self._signature.by_app and wants_fresh_token(response.status, body):
            signed = await self._signature.header(refused=signed)
            response, body = await self._ask(route, arguments, signed, interactive=interactive)
        if response.status != _OK:
            raise await self._refused(response, body, about, arguments)
        self._governor.relent()
        try:
            answer = orjson.loads(body)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise ProviderFailed("Dropbox answered with a page instead of data.")
        return answer

    @asynccontextmanager
    async def download(
        self, route: str, arguments: Arguments, *, about: About, size: int | None
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a file's bytes."""
        signed = await self._signature.header()
        response = await self._begin(route, arguments, signed, size)
        chunks = None
        try:
            body = await _read_refusal(response)
            if not self._signature.by_app and wants_fresh_token(response.status, body):
                response.release()
                signed = await self._signature.header(refused=signed)
                response = await self._begin(route, arguments, signed, size)
                body = await _read_refusal(response)
            if response.status != _OK:
                raise await self._refused(response, body, about, arguments)
            self._governor.relent()
            chunks = read_chunks(response, PROVIDER)
            yield chunks
        finally:
            if chunks is not None:
                await chunks.aclose()
            response.release()

    async def _ask(
        self, route: str, arguments: Arguments, signed: str, *, interactive: bool
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        await self._governor.take(1, interactive=interactive)
        headers = SecretHeaders({"Authorization": signed, "Content-Type": "application/json"})
        with connection_errors(PROVIDER):
            async with self._metadata.post(
                URL(f"{self._urls.api}/{route}"),
                data=orjson.dumps(arguments or None),
                headers=headers,
                allow_redirects=False,
            ) as response:
                return response, await response.read()

    async def _begin(
        self, route: str, arguments: Arguments, signed: str, size: int | None
    ) -> aiohttp.ClientResponse:
        await self._governor.take(1)
        headers = SecretHeaders({"Authorization": signed, "Dropbox-API-Arg": in_header(arguments)})
        with connection_errors(PROVIDER):
            return await self._media.post(
                URL(f"{self._urls.content}/{route}"),
                headers=headers,
                timeout=download_timeout(size),
                allow_redirects=False,
            )

    async def _refused(
        self,
        response: aiohttp.ClientResponse,
        body: bytes,
        about: About,
        arguments: Arguments,
    ) -> SourceError:
        """Understand a refusal, and slow everybody down if it asks for that."""
        subject, name = about
        error = error_for(
            Refusal(
                response.status,
                response.headers,
                body,
                subject,
                name,
                by_app=self._signature.by_app,
                with_cursor="cursor" in arguments,
                password="link_password" in arguments,
            )
        )
        if isinstance(error, RateLimited) or (error.fate is Fate.RETRY and error.retry_after):
            await self._governor.penalise(error.retry_after)
        if isinstance(error, NeedsReauth):
            return await self._signature.give_up()
        return error


async def _read_refusal(response: aiohttp.ClientResponse) -> bytes:
    """Why no file is given, b"" when it is."""
    if response.status == _OK:
        return b""
    with connection_errors(PROVIDER):
        return await response.content.read(ERROR_BODY_BYTES)


def in_header(arguments: Arguments) -> str:
    """Arguments as ASCII: a header can hold nothing else, and DEL is no character of one."""
    return json.dumps(arguments).replace("\x7f", "\\u007f")
