"""Google Drive: public folders and files by API key, and all that a signed-in account sees."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final, Literal

from pydantic import SecretStr
from yarl import URL

from pixharbor.db.engine import Database
from pixharbor.errors import Fate
from pixharbor.sources.accounts import Account, Credentials, Place
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
    MEASURED_FIELDS,
    ONE_FIELDS,
    SHORTCUT,
    file_of,
    folder_of,
    join,
    lost,
)
from pixharbor.sources.google_drive_http import USER_AGENT, DriveApi, FreshToken
from pixharbor.sources.google_drive_links import SOURCE, read_link
from pixharbor.sources.google_drive_settings import (
    GoogleDriveSettings,
    QuotaProfile,
    read_api_key,
    read_api_url,
    read_quota_profile,
)
from pixharbor.sources.google_drive_views import (
    NAMES,
    SHARED_WITH_ME,
    first_places,
    id_in_api,
    place_of,
    read_view,
    search_for,
    search_for_folders,
    view_of,
)
from pixharbor.sources.governor import Governor, Limit, SharedGovernor, UnlimitedGovernor
from pixharbor.sources.provider_http import open_sessions

# The most that Google gives in one page.
PAGE_SIZE: Final = 1000
# Of a project, since 2026-05-01 (developers.google.com/drive, usage limits).
DAILY_BYTES: Final = 10**12
DAILY_UNITS: Final = 400_000_000
# Shortcuts of one page that are followed at a time.
SHORTCUTS_AT_A_TIME: Final = 8
# No file's id is so short: that Google looked for it, and found nothing, shows that a key works.
NO_FILE: Final = "pixharbor"
# Folders whose shared drive is remembered from the listing that met them; of others it is asked.
REMEMBERED_FOLDERS: Final = 10_000


class GoogleDrive:
    """Implements Source, Governed, Capped, Triable, Private and Browsable; see sources/base.py."""

    name = SOURCE
    provider = "Google"
    pages_shift: Literal[True] = True

    def __init__(
        self,
        api: DriveApi,
        governor: Governor,
        costs: QuotaProfile,
        as_seen_by: Callable[[Credentials], Source],
        credentials: Credentials | None = None,
    ) -> None:
        self._api = api
        self._governor = governor
        self._costs = costs
        self.signed_in = as_seen_by
        self._credentials = credentials
        self._drives: dict[str, str | None] = {}

    def locate(self, link: str) -> Location:
        """Understand a link, without asking anybody. Raises LinkNotUnderstood."""
        view = read_view(link, self._credentials.account.id) if self._credentials else None
        return view or read_link(link)

    async def check(self, location: Location) -> SourceInfo:
        """See whether the location can be read: one question of 5 units, two for a shortcut."""
        if view_of(location.ref) == SHARED_WITH_ME:
            return SourceInfo(NAMES[SHARED_WITH_ME], "folder")
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
        is_view = view_of(location.ref) is not None
        if cursor is None and not location.path and not is_view:
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

    def daily_cap(self, link: str) -> DailyCap | None:  # noqa: ARG002 - the port; all links alike
        """Google's day: 400 million units, and 1 TB before it charges."""
        if self._governor.seconds_for(1) is None:
            return None
        files = DAILY_UNITS // self._costs.download
        return DailyCap(self.provider, files=files, free_bytes=DAILY_BYTES)

    async def identify(self, token: str) -> Account:
        """Whose access token this is."""
        return await self._whose(self._api.in_the_name_of(FreshToken(token)))

    async def try_credentials(self) -> str:
        """One question of 5 units: whose account it is, or for a file that there is not."""
        if self._credentials:
            return f"signed in as {(await self._whose(self._api)).name}"
        try:
            await self._place(Location(SOURCE, NO_FILE, "unknown"), interactive=True)
        except FolderMissing:
            return "the key opens public links"
        raise ProviderFailed("Google shows a file that nobody has.")

    async def _whose(self, api: DriveApi) -> Account:
        about = await api.json(
            "",
            {"fields": "user(permissionId,emailAddress,displayName)"},
            units=self._costs.get,
            about=("folder", "about"),
            interactive=True,
            resource="about",
        )
        user = about.get("user", {})
        if not user.get("permissionId"):
            raise ProviderFailed("Google does not say whose account this is.")
        name = user.get("emailAddress") or user.get("displayName") or user["permissionId"]
        return Account(str(user["permissionId"]), str(name))

    async def places(self, link: str | None) -> list[Place]:
        """The first thousand folders in a folder; None: the views, and the shared drives."""
        if link is None:
            return [*first_places(), *await self._shared_drives()]
        location = self.locate(link)
        drive_id = await self._drive_of(location)
        answer = await self._search(
            location, search_for_folders(location.ref, drive_id), "files(id,name)"
        )
        return [place_of(each["id"], each["name"]) for each in answer.get("files", [])]

    async def _shared_drives(self) -> list[Place]:
        """The first hundred that the account is a member of: more than that is not chosen from."""
        answer = await self._api.json(
            "",
            {"pageSize": "100", "fields": "drives(id,name)"},
            units=self._costs.list,
            about=("folder", "shared drives"),
            interactive=True,
            resource="drives",
        )
        return [place_of(each["id"], each["name"]) for each in answer.get("drives", [])]

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
            f"/{id_in_api(location.ref)}",
            {"fields": ONE_FIELDS, "supportsAllDrives": "true"},
            units=self._costs.get,
            about=about,
            resource_key=_key_of(location),
            interactive=interactive,
        )
        if not {"id", "name"} <= resource.keys():
            raise ProviderFailed("Google's answer about a file lacks its id or name.")
        self._remember(location.ref, resource)
        return resource

    async def _drive_of(self, location: Location) -> str | None:
        """The shared drive that a folder lies in. Only accounts search in one."""
        if self._credentials is None or view_of(location.ref):
            return None
        if location.ref not in self._drives:
            await self._get(location, ("folder", location.path or location.ref), interactive=False)
        return self._drives[location.ref]

    def _remember(self, folder_id: str, resource: dict[str, Any]) -> None:
        if self._credentials is None:
            return
        if len(self._drives) >= REMEMBERED_FOLDERS:
            self._drives.clear()
        self._drives[folder_id] = resource.get("driveId")

    async def _list(self, location: Location, cursor: str | None) -> SourcePage:
        """One page of one folder: a search in several parents may drop some without a word."""
        search = search_for(location.ref, await self._drive_of(location))
        token = {"pageToken": cursor} if cursor else {}
        fields = MEASURED_FIELDS if location.measured else LIST_FIELDS
        answer = await self._search(location, search | token, fields)
        return await self._page_of(
            answer.get("files", []), location.path, answer.get("nextPageToken")
        )

    async def _search(
        self, location: Location, search: dict[str, str], fields: str
    ) -> dict[str, Any]:
        return await self._api.json(
            "",
            {
                **search,
                "pageSize": str(PAGE_SIZE),
                "fields": fields,
                "supportsAllDrives": "true",
                "includeItemsFromAllDrives": "true",
            },
            units=self._costs.list,
            about=("folder", location.path or location.ref),
            resource_key=_key_of(location),
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
                    self._remember(resource["id"], resource)
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
    async with open_sessions(USER_AGENT) as sessions, AsyncExitStack() as stack:

        def as_seen_by(credentials: Credentials | None) -> GoogleDrive:
            governor = _governor(profile, url, credentials or key, database)
            stack.push_async_callback(governor.close)
            takes = settings.google_acknowledge_abuse
            api = DriveApi(url, credentials or key, governor, sessions, takes_abusive=takes)
            return GoogleDrive(api, governor, profile, as_seen_by, credentials)

        yield as_seen_by(None)


def _governor(
    profile: QuotaProfile, url: URL, whose: SecretStr | Credentials | None, database: Database
) -> Governor:
    """The limits of an account and of its project; a key is one user and one project.

    A part of a hash names them: neither a key nor an address is kept.
    """
    if isinstance(whose, SecretStr) or whose is None:
        user = project = whose.get_secret_value() if whose else ""
    else:
        user, project = whose.account.id, whose.project
    limits = [
        Limit(f"{SOURCE}:{kind}:{_fingerprint(f'{url.origin()} {name}')}", units_per_minute)
        for kind, name, units_per_minute in (
            ("user", user, profile.user),
            ("project", project, profile.project),
        )
        if units_per_minute is not None
    ]
    return SharedGovernor(database, limits) if limits else UnlimitedGovernor()


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
