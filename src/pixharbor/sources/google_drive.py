"""Google Drive, read by API key: public folders and files, as everybody with the link sees them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

from pydantic import SecretStr
from yarl import URL

from pixharbor.db.engine import Database
from pixharbor.errors import Fate
from pixharbor.sources.base import (
    DailyCap,
    FolderMissing,
    Location,
    ProviderFailed,
    Quota,
    Source,
    SourceError,
    SourceFile,
    SourceInfo,
    SourcePage,
)
from pixharbor.sources.google_drive_errors import Subject
from pixharbor.sources.google_drive_files import (
    FOLDER,
    LIST_FIELDS,
    ONE_FIELDS,
    SHORTCUT,
    file_of,
    folder_of,
    join,
    lost,
)
from pixharbor.sources.google_drive_http import DriveApi, open_sessions
from pixharbor.sources.google_drive_links import SOURCE, read_link
from pixharbor.sources.google_drive_settings import (
    GoogleDriveSettings,
    QuotaProfile,
    read_api_key,
    read_api_url,
    read_quota_profile,
)
from pixharbor.sources.governor import Governor, Limit, SharedGovernor, UnlimitedGovernor

# The most that Google gives in one page.
PAGE_SIZE: Final = 1000
# Of a project, since 2026-05-01 (developers.google.com/drive, usage limits).
DAILY_BYTES: Final = 10**12
DAILY_UNITS: Final = 400_000_000
# Shortcuts of one page that are followed at a time.
SHORTCUTS_AT_A_TIME: Final = 8


class GoogleDrive:
    """Implements Source, Governed and Capped; see sources/base.py."""

    name = SOURCE
    provider = "Google"

    def __init__(self, api: DriveApi, governor: Governor, costs: QuotaProfile) -> None:
        self._api = api
        self._governor = governor
        self._costs = costs

    def locate(self, link: str) -> Location:
        """Understand a link, without asking anybody. Raises LinkNotUnderstood."""
        return read_link(link)

    async def check(self, location: Location) -> SourceInfo:
        """See whether the location can be read: one question of 5 units, two for a shortcut."""
        place = await self._place(location, interactive=True)
        if place.get("mimeType") == SHORTCUT:
            target = _target_of(place, location.path)
            place = await self._place(target, interactive=True) | {"name": place["name"]}
        is_folder = place.get("mimeType") == FOLDER
        return SourceInfo(str(place["name"]), "folder" if is_folder else "file")

    async def list_pages(self, location: Location, cursor: str | None) -> AsyncIterator[SourcePage]:
        """Yield the location's direct children; `cursor` is Drive's page token.

        What a person named is looked at first: its link may not tell a file, and Google lists a
        file's "children" without an error.
        """
        if cursor is None and not location.path:
            place = await self._place(location)
            if place.get("mimeType") != FOLDER:
                yield await self._page_of([place], location.path, None)
                return
        while True:
            page = await self._list(location, cursor)
            if page.next_cursor == cursor and cursor is not None:
                raise ProviderFailed("Google's listing goes round in a circle.")
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return

    def open(self, file: SourceFile) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Stream a file's bytes as Google sends them."""
        return self._api.download(
            file.id,
            units=self._costs.download,
            about=("file", file.path),
            size=file.size,
            resource_key=(file.id, file.resource_key) if file.resource_key else None,
        )

    async def quota(self) -> Quota | None:
        """How fast Google is used just now, in its units."""
        return await self._governor.quota()

    def seconds_for(self, files: int, pages: int = 0) -> float | None:
        """How long so many downloads and pages take at Google's limit."""
        return self._governor.seconds_for(files * self._costs.download + pages * self._costs.list)

    def daily_cap(self) -> DailyCap | None:
        """Google's day: 1 TB before it charges, and 400 million units."""
        if self._governor.seconds_for(1) is None:
            return None
        return DailyCap(bytes=DAILY_BYTES, files=DAILY_UNITS // self._costs.download)

    async def _place(self, location: Location, *, interactive: bool = False) -> dict[str, Any]:
        """The resource of what a person named; what is in the trash counts as missing."""
        place = await self._get(location, ("folder", location.path or location.ref), interactive)
        if place.get("trashed"):
            raise FolderMissing(f"“{place['name']}” is in the trash of Google Drive.")
        return place

    async def _get(
        self,
        location: Location,
        about: tuple[Subject, str],
        interactive: bool,  # noqa: FBT001 - passed on
    ) -> dict[str, Any]:
        resource = await self._api.json(
            f"/{location.ref}",
            {"fields": ONE_FIELDS, "supportsAllDrives": "true"},
            units=self._costs.get,
            about=about,
            resource_key=_key_of(location),
            interactive=interactive,
        )
        if not {"id", "name"} <= resource.keys():
            raise ProviderFailed("Google's answer about a file lacks its id or name.")
        return resource

    async def _list(self, location: Location, cursor: str | None) -> SourcePage:
        """One page of one folder: a search in several parents may drop some without a word."""
        answer = await self._api.json(
            "",
            {
                "q": f"'{location.ref}' in parents and trashed = false",
                "pageSize": str(PAGE_SIZE),
                "fields": LIST_FIELDS,
                "supportsAllDrives": "true",
                "includeItemsFromAllDrives": "true",
                **({"pageToken": cursor} if cursor else {}),
            },
            units=self._costs.list,
            about=("folder", location.path or location.ref),
            resource_key=_key_of(location),
        )
        return await self._page_of(
            answer.get("files", []), location.path, answer.get("nextPageToken")
        )

    async def _page_of(
        self, resources: list[dict[str, Any]], folder_path: str, next_cursor: str | None
    ) -> SourcePage:
        files: list[SourceFile] = []
        folders: list[Location] = []
        shortcuts = []
        try:
            for resource in resources:
                if resource.get("mimeType") == FOLDER:
                    folders.append(folder_of(resource, join(folder_path, resource["name"])))
                elif resource.get("mimeType") == SHORTCUT:
                    shortcuts.append(resource)
                else:
                    files.append(file_of(resource, folder_path))
            for found in await self._follow(shortcuts, folder_path):
                if isinstance(found, Location):
                    folders.append(found)
                else:
                    files.append(found)
        except (AttributeError, KeyError, ValueError, TypeError):
            raise ProviderFailed("Google's listing cannot be understood.") from None
        return SourcePage(files, folders, next_cursor)

    async def _follow(
        self, shortcuts: list[dict[str, Any]], folder_path: str
    ) -> list[SourceFile | Location]:
        """What the shortcuts of one page lead to, in their order."""
        turn = asyncio.Semaphore(SHORTCUTS_AT_A_TIME)

        async def follow(shortcut: dict[str, Any]) -> SourceFile | Location:
            async with turn:
                return await self._follow_one(shortcut, join(folder_path, shortcut["name"]))

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(follow(shortcut)) for shortcut in shortcuts]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _follow_one(self, shortcut: dict[str, Any], path: str) -> SourceFile | Location:
        """A file or folder as it is today: a shortcut's own word for it is a snapshot."""
        target = _target_of(shortcut, path)
        try:
            found = await self._get(target, ("file", path), interactive=False)
        except SourceError as error:
            if error.fate is not Fate.SKIP:
                raise
            if error.reason == "vanished":
                return lost(shortcut, path, ("gone", "vanished", "the shortcut leads nowhere"))
            return lost(shortcut, path, ("failed", error.reason, error.message))
        if found.get("trashed") or found.get("mimeType") == SHORTCUT:
            return lost(shortcut, path, ("gone", "vanished", "the shortcut leads into the trash"))
        found.setdefault("resourceKey", target.resource_key)
        if found.get("mimeType") == FOLDER:
            return folder_of(found, path)
        return file_of(found, "", path=path)


def _target_of(shortcut: dict[str, Any], path: str) -> Location:
    details = shortcut.get("shortcutDetails") or {}
    return Location(
        SOURCE,
        str(details.get("targetId") or shortcut["id"]),
        "unknown",
        resource_key=details.get("targetResourceKey"),
        path=path,
    )


def _key_of(location: Location) -> tuple[str, str] | None:
    return (location.ref, location.resource_key) if location.resource_key else None


@asynccontextmanager
async def open_google_drive(
    settings: GoogleDriveSettings, database: Database
) -> AsyncIterator[Source]:
    """Connect, and disconnect at the end of the block. Raises SettingError.

    Without a key the source understands links and answers everything else with what to do.
    """
    key = read_api_key(settings)
    url = read_api_url(settings)
    profile = read_quota_profile(settings)
    async with open_sessions() as sessions:
        governor = _governor(profile, url, key, database)
        try:
            yield GoogleDrive(DriveApi(url, key, governor, sessions), governor, profile)
        finally:
            await governor.close()


def _governor(
    profile: QuotaProfile, url: URL, key: SecretStr | None, database: Database
) -> Governor:
    """One key is one user and one project; a part of its hash names its limits."""
    credential = f"{url.origin()} {key.get_secret_value() if key else ''}"
    fingerprint = hashlib.sha256(credential.encode()).hexdigest()[:16]
    limits = [
        Limit(f"{SOURCE}:{whose}:{fingerprint}", units_per_minute)
        for whose, units_per_minute in (("user", profile.user), ("project", profile.project))
        if units_per_minute is not None
    ]
    return SharedGovernor(database, limits) if limits else UnlimitedGovernor()
