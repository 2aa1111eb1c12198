"""Buckets as a source: s3://bucket/prefix and gs://bucket/prefix."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from pixharbor.db.engine import Database
from pixharbor.sources.base import (
    FileChanged,
    FolderMissing,
    FolderRefused,
    LinkIncomplete,
    LinkNotUnderstood,
    Location,
    NeedsReauth,
    ProviderFailed,
    Source,
    SourceFile,
    SourceInfo,
    SourceNotConfigured,
    SourcePage,
)
from pixharbor.sources.declared_types import declared_fate, type_of_name
from pixharbor.sources.litter import litter_fate
from pixharbor.sources.object_storage_gcs import Gcs, GoogleToken
from pixharbor.sources.object_storage_http import Found, Listing, Service, open_http
from pixharbor.sources.object_storage_s3 import S3
from pixharbor.sources.object_storage_settings import (
    ObjectStorageSettings,
    google_endpoint,
    read_s3_access,
)

SOURCE: Final = "object_storage"
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_OWN: Final = "Left out: pixharbor keeps its own pictures here."


class ObjectStorage:
    """Implements Source; see sources/base.py.

    A folder is a prefix that ends in "/", which is how everybody uses them; an object is known by
    its address, as s3://bucket/key. The cursor is the service's own token.
    """

    name = SOURCE

    def __init__(self, services: dict[str, Service], store: str) -> None:
        self._services = services
        self._store = store  # as s3://bucket/prefix/, empty where it is elsewhere

    def locate(self, link: str) -> Location:
        """Understand s3://bucket/prefix or gs://bucket/prefix. Raises LinkNotUnderstood."""
        scheme, _, rest = link.strip().partition("://")
        bucket, _, prefix = rest.partition("/")
        if scheme.lower() not in self._services or not _BUCKET.fullmatch(bucket):
            ours = scheme.lower() in self._services
            raise (LinkIncomplete if ours else LinkNotUnderstood)(
                "This is no address of a bucket. One looks like s3://photos/2024",
                cure="Give s3://bucket/folder or gs://bucket/folder.",
            )
        is_folder = not prefix or prefix.endswith("/")
        return Location(
            SOURCE, f"{scheme.lower()}://{bucket}/{prefix}", "folder" if is_folder else "unknown"
        )

    async def check(self, location: Location) -> SourceInfo:
        """See whether it is there and may be listed: one question, two without a "/" at its end."""
        try:
            return await self._look(location)
        except NeedsReauth as error:  # nothing is under way yet that could wait for it
            raise SourceNotConfigured(
                error.message, code="bucket_key_refused", cure=error.cure
            ) from None

    async def list_pages(self, location: Location, cursor: str | None) -> AsyncIterator[SourcePage]:
        """Yield a prefix's objects and the prefixes below it; of an object, itself."""
        if cursor is None and not location.path:
            info = await self._look(location)
            if info.kind == "file":
                yield await self._one(location)
                return
        service, bucket, prefix = self._split(location.ref)
        folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
        while True:
            listing = await service.list(bucket, folder, cursor)
            yield self._page(location, f"{_scheme(location.ref)}://{bucket}/", folder, listing)
            cursor = listing.next_token
            if cursor is None:
                return

    @asynccontextmanager
    async def open(self, file: SourceFile) -> AsyncIterator[AsyncIterator[bytes]]:
        """Stream an object's bytes, if it is still the one that was listed."""
        service, bucket, key = self._split(file.id)
        async with service.open(bucket, key, size=file.size) as (found, chunks):
            if _has_changed(file, found):
                if found.checksum is None and found.modified_at is None:
                    # A bucket says when it was written: what does not came from something between.
                    raise ProviderFailed(
                        "What came is neither the object that was listed nor a newer one.",
                        reason="html_instead_of_file",
                    )
                raise FileChanged(_as_file(found, file.id, file.path))
            yield chunks

    async def _look(self, location: Location) -> SourceInfo:
        service, bucket, prefix = self._split(location.ref)
        if self._store and _as_folder(location.ref).startswith(self._store):
            raise FolderRefused(
                f"{location.ref} is where pixharbor keeps its own pictures (STORAGE_URL).",
                cure="Name another bucket, or another folder in it.",
            )
        name = prefix.rstrip("/").rpartition("/")[2] or bucket
        folder = _as_folder(prefix) if prefix else ""
        listing = await service.list(bucket, folder, None, flat=True, most=1)
        if listing.objects or not folder:
            return SourceInfo(name, "folder")
        if not prefix.endswith("/"):
            listing = await service.list(bucket, prefix, None, flat=True, most=1)
            if [found.key for found in listing.objects] == [prefix]:
                return SourceInfo(name, "file")
        raise FolderMissing(
            f"There is nothing in {location.ref}.", cure="Check the folder's name; case counts."
        )

    async def _one(self, location: Location) -> SourcePage:
        service, bucket, key = self._split(location.ref)
        listing = await service.list(bucket, key, None, flat=True, most=1)
        files = [_as_file(found, location.ref, "") for found in listing.objects]
        return SourcePage(files, [], None)

    def _page(self, at: Location, root: str, folder: str, listing: Listing) -> SourcePage:
        files, folders = [], []
        for found in listing.objects:
            name = found.key.removeprefix(folder)
            if name.endswith("/") or not name:
                continue  # a marker, by which consoles show an empty folder
            files.append(_as_file(found, root + found.key, _join(at.path, name)))
        for prefix in listing.prefixes:
            name = prefix.removeprefix(folder).removesuffix("/")
            path = _join(at.path, name)
            fate = litter_fate(name)
            if self._store and (root + prefix).startswith(self._store):
                fate = ("skipped", "filtered", _OWN)
            if fate:
                files.append(SourceFile(root + prefix, name, path, fate=fate))
            else:
                folders.append(Location(SOURCE, root + prefix, path=path))
        return SourcePage(files, folders, listing.next_token)

    def _split(self, address: str) -> tuple[Service, str, str]:
        scheme, _, rest = address.partition("://")
        bucket, _, key = rest.partition("/")
        return self._services[scheme], bucket, key


def _scheme(address: str) -> str:
    return address.partition("://")[0]


def _as_folder(prefix: str) -> str:
    return prefix if prefix.endswith("/") else f"{prefix}/"


def _join(folder_path: str, name: str) -> str:
    """The path of a child; of "//" the part between is a folder without a name."""
    return f"{folder_path}/{name}" if folder_path else name or "/"


def _as_file(found: Found, id_: str, path: str) -> SourceFile:
    name = found.key.rpartition("/")[2]
    mime_type = type_of_name(name)
    return SourceFile(
        id=id_,
        name=name,
        path=path or name,
        size=found.size,
        mime_type=mime_type,
        checksum=found.checksum,
        modified_at=found.modified_at,
        fate=litter_fate(name) or declared_fate(mime_type, found.size),
    )


def _has_changed(file: SourceFile, found: Found) -> bool:
    """By what both the listing and the answer state."""
    if found.size is not None and file.size is not None and found.size != file.size:
        return True
    return bool(found.checksum and file.checksum and found.checksum != file.checksum)


@asynccontextmanager
async def open_object_storage(
    settings: ObjectStorageSettings, _database: Database
) -> AsyncIterator[Source]:
    """The source of buckets. Raises SettingError; asks nobody for credentials yet."""
    async with open_http() as http:
        token = GoogleToken(settings.google_application_credentials)
        services: dict[str, Service] = {
            "s3": S3(read_s3_access(settings), http),
            "gs": Gcs(
                google_endpoint(settings), None if settings.storage_emulator_host else token, http
            ),
        }
        yield ObjectStorage(services, _own_store(settings))


def _own_store(settings: ObjectStorageSettings) -> str:
    """The store's address with a "/" at its end, if this source could meet it."""
    is_elsewhere = settings.source_s3_endpoint_url not in (None, settings.s3_endpoint_url)
    scheme = _scheme(settings.storage_url)
    if scheme == "gs" or (scheme == "s3" and not is_elsewhere):
        return _as_folder(settings.storage_url)
    return ""
