"""The store in a bucket of Google Cloud Storage: through Google's own client, in threads."""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import google.auth
from google.api_core.exceptions import GoogleAPIError, NotFound, PreconditionFailed
from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Blob, Client
from google.cloud.storage.exceptions import DataCorruption
from google.cloud.storage.retry import DEFAULT_RETRY
from google.oauth2.service_account import Credentials as ServiceAccount
from requests.exceptions import RequestException

from pixharbor.errors import SettingError
from pixharbor.storage.base import NewObject, ObjectMissing, StoreError
from pixharbor.storage.content_types import (
    FOR_EVER,
    content_disposition,
    disposition_of,
    harmless_type,
)
from pixharbor.storage.disk_errors import naming_disk_errors
from pixharbor.storage.gcs_errors import NO_CREDENTIALS, GcsPlace
from pixharbor.storage.patience import AT_START, PATIENCE, Patience
from pixharbor.storage.settings import (
    LONGEST_LINK_SECONDS,
    StorageSettings,
    read_bucket_settings,
)
from pixharbor.storage.signed_links import LinkSigner
from pixharbor.storage.threads import Threads

# google-auth leaves it without types.
_anonymous: Callable[[], Credentials] = AnonymousCredentials

GOOGLE = "https://storage.googleapis.com"
SCOPES = ("https://www.googleapis.com/auth/devstorage.read_write",)
# Writing and reading apart: a thumbnail does not wait behind an import, nor anything else behind a
# bucket that is silent. The client keeps ten connections.
PUT_THREADS = 6
READ_THREADS = 4
# A large file goes in pieces of this size, of which one is in memory.
PIECE_BYTES = 8 << 20
LIST_KEYS = 1000
# Links that are remembered, so that equal requests give equal ones: a page of the gallery, often.
KNOWN_LINKS = 10_000


@asynccontextmanager
async def open_store(settings: StorageSettings, signer: LinkSigner) -> AsyncIterator["GcsBucket"]:
    """The store of gs://bucket/prefix. Raises SettingError for one that cannot be used."""
    credentials = await asyncio.to_thread(find_credentials, settings)
    with closing(GcsBucket(settings, signer, credentials, patience=AT_START)) as first_look:
        try:
            await first_look.check()
        except StoreError as error:
            raise SettingError(error.message) from error
    with closing(GcsBucket(settings, signer, credentials, patience=PATIENCE)) as store:
        yield store


def find_credentials(settings: StorageSettings) -> Credentials:
    """The named file's, or what this machine has (Application Default Credentials)."""
    path = settings.google_application_credentials
    if path is None and settings.storage_emulator_host:
        return _anonymous()
    if path:
        # Wherever the setting came from, this is where Google's library looks.
        os.environ["GOOGLE_APPLICATION_CREDENTIALS"] = str(path)
    try:
        return google.auth.default(SCOPES)[0]
    except (GoogleAuthError, ValueError, OSError) as error:
        if path is None:
            raise SettingError(NO_CREDENTIALS) from error
        raise SettingError(
            f"GOOGLE_APPLICATION_CREDENTIALS: cannot use {str(path)!r}; expected the file of a "
            "service account's key"
        ) from error


class GcsBucket:
    """A bucket: durable when it has answered. Private; its links are signed.

    Puts are conditional: an object that is there stays. Google refuses to write one key more than
    once a second, and with the condition its client repeats a request without harm.
    """

    def __init__(
        self,
        settings: StorageSettings,
        signer: LinkSigner,
        credentials: Credentials,
        *,
        patience: Patience,
    ) -> None:
        bucket, self._prefix = read_bucket_settings(settings)
        endpoint = _endpoint(settings)
        self._place = GcsPlace(bucket, endpoint)
        # An emulator asks for no credentials, and nobody would exchange a key for a token.
        asked = _anonymous() if settings.storage_emulator_host else credentials
        self._client = Client(
            project=None, credentials=asked, client_options={"api_endpoint": endpoint}
        )
        self._bucket = self._client.bucket(bucket)
        self._patience: dict[str, Any] = {
            "timeout": (patience.connect, patience.silence),
            "retry": DEFAULT_RETRY.with_timeout(patience.retry),
        }
        self._is_public = settings.storage_public
        # Only a service account's own key signs on this machine; other credentials would have to
        # ask Google for every link. Theirs lead through this server instead.
        self._key = credentials if isinstance(credentials, ServiceAccount) else None
        self._signer = signer
        self.link_origin = endpoint if self._key or self._is_public else ""
        self._signed = lru_cache(KNOWN_LINKS)(self._sign)
        self._writing = Threads(PUT_THREADS)
        self._reading = Threads(READ_THREADS)

    async def check(self) -> None:
        """Raise StoreError unless the bucket is there and lets us in; costs one request."""
        async for _ in self.keys(".pixharbor/"):
            break

    async def put_many(self, objects: Sequence[NewObject]) -> None:
        """Each in one request; files in pieces, one of them in memory at a time."""
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
        """Delete, some at a time."""
        await self._writing.side_by_side(self._delete_all, keys)

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        """List page by page."""
        start = self._name("")
        found = self._client.list_blobs(
            self._bucket,
            prefix=start + prefix,
            page_size=LIST_KEYS,
            fields="items(name),nextPageToken",
            **self._patience,
        )
        pages = found.pages
        while (page := await self._reading.run(self._next_page, pages)) is not None:
            for blob in page:
                yield blob.name.removeprefix(start)

    def link(self, key: str, *, seconds: int, name: str, save: bool = False) -> str:
        """A signed GET; in a public bucket the object's plain address, unless it is to `save`."""
        if self._is_public and not save:
            return f"{self.link_origin}/{self._place.bucket}/{quote(self._name(key))}"
        if self._key is None:
            return self._signer.sign(key, seconds=seconds, name=name, save=save)
        window = max(1, seconds // LinkSigner.WINDOWS)
        lifetime = min(seconds + window, LONGEST_LINK_SECONDS)
        disposition = content_disposition(key, name, save=save)
        return self._signed(key, disposition, lifetime, int(time.time()) // window)

    def close(self) -> None:
        """Wait for what is under way."""
        self._writing.close()
        self._reading.close()
        self._client.close()

    def _name(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key

    def _blob(self, key: str) -> Blob:
        return self._bucket.blob(self._name(key))

    def _sign(self, key: str, disposition: str, lifetime: int, _window: int) -> str:
        """A V4 signature, computed on this machine (1 ms of RSA)."""
        link: str = self._blob(key).generate_signed_url(
            version="v4",
            expiration=timedelta(seconds=lifetime),
            api_access_endpoint=self.link_origin,
            credentials=self._key,
            response_disposition=disposition,
        )
        return link

    def _put_all(self, objects: Iterable[NewObject]) -> None:
        for new in objects:
            # It is there already: by an earlier try, or by somebody else.
            with self._explaining("write"), suppress(PreconditionFailed):
                self._put(new)

    def _put(self, new: NewObject) -> None:
        blob = self._blob(new.key)
        blob.content_disposition = disposition_of(new.key)
        blob.cache_control = f"{'public' if self._is_public else 'private'}, {FOR_EVER}"
        how = {
            "content_type": harmless_type(new.mime_type),
            "if_generation_match": 0,
            **self._patience,
        }
        if isinstance(new.body, Path):
            blob.chunk_size = PIECE_BYTES
            blob.upload_from_filename(str(new.body), **how)
        else:
            blob.upload_from_string(new.body, **how)

    def _download(self, key: str, path: Path) -> None:
        with naming_disk_errors(), self._explaining("read"), path.open("wb") as copy:
            self._blob(key).download_to_file(copy, raw_download=True, **self._patience)

    def _size(self, key: str) -> int | None:
        try:
            with self._explaining("read"):
                blob = self._blob(key)
                blob.reload(**self._patience)
                size: int = blob.size
                return size
        except ObjectMissing:
            return None

    def _delete_all(self, keys: Iterable[str]) -> None:
        for key in keys:
            with self._explaining("delete"), suppress(NotFound):
                self._blob(key).delete(**self._patience)

    def _next_page(self, pages: Iterator[Iterable[Blob]]) -> Iterable[Blob] | None:
        with self._explaining("list"):
            return next(pages, None)

    @contextmanager
    def _explaining(self, act: str) -> Iterator[None]:
        try:
            yield
        except (GoogleAPIError, GoogleAuthError, RequestException, DataCorruption) as error:
            raise self._place.explain(error, act) from error


def _endpoint(settings: StorageSettings) -> str:
    """Google's address, or an emulator's, which is often given without http://."""
    given = settings.storage_emulator_host or GOOGLE
    return (given if "://" in given else f"http://{given}").rstrip("/")
