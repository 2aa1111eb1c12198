"""Dropbox: links as everybody who has them sees them, and one's own account's folders."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any, Final

from pixharbor.db.engine import Database
from pixharbor.sources.adaptive_governor import AdaptiveGovernor
from pixharbor.sources.base import (
    FolderRefused,
    Location,
    ProviderFailed,
    Quota,
    Source,
    SourceFile,
    SourceInfo,
    SourcePage,
)
from pixharbor.sources.dropbox_entries import file_of, folder_of, is_folder, is_shown
from pixharbor.sources.dropbox_errors import SHARE_IT, key_missing, token_missing
from pixharbor.sources.dropbox_http import PROVIDER, USER_AGENT, About, DropboxApi
from pixharbor.sources.dropbox_links import SOURCE, Way, read_link, read_way
from pixharbor.sources.dropbox_settings import (
    DropboxApp,
    DropboxSettings,
    DropboxUrls,
    read_app,
    read_refresh_token,
    read_urls,
)
from pixharbor.sources.dropbox_tokens import AppSignature, RefreshedSignature
from pixharbor.sources.governor import Governor
from pixharbor.sources.provider_http import open_sessions

# The most that Dropbox gives in one page.
PAGE_SIZE: Final = 2000


class Dropbox:
    """Implements Source and Governed; see sources/base.py.

    `links` opens links and `account` an account's own folders; either may be missing.
    """

    name = SOURCE
    provider = PROVIDER

    def __init__(
        self, links: DropboxApi | None, account: DropboxApi | None, governor: Governor
    ) -> None:
        self._links = links or account
        self._account = account
        self._governor = governor

    def locate(self, link: str) -> Location:
        """Understand a link, without asking anybody. Raises LinkNotUnderstood."""
        return read_link(link)

    async def check(self, location: Location) -> SourceInfo:
        """See whether the location can be read: one question."""
        place = await self._place(location, interactive=True)
        return SourceInfo(str(place["name"]), "folder" if is_folder(place) else "file")

    async def list_pages(self, location: Location, cursor: str | None) -> AsyncIterator[SourcePage]:
        """Yield the location's direct children; `cursor` is Dropbox's own.

        Sub-folders are walked by their paths: Dropbox lists no link recursively. What a person
        named is looked at first, because its link may not tell a file.
        """
        if cursor is None and not location.path:
            place = await self._place(location)
            if not is_folder(place):
                yield _page_of_one(place, location)
                return
        while True:
            page = await self._list(location, cursor)
            if page.next_cursor == cursor and cursor is not None:
                raise ProviderFailed("Dropbox's listing goes round in a circle.")
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return

    def open(self, file: SourceFile) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Stream a file's bytes as Dropbox sends them."""
        about: About = ("file", file.path)
        if file.resource_key is None:
            route, arguments = "files/download", {"path": file.id}
            return self._own().download(route, arguments, about=about, size=file.size)
        way = read_way(file.resource_key)
        arguments = {"url": way.url, **({} if way.is_file else {"path": f"/{file.path}"})}
        return self._opening_links().download(
            "sharing/get_shared_link_file", arguments, about=about, size=file.size
        )

    async def quota(self) -> Quota | None:
        """How fast Dropbox is asked just now, in calls; None until it has asked us to slow down."""
        return await self._governor.quota()

    def seconds_for(self, files: int, pages: int = 0) -> float | None:
        """How long so many downloads and pages take at the pace that Dropbox lets us keep."""
        return self._governor.seconds_for(files + pages)

    async def _place(self, location: Location, *, interactive: bool = False) -> dict[str, Any]:
        """What a person named. Raises FolderRefused when it may be looked at only."""
        if location.resource_key is None:
            place = await self._own_place(location, interactive=interactive)
        else:
            way = read_way(location.resource_key)
            place = await self._opening_links().call(
                "sharing/get_shared_link_metadata",
                {"url": way.url},
                about=("folder", _name_of(location)),
                interactive=interactive,
            )
        if place.get("link_permissions", {}).get("allow_download") is False:
            raise FolderRefused(
                f"The owner of “{place.get('name')}” lets people look at it and not download it.",
                cure=SHARE_IT,
            )
        if not {".tag", "name"} <= place.keys():
            raise ProviderFailed("Dropbox's answer about a link lacks its kind or name.")
        return place

    async def _own_place(self, location: Location, *, interactive: bool) -> dict[str, Any]:
        """A folder of the account; the one that holds all the others has no metadata."""
        own = self._own()
        if location.ref == "/":
            return {".tag": "folder", "name": PROVIDER}
        return await own.call(
            "files/get_metadata",
            {"path": location.ref},
            about=("folder", location.ref),
            interactive=interactive,
        )

    async def _list(self, location: Location, cursor: str | None) -> SourcePage:
        way = read_way(location.resource_key) if location.resource_key else None
        api = self._opening_links() if way else self._own()
        about: About = ("folder", location.path or _name_of(location))
        if cursor is None:
            arguments = {"limit": PAGE_SIZE, **_whole_folder(location, way)}
            answer = await api.call("files/list_folder", arguments, about=about)
        else:
            answer = await api.call("files/list_folder/continue", {"cursor": cursor}, about=about)
        return _page_of(answer, location.path, way)

    def _opening_links(self) -> DropboxApi:
        if self._links is None:
            raise key_missing()
        return self._links

    def _own(self) -> DropboxApi:
        if self._account is None:
            raise token_missing()
        return self._account


def _name_of(location: Location) -> str:
    """What messages call it: the link without its key."""
    return location.ref.partition("?")[0]


def _whole_folder(location: Location, way: Way | None) -> dict[str, Any]:
    if way is None:
        return {"path": "" if location.ref == "/" else location.ref}
    path = f"/{location.path}" if location.path else ""
    return {"path": path, "shared_link": {"url": way.url}}


def _page_of(answer: dict[str, Any], folder_path: str, way: Way | None) -> SourcePage:
    try:
        entries = [entry for entry in answer["entries"] if is_shown(entry)]
        files = [file_of(each, folder_path, way) for each in entries if not is_folder(each)]
        folders = [folder_of(each, folder_path, way) for each in entries if is_folder(each)]
        return SourcePage(files, folders, answer["cursor"] if answer["has_more"] else None)
    except (AttributeError, KeyError, ValueError, TypeError):
        raise ProviderFailed("Dropbox's listing cannot be understood.") from None


def _page_of_one(place: dict[str, Any], location: Location) -> SourcePage:
    way = None
    if location.resource_key:
        way = replace(read_way(location.resource_key), is_file=True)
    try:
        return SourcePage([file_of(place, "", way)], [], None)
    except (AttributeError, KeyError, ValueError, TypeError):
        raise ProviderFailed("Dropbox's answer about a file cannot be understood.") from None


@asynccontextmanager
async def open_dropbox(settings: DropboxSettings, database: Database) -> AsyncIterator[Source]:
    """Connect, and disconnect at the end of the block. Raises SettingError.

    Without an app the source understands links and answers everything else with what to do.
    """
    app, token, urls = read_app(settings), read_refresh_token(settings), read_urls(settings)
    governor = AdaptiveGovernor(database, _name_of_limit(app, urls))
    async with open_sessions(USER_AGENT) as sessions:
        links = account = None
        if app and app.secret:
            links = DropboxApi(urls, AppSignature(app.key, app.secret), governor, sessions)
        if app and token:
            signature = RefreshedSignature(urls.token, app, token, sessions[0])
            account = DropboxApi(urls, signature, governor, sessions)
        try:
            yield Dropbox(links, account, governor)
        finally:
            await governor.close()


def _name_of_limit(app: DropboxApp | None, urls: DropboxUrls) -> str:
    """All processes of one app share its limit; a part of the app's hash names it."""
    credential = f"{urls.api.origin()} {app.key if app else ''}"
    return f"{SOURCE}:{hashlib.sha256(credential.encode()).hexdigest()[:16]}"
