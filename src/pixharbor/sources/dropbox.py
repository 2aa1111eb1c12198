"""Dropbox: links as everybody who has them sees them, and one's own account's folders."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any, Final

import aiohttp
from pydantic import SecretStr

from pixharbor.db.engine import Database
from pixharbor.db.sealed import SealBroken, Sealer
from pixharbor.sources.accounts import Account, Credentials, Place
from pixharbor.sources.adaptive_governor import AdaptiveGovernor
from pixharbor.sources.base import (
    DailyCap,
    FolderRefused,
    LinkNotUnderstood,
    Location,
    ProviderFailed,
    Quota,
    Source,
    SourceFile,
    SourceInfo,
    SourcePage,
)
from pixharbor.sources.dropbox_entries import file_of, folder_of, is_folder, is_shown
from pixharbor.sources.dropbox_errors import SHARE_IT, key_missing, password_lost, token_missing
from pixharbor.sources.dropbox_http import PROVIDER, USER_AGENT, About, DropboxApi
from pixharbor.sources.dropbox_links import (
    OWN_FOLDERS,
    SOURCE,
    Way,
    own_path,
    own_place,
    read_link,
    read_way,
)
from pixharbor.sources.dropbox_settings import (
    DropboxApp,
    DropboxSettings,
    DropboxUrls,
    read_app,
    read_refresh_token,
    read_urls,
)
from pixharbor.sources.dropbox_tokens import (
    AccountSignature,
    AppSignature,
    FreshSignature,
    NoSignature,
    RefreshedSignature,
    Signature,
)
from pixharbor.sources.governor import Governor
from pixharbor.sources.link_passwords import unseal_password
from pixharbor.sources.provider_http import open_sessions

# Links of a free account; most paid ones give 1 TB (help.dropbox.com, banned links).
FREE_OWNER: Final = DailyCap(
    "a free Dropbox account", bytes=20 * 10**9, files=100_000, certain=False
)
# The most that Dropbox gives in one page.
PAGE_SIZE: Final = 2000


class Dropbox:
    """Implements Source, Governed, Capped, PasswordProtected, Triable, Private and Browsable.

    `links` opens links, and `account` the own folders of an account, whose id is `owner`.
    """

    name = SOURCE
    provider = PROVIDER

    def __init__(
        self,
        links: DropboxApi,
        account: DropboxApi,
        governor: Governor,
        as_seen_by: Callable[[Credentials], "Dropbox"],
        owner: str = "",
    ) -> None:
        self._links = links
        self._account = account
        self._governor = governor
        self._as_seen_by = as_seen_by
        self._owner = owner
        self.sealer: Sealer | None = None

    def locate(self, link: str) -> Location:
        """Understand a link, without asking anybody. Raises LinkNotUnderstood.

        Each account has folders of its own, so its id is a part of their place.
        """
        location = read_link(link)
        if location.resource_key is None and self._owner:
            return replace(location, ref=f"{self._owner}:{location.ref}")
        return location

    def with_password(self, location: Location, sealed: str) -> Location:
        """The same link, opened by a password. Raises LinkNotUnderstood for an own folder."""
        if location.resource_key is None:
            raise LinkNotUnderstood("One's own folder has no password.", cure="Leave it out.")
        way = replace(read_way(location.resource_key), sealed=sealed)
        return replace(location, resource_key=str(way))

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
            return self._account.download(
                "files/download", {"path": file.id}, about=about, size=file.size
            )
        way = read_way(file.resource_key)
        inside = {} if way.is_file else {"path": f"/{file.path}"}
        return self._links.download(
            "sharing/get_shared_link_file", self._by(way) | inside, about=about, size=file.size
        )

    async def quota(self) -> Quota | None:
        """How fast Dropbox is asked just now, in calls; None until it has asked us to slow down."""
        return await self._governor.quota()

    def seconds_for(self, files: int, pages: int = 0) -> float | None:
        """How long so many downloads and pages take at the pace that Dropbox lets us keep."""
        return self._governor.seconds_for(files + pages)

    def daily_cap(self, link: str) -> DailyCap | None:
        """A link's owner has a limit; the smallest is told: nobody knows what the owner pays."""
        return None if self.locate(link).resource_key is None else FREE_OWNER

    async def identify(self, token: str) -> Account:
        """Whose access token this is."""
        about = await self._links.signed(FreshSignature(token)).call(
            "users/get_current_account", {}, about=("folder", "account"), interactive=True
        )
        if not about.get("account_id"):
            raise ProviderFailed("Dropbox does not say whose account this is.")
        name = about.get("email") or about["account_id"]
        return Account(str(about["account_id"]), str(name))

    async def try_credentials(self) -> str:
        """A question for the app, if links are opened by it, and one for the account."""
        opens = []
        if self._links.by_app:
            await self._links.call(
                "check/app", {"query": "pixharbor"}, about=("folder", "app"), interactive=True
            )
            opens.append("the app opens links")
        if not self._account.by_app:
            # Whose account it is would need a permission that imports do without.
            root = {"path": "", "limit": 1}
            await self._account.call(
                "files/list_folder", root, about=("folder", "/"), interactive=True
            )
            opens.append("the account opens its own folders")
        return ", ".join(opens)

    def signed_in(self, credentials: Credentials) -> "Dropbox":
        """The same source as that account sees it, at a pace of its own."""
        source = self._as_seen_by(credentials)
        source.sealer = self.sealer
        return source

    async def places(self, link: str | None) -> list[Place]:
        """The account's folders, or those in the folder that `link` leads to: its first page."""
        location = self.locate(link or OWN_FOLDERS)
        page = await self._list(location, None)
        return [own_place(own_path(location), each.path) for each in page.folders]

    async def _place(self, location: Location, *, interactive: bool = False) -> dict[str, Any]:
        """What a person named. Raises FolderRefused when it may be looked at only."""
        if location.resource_key is None:
            return await self._own_place(location, interactive=interactive)
        place = await self._links.call(
            "sharing/get_shared_link_metadata",
            self._by(read_way(location.resource_key)),
            about=("folder", _name_of(location)),
            interactive=interactive,
        )
        if place.get("link_permissions", {}).get("allow_download") is False:
            raise FolderRefused(
                f"The owner of “{place.get('name')}” lets people look at it and not download it.",
                cure=SHARE_IT,
            )
        return _complete(place)

    async def _own_place(self, location: Location, *, interactive: bool) -> dict[str, Any]:
        """A folder or file of the account; the folder that holds all has no metadata."""
        path = own_path(location)
        if path == "/":
            return {".tag": "folder", "name": PROVIDER}
        place = await self._account.call(
            "files/get_metadata", {"path": path}, about=("folder", path), interactive=interactive
        )
        return _complete(place)

    async def _list(self, location: Location, cursor: str | None) -> SourcePage:
        way = read_way(location.resource_key) if location.resource_key else None
        api = self._links if way else self._account
        about: About = ("folder", location.path or _name_of(location))
        if cursor is None:
            arguments = {"limit": PAGE_SIZE, **self._children(location, way)}
            answer = await api.call("files/list_folder", arguments, about=about)
        else:
            answer = await api.call("files/list_folder/continue", {"cursor": cursor}, about=about)
        return _page_of(answer, location.path, way)

    def _children(self, location: Location, way: Way | None) -> dict[str, Any]:
        """The folder, in the words of list_folder: by its place in the account or in the link."""
        if way is None:
            path = own_path(location)
            return {"path": "" if path == "/" else path}
        by = self._by(way)
        password = {"password": by["link_password"]} if "link_password" in by else {}
        path = f"/{location.path}" if location.path else ""
        return {"path": path, "shared_link": {"url": by["url"], **password}}

    def _by(self, way: Way) -> dict[str, str]:
        """What opens a link, in the words of the sharing routes. Raises PasswordNeeded."""
        if not way.sealed:
            return {"url": way.url}
        try:
            assert self.sealer is not None
            password = unseal_password(self.sealer, way.sealed)
        except SealBroken:
            raise password_lost() from None
        return {"url": way.url, "link_password": password}


def _name_of(location: Location) -> str:
    """What messages call it: the link without its key."""
    return location.ref.partition("?")[0]


def _complete(place: dict[str, Any]) -> dict[str, Any]:
    if not {".tag", "name"} <= place.keys():
        raise ProviderFailed("Dropbox's answer about a link lacks its kind or name.")
    return place


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
    async with open_sessions(USER_AGENT) as sessions, AsyncExitStack() as stack:

        def pace_of(whom: str) -> Governor:
            governor = AdaptiveGovernor(database, _name_of_limit(f"{urls.api.origin()} {whom}"))
            stack.push_async_callback(governor.close)
            return governor

        def as_seen_by(credentials: Credentials) -> Dropbox:
            owner = credentials.account.id
            governor = pace_of(owner)
            api = DropboxApi(urls, AccountSignature(credentials), governor, sessions)
            return Dropbox(api, api, governor, as_seen_by, owner)

        governor = pace_of(app.key if app else "")
        links, account = _signatures(app, token, urls, sessions[0])
        opening_links = DropboxApi(urls, links, governor, sessions)
        yield Dropbox(opening_links, opening_links.signed(account), governor, as_seen_by)


def _signatures(
    app: DropboxApp | None,
    token: SecretStr | None,
    urls: DropboxUrls,
    session: aiohttp.ClientSession,
) -> tuple[Signature, Signature]:
    """What the settings open links and own folders with; an account opens links too."""
    links: Signature = NoSignature(key_missing)
    account: Signature = NoSignature(token_missing)
    if app and token:
        links = account = RefreshedSignature(urls.token, app, token, session)
    if app and app.secret:
        links = AppSignature(app.key, app.secret)
    return links, account


def _name_of_limit(credential: str) -> str:
    """All processes share an app's or an account's limit; a part of a hash names it."""
    return f"{SOURCE}:{hashlib.sha256(credential.encode()).hexdigest()[:16]}"
