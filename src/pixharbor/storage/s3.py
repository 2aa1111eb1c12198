"""The store in a bucket of S3, or of any server that speaks S3: through obstore, in threads."""

import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from pixharbor.errors import SettingError
from pixharbor.storage.base import NewObject, ObjectMissing, StoreError
from pixharbor.storage.content_types import (
    FOR_EVER,
    content_disposition,
    disposition_of,
    harmless_type,
)
from pixharbor.storage.disk_errors import naming_disk_errors
from pixharbor.storage.patience import AT_START, PATIENCE, Patience
from pixharbor.storage.s3_errors import S3Place
from pixharbor.storage.s3_links import S3LinkSigner
from pixharbor.storage.settings import StorageSettings, read_bucket_settings
from pixharbor.storage.signed_links import LinkSigner
from pixharbor.storage.threads import Threads

if TYPE_CHECKING:  # these exist for type checkers only
    from obstore import Bytes, ListStream, ObjectMeta

# obstore's blocking calls in threads, not its coroutines: those resume Python from Rust's threads,
# which abort the process when it ends just then (seen with 0.12.1 after an error at start, half of
# the time). Eight reach 2,100/s of 46 kB where sixteen reach no more; and on a slow line eight
# large pictures still arrive within PATIENCE.
PUT_THREADS = 8
# Apart from those: a thumbnail does not wait behind an import, nor anything else behind a bucket
# that is silent.
READ_THREADS = 8
# The parts of a large file; four of them are in memory and under way together.
PART_BYTES = 5 << 20
PARTS_AT_ONCE = 4
READ_BYTES = 1 << 20
LIST_KEYS = 1000
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@asynccontextmanager
async def open_store(settings: StorageSettings, _signer: LinkSigner) -> AsyncIterator["S3Bucket"]:
    """The store of s3://bucket/prefix. Raises SettingError for one that cannot be used."""
    with closing(S3Bucket(settings, patience=AT_START)) as first_look:
        try:
            await first_look.check()
        except StoreError as error:
            raise SettingError(error.message) from error
    with closing(S3Bucket(settings, patience=PATIENCE)) as store:
        yield store


class S3Bucket:
    """A bucket: durable when it has answered. Private; its links are signed.

    Puts overwrite. A key is made of what lies under it, so that the bytes are the same; and a
    condition (If-None-Match) would spare no byte of the upload, is refused by some servers, and
    makes a request that the client may not repeat by itself.
    """

    def __init__(self, settings: StorageSettings, *, patience: Patience) -> None:
        bucket, self._prefix = read_bucket_settings(settings)
        amazon = f"https://s3.{settings.s3_region}.amazonaws.com"
        endpoint = _address("S3_ENDPOINT_URL", settings.s3_endpoint_url or amazon)
        public = _address("S3_PUBLIC_ENDPOINT_URL", settings.s3_public_endpoint_url or endpoint)
        self._place = S3Place(bucket, endpoint)
        self._bucket_url = f"{public}/{bucket}"
        self.link_origin = "{0.scheme}://{0.netloc}".format(urlsplit(public))
        self._is_public = settings.storage_public
        self._signer = _link_signer(self._bucket_url, settings)
        self._bucket = _connect(self._place, self._prefix, settings, patience)
        self._writing = Threads(PUT_THREADS)
        self._reading = Threads(READ_THREADS)

    async def check(self) -> None:
        """Raise StoreError unless the bucket is there and lets us in; costs one request."""
        async for _ in self.keys(".pixharbor/"):
            break

    async def put_many(self, objects: Sequence[NewObject]) -> None:
        """Each in one request; files in parts, a few of them in memory at a time."""
        await self._writing.side_by_side(self._put_all, objects)

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[Path]:
        """A copy, for the length of the block, where the system keeps temporary files."""
        with tempfile.NamedTemporaryFile(prefix="pixharbor-") as copy:
            path = Path(copy.name)
            await self._reading.run(self._download, key, path)
            yield path

    async def size(self, key: str) -> int | None:
        """The object's length in bytes."""
        return await self._reading.run(self._size, key)

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Delete, a thousand in a request."""
        if keys:
            await self._reading.run(self._delete, list(dict.fromkeys(keys)))

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        """List what lies in the prefix's folder, and leave out what does not begin with it."""
        folder = prefix.rpartition("/")[0]
        pages = obstore.list(self._bucket, folder, chunk_size=LIST_KEYS)
        while page := await self._reading.run(self._next_page, pages):
            for found in page:
                if found["path"].startswith(prefix):
                    yield found["path"]

    def link(self, key: str, *, seconds: int, name: str, save: bool = False) -> str:
        """A presigned GET; in a public bucket, unless to `save`, the object's plain address."""
        path = f"{self._prefix}/{key}" if self._prefix else key
        if self._is_public and not save:
            return f"{self._bucket_url}/{quote(path)}"
        disposition = content_disposition(key, name, save=save)
        return self._signer.sign(path, seconds=seconds, content_disposition=disposition)

    def close(self) -> None:
        """Wait for what is under way."""
        self._writing.close()
        self._reading.close()

    def _put_all(self, objects: Iterable[NewObject]) -> None:
        for new in objects:
            self._put(new)

    def _put(self, new: NewObject) -> None:
        is_file = isinstance(new.body, Path)
        # A file's many parts are not sent again when one question can spare them.
        if isinstance(new.body, Path) and self._size(new.key) == new.body.stat().st_size:
            return
        with self._explaining("write"):
            obstore.put(
                self._bucket,
                new.key,
                new.body,
                attributes={
                    "Content-Type": harmless_type(new.mime_type),
                    "Content-Disposition": disposition_of(new.key),
                    "Cache-Control": f"{'public' if self._is_public else 'private'}, {FOR_EVER}",
                },
                use_multipart=None if is_file else False,
                chunk_size=PART_BYTES,
                max_concurrency=PARTS_AT_ONCE,
            )

    def _download(self, key: str, path: Path) -> None:
        with naming_disk_errors(), path.open("wb") as copy:
            for chunk in self._read(key):
                copy.write(chunk)

    def _read(self, key: str) -> "Iterator[Bytes]":
        with self._explaining("read"):
            yield from obstore.get(self._bucket, key).stream(READ_BYTES)

    def _size(self, key: str) -> int | None:
        try:
            with self._explaining("read"):
                return obstore.head(self._bucket, key)["size"]
        except ObjectMissing:
            return None

    def _delete(self, keys: Sequence[str]) -> None:
        with self._explaining("delete"):
            obstore.delete(self._bucket, keys)

    def _next_page(self, pages: "ListStream[Sequence[ObjectMeta]]") -> "Sequence[ObjectMeta]":
        with self._explaining("list"):
            return next(pages, ())

    @contextmanager
    def _explaining(self, act: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            raise self._place.explain(error, act) from error


def _address(setting: str, given: str) -> str:
    """The server's address as clients name it in what they sign: no default port, no last slash."""
    scheme, _, rest = given.rstrip("/").partition("://")
    if scheme not in DEFAULT_PORTS or not urlsplit(given).hostname:
        raise SettingError(
            f"{setting}: cannot use {given!r}; expected an address as https://s3.example.org"
        )
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.removesuffix(DEFAULT_PORTS[scheme])}{slash}{path}"


def _link_signer(bucket_url: str, settings: StorageSettings) -> S3LinkSigner:
    key_id, secret = _keys(settings)
    token = settings.aws_session_token
    return S3LinkSigner(
        bucket_url,
        region=settings.s3_region,
        key_id=key_id,
        secret=secret,
        token=token.get_secret_value() if token else None,
    )


def _keys(settings: StorageSettings) -> tuple[str, str]:
    """The key and its secret: links are signed with them here, so they must be known here."""
    key_id, secret = settings.aws_access_key_id, settings.aws_secret_access_key
    if not key_id or not secret:
        missing = "AWS_SECRET_ACCESS_KEY" if key_id else "AWS_ACCESS_KEY_ID"
        raise SettingError(
            f"{missing}: not set; s3:// needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    return key_id, secret.get_secret_value()


def _connect(place: S3Place, prefix: str, settings: StorageSettings, patience: Patience) -> S3Store:
    """The client of obstore; it opens no connection yet, and asks nobody for credentials."""
    key_id, secret = _keys(settings)
    token = settings.aws_session_token
    return S3Store(
        place.bucket,
        prefix=prefix or None,
        config={
            "access_key_id": key_id,
            "secret_access_key": secret,
            **({"session_token": token.get_secret_value()} if token else {}),
            # The name that an AWS_ENDPOINT_URL_S3 in the environment cannot override.
            "aws_endpoint_url_s3": place.endpoint,
            "region": settings.s3_region,
            # The bucket in the path: every server understands that, whatever its DNS.
            "virtual_hosted_style_request": False,
        },
        client_options={
            "allow_http": place.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=patience.connect),
            "read_timeout": timedelta(seconds=patience.silence),
            # For a whole object, however large: silence is what tells a broken connection.
            "timeout": timedelta(hours=1),
        },
        retry_config={
            "backoff": {"max_backoff": timedelta(seconds=5)},
            "max_retries": 100,  # time ends them, not their number
            "retry_timeout": timedelta(seconds=patience.retry),
        },
    )
