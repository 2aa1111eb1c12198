"""Buckets as a source: S3, and every server that speaks it."""

import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Final
from urllib.parse import quote, unquote_plus, urlencode
from xml.etree import ElementTree as ET

from pixharbor.aws_signature import sign_link
from pixharbor.sources.base import ProviderFailed, SourceError
from pixharbor.sources.object_storage_http import Found, Http, Listing
from pixharbor.sources.object_storage_s3_errors import explain
from pixharbor.sources.object_storage_settings import S3Access

# A link is used at once; clocks may differ by a quarter of an hour anyway.
LINK_SECONDS: Final = 900
_MD5: Final = re.compile(r'"?([0-9a-f]{32})"?', re.IGNORECASE)
_ENCRYPTION: Final = "x-amz-server-side-encryption"
_CUSTOMERS_KEY: Final = "x-amz-server-side-encryption-customer-algorithm"


class S3:
    """Implements Service; see object_storage_http.py.

    Every request is a link signed on this machine, with the bucket in its path: all servers
    understand that. Other people's keys may hold anything, such as "//" or "..": a link takes them
    as they are, which clients that think of them as paths do not.
    """

    def __init__(self, access: S3Access, http: Http) -> None:
        self._access = access
        self._http = http

    async def list(
        self, bucket: str, prefix: str, token: str | None, *, flat: bool = False, most: int = 1000
    ) -> Listing:
        """ListObjectsV2; keys travel percent-encoded, for XML cannot hold all of them."""
        query = {
            "list-type": "2",
            "prefix": prefix,
            "max-keys": str(most),
            "encoding-type": "url",
            **({} if flat else {"delimiter": "/"}),
            **({"continuation-token": token} if token else {}),
        }
        explained = partial(explain, self._access, bucket, act="list")
        body, _ = await self._http.ask(self._link(bucket, "", query), {}, explained)
        listing = _read(body)
        checked = next((found for found in listing.objects if found.checksum), None)
        if checked and await self._is_encrypted(bucket, checked.key):
            objects = [Found(one.key, one.size, None, one.modified_at) for one in listing.objects]
            return Listing(objects, listing.prefixes, listing.next_token)
        return listing

    @asynccontextmanager
    async def open(
        self, bucket: str, key: str, *, size: int | None
    ) -> AsyncIterator[tuple[Found, AsyncIterator[bytes]]]:
        """GetObject."""
        explained = partial(explain, self._access, bucket, act="read")
        async with self._http.open(self._link(bucket, key, {}), {}, explained, size=size) as answer:
            yield _found(key, answer.headers), answer.chunks

    async def _is_encrypted(self, bucket: str, key: str) -> bool:
        """Whether an ETag is no MD5 although it looks like one: under keys of KMS or one's own.

        Asked of one object a page: buckets encrypt by a default of theirs.
        """
        link = self._link(bucket, key, {}, method="HEAD")
        explained = partial(explain, self._access, bucket, act="read")
        try:
            _, headers = await self._http.ask(link, {}, explained, method="HEAD")
        except SourceError:
            return False  # reading it will tell
        return _hides_md5(headers)

    def _link(self, bucket: str, key: str, query: Mapping[str, str], method: str = "GET") -> str:
        bucket_url = f"{self._access.endpoint}/{bucket}"
        if self._access.keys is None:
            asked = urlencode(sorted(query.items()), quote_via=quote, safe="")
            return f"{bucket_url}/{quote(key)}" + (f"?{asked}" if asked else "")
        return sign_link(
            bucket_url,
            key,
            query,
            keys=self._access.keys,
            region=self._access.region,
            moment=int(time.time()),
            seconds=LINK_SECONDS,
            method=method,
        )


def _read(body: bytes) -> Listing:
    try:
        root = ET.fromstring(body)  # noqa: S314 - of the server that a setting names; expat limits entities
    except ET.ParseError:
        raise ProviderFailed("The bucket's server answered with a page instead of data.") from None
    decode = unquote_plus if root.findtext("{*}EncodingType") == "url" else str
    objects = [
        Found(
            decode(entry.findtext("{*}Key", "")),
            int(entry.findtext("{*}Size", "0")),
            _md5(entry.findtext("{*}ETag", "")),
            datetime.fromisoformat(entry.findtext("{*}LastModified", "")),
        )
        for entry in root.iterfind("{*}Contents")
    ]
    prefixes = [
        decode(prefix.text or "") for prefix in root.iterfind("{*}CommonPrefixes/{*}Prefix")
    ]
    return Listing(objects, prefixes, root.findtext("{*}NextContinuationToken") or None)


def _found(key: str, headers: Mapping[str, str]) -> Found:
    size = headers.get("Content-Length")
    modified = headers.get("Last-Modified")
    return Found(
        key,
        int(size) if size else None,
        None if _hides_md5(headers) else _md5(headers.get("ETag", "")),
        parsedate_to_datetime(modified).astimezone(UTC) if modified else None,
    )


def _md5(etag: str) -> str | None:
    """An ETag is the MD5 of what was put in one piece; "…-7" is of seven parts."""
    found = _MD5.fullmatch(etag)
    return f"md5:{found[1].lower()}" if found else None


def _hides_md5(headers: Mapping[str, str]) -> bool:
    return "kms" in headers.get(_ENCRYPTION, "") or _CUSTOMERS_KEY in headers
