"""The sources that there are: one line each."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final

from pixharbor.db.engine import Database
from pixharbor.db.sealed import Sealer
from pixharbor.sources.base import LinkIncomplete, LinkNotUnderstood, Location, Source
from pixharbor.sources.dropbox import open_dropbox
from pixharbor.sources.dropbox_settings import DropboxSettings
from pixharbor.sources.google_drive import open_google_drive
from pixharbor.sources.google_drive_settings import GoogleDriveSettings
from pixharbor.sources.link_passwords import PasswordProtected
from pixharbor.sources.local_folder import open_local_folder
from pixharbor.sources.local_folder_paths import LocalFolderSettings
from pixharbor.sources.object_storage import open_object_storage
from pixharbor.sources.object_storage_settings import ObjectStorageSettings
from pixharbor.sources.web_urls import WebUrlsSettings, open_web_urls
from pixharbor.sources.zip_archive import ZipArchiveSettings, open_zip_archive


class SourceSettings(
    GoogleDriveSettings,
    DropboxSettings,
    LocalFolderSettings,
    ObjectStorageSettings,
    WebUrlsSettings,
    ZipArchiveSettings,
):
    """The settings of all sources."""


OpenSource = Callable[[SourceSettings, Database], AbstractAsyncContextManager[Source]]

SOURCES: Final[dict[str, OpenSource]] = {
    "google_drive": open_google_drive,
    "dropbox": open_dropbox,
    "local_folder": open_local_folder,
    "object_storage": open_object_storage,
    "zip_archive": open_zip_archive,
    "web_urls": open_web_urls,  # takes any address: last
}

# The words that filters know, whether or not the source is built yet.
KNOWN_SOURCES: Final = (
    "google_drive",
    "dropbox",
    "web_urls",
    "csv",
    "object_storage",
    "local_folder",
    "zip_archive",
    "upload",
)


GOOD_PLACES: Final = (
    "Give the link of a folder or file at Google Drive or Dropbox, the address of an image "
    "(https://…), a bucket (s3://photos/2024) or a folder of the server (/photos/2024)."
)


@asynccontextmanager
async def open_sources(
    settings: SourceSettings, database: Database, sealer: Sealer | None = None
) -> AsyncIterator[dict[str, Source]]:
    """Open every source once; closes them in reverse. Raises SettingError."""
    async with AsyncExitStack() as stack:
        opened = {
            name: await stack.enter_async_context(open_source(settings, database))
            for name, open_source in SOURCES.items()
        }
        for source in opened.values():
            if isinstance(source, PasswordProtected):
                source.sealer = sealer
        yield opened


def recognise(sources: Mapping[str, Source], link: str) -> Location:
    """The place that a link leads to, at the first source that understands it.

    Raises LinkNotUnderstood: by the source that knows the link for one of its own, or for all.
    """
    for source in sources.values():
        try:
            return source.locate(link)
        except LinkIncomplete:
            raise
        except LinkNotUnderstood:
            continue
    raise LinkNotUnderstood("This leads to nothing that can be imported.", cure=GOOD_PLACES)
