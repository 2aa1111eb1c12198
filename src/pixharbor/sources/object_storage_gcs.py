"""Buckets as a source: Google Cloud Storage, by its JSON API."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson

from pixharbor.sources.base import (
    FileRefused,
    FileVanished,
    FolderMissing,
    FolderRefused,
    NeedsReauth,
    ProviderFailed,
    RateLimited,
    SourceError,
)
from pixharbor.sources.object_storage_http import Found, Http, Listing
from pixharbor.sources.retry_after import read_retry_after

SCOPE: Final = "https://www.googleapis.com/auth/devstorage.read_only"
LIST_FIELDS: Final = "items(name,size,md5Hash,updated),prefixes,nextPageToken"
SIGN_IN: Final = (
    "Set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account's key that has the role "
    "Storage Object Viewer on the bucket, or run: gcloud auth application-default login."
)


class GoogleToken:
    """Gives the token of the machine's Google account, or of the service account that is set."""

    def __init__(self, key_file: Path | None) -> None:
        self._key_file = key_file
        self._credentials: Any = None
        self._turn = asyncio.Lock()

    async def headers(self) -> dict[str, str]:
        """What signs a request; nothing where there is no account: public buckets need none."""
        async with self._turn:
            if self._credentials is None or not self._credentials.valid:
                await asyncio.to_thread(self._refresh)
            token = getattr(self._credentials, "token", None)
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _refresh(self) -> None:
        from google.auth import default, load_credentials_from_file  # noqa: PLC0415 - slow to load, and only for gs://
        from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415 - the same
        from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError  # noqa: PLC0415 - the same
        from google.auth.transport.requests import Request  # noqa: PLC0415 - the same

        try:
            if self._credentials is None and self._key_file:
                path = str(self._key_file)
                self._credentials, _ = load_credentials_from_file(path, scopes=[SCOPE])
            elif self._credentials is None:
                self._credentials, _ = default(scopes=[SCOPE])
            self._credentials.refresh(Request())
        except DefaultCredentialsError:
            if self._key_file:
                raise NeedsReauth(
                    "GOOGLE_APPLICATION_CREDENTIALS: no key is in that file."
                ) from None
            self._credentials = AnonymousCredentials()
        except GoogleAuthError as error:
            raise NeedsReauth(
                f"Google does not accept the credentials ({type(error).__name__}).", cure=SIGN_IN
            ) from None


class Gcs:
    """Implements Service; see object_storage_http.py."""

    def __init__(self, endpoint: str, token: GoogleToken | None, http: Http) -> None:
        self._objects = f"{endpoint}/storage/v1/b"
        self._token = token
        self._http = http

    async def list(
        self, bucket: str, prefix: str, token: str | None, *, flat: bool = False, most: int = 1000
    ) -> Listing:
        """Objects: list."""
        query = {
            "prefix": prefix,
            "maxResults": str(most),
            "fields": LIST_FIELDS,
            **({} if flat else {"delimiter": "/"}),
            **({"pageToken": token} if token else {}),
        }
        url = f"{self._objects}/{quote(bucket)}/o?{urlencode(query, quote_via=quote)}"
        explained = partial(_explain, bucket, "list")
        body, _ = await self._http.ask(url, await self._headers(), explained)
        try:
            answer = orjson.loads(body)
            found = [_listed(item) for item in answer.get("items", [])]
        except (orjson.JSONDecodeError, AttributeError, KeyError, ValueError):
            raise ProviderFailed("Google answered with a page instead of data.") from None
        return Listing(found, answer.get("prefixes", []), answer.get("nextPageToken"))

    @asynccontextmanager
    async def open(
        self, bucket: str, key: str, *, size: int | None
    ) -> AsyncIterator[tuple[Found, AsyncIterator[bytes]]]:
        """Objects: get, with alt=media."""
        url = f"{self._objects}/{quote(bucket)}/o/{quote(key, safe='')}?alt=media"
        # What is kept compressed would otherwise be unpacked on the way, and agree with nothing.
        headers = {**await self._headers(), "Accept-Encoding": "gzip"}
        explained = partial(_explain, bucket, "read")
        async with self._http.open(url, headers, explained, size=size) as answer:
            yield _told(key, answer.headers), answer.chunks

    async def _headers(self) -> dict[str, str]:
        return await self._token.headers() if self._token else {}


def _listed(item: Mapping[str, Any]) -> Found:
    return Found(
        str(item["name"]),
        int(item["size"]),
        _md5(item.get("md5Hash", "")),
        datetime.fromisoformat(item["updated"]) if "updated" in item else None,
    )


def _told(key: str, headers: Mapping[str, str]) -> Found:
    size, modified = headers.get("Content-Length"), headers.get("Last-Modified")
    hashes = dict(
        part.strip().partition("=")[::2] for part in headers.get("X-Goog-Hash", "").split(",")
    )
    return Found(
        key,
        int(size) if size else None,
        _md5(hashes.get("md5", "")),
        parsedate_to_datetime(modified).astimezone(UTC) if modified else None,
    )


def _md5(given: str) -> str | None:
    """Composed objects have none."""
    return f"md5:{base64.b64decode(given).hex()}" if given else None


def _explain(
    bucket: str, act: str, status: int, headers: Mapping[str, str], _body: bytes
) -> SourceError:
    wait = read_retry_after(headers)
    if status == 401:  # noqa: PLR2004 - Unauthorized
        return NeedsReauth("Google does not accept the credentials.", cure=SIGN_IN)
    if status == 429:  # noqa: PLR2004 - Too Many Requests
        return RateLimited("Google asks us to slow down.", retry_after=wait)
    if act == "read":
        return _of_object(status, wait)
    return _of_bucket(status, wait, bucket)


def _of_object(status: int, wait: float | None) -> SourceError:
    if status == 403:  # noqa: PLR2004 - Forbidden
        return FileRefused(f"Google does not let us read this object. {SIGN_IN}")
    if status == 404:  # noqa: PLR2004 - Not Found
        return FileVanished("It was listed and is no longer in the bucket.")
    return _failed(status, wait)


def _of_bucket(status: int, wait: float | None, bucket: str) -> SourceError:
    if status == 403:  # noqa: PLR2004 - Forbidden
        return FolderRefused(f"Google does not let us list the bucket {bucket!r}.", cure=SIGN_IN)
    if status == 404:  # noqa: PLR2004 - Not Found
        return FolderMissing(f"Google knows no bucket {bucket!r}.", cure="Check its name.")
    return _failed(status, wait)


def _failed(status: int, wait: float | None) -> SourceError:
    return ProviderFailed(f"Google failed (HTTP {status}).", retry_after=wait)
