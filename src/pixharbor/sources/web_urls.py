"""Web addresses: single images by their address, and lists of up to a million of them."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final, Literal

import aiohttp
from pydantic import Field
from yarl import URL

from pixharbor.db.engine import Database
from pixharbor.sources.base import (
    FileRefused,
    FileUnchanged,
    FileVanished,
    FolderMissing,
    FolderRefused,
    Location,
    RateLimited,
    Source,
    SourceError,
    SourceFile,
    SourceInfo,
    SourcePage,
    Told,
)
from pixharbor.sources.safe_http import (
    AddressRefused,
    Answer,
    SafeHttp,
    SafeHttpSettings,
    open_safe_http,
)
from pixharbor.sources.safe_http_answers import error_for
from pixharbor.sources.web_urls_hosts import Hosts
from pixharbor.sources.web_urls_links import (
    LIST_PREFIX,
    LONGEST_NAME,
    SOURCE,
    id_of,
    is_page_of_another_source,
    name_of,
    not_understood,
    read_address,
)
from pixharbor.sources.web_urls_lists import UrlList, find_list, read_page
from pixharbor.sources.web_urls_robots import check_robots
from pixharbor.sources.web_urls_versions import NOT_MODIFIED, moment, unless, version_told

# Of one chunk: most of them wait for their hosts, which costs nothing.
FILES_AT_ONCE: Final = 64


class WebUrlsSettings(SafeHttpSettings):
    """How hosts are treated: requests to each at a time, by each process; and X-Robots-Tag."""

    web_urls_per_host: int = Field(default=8, ge=1, le=256)
    obey_x_robots_tag: bool = True


class WebUrls:
    """Implements Source, ManyHosts and Conditional; see sources/base.py."""

    name = SOURCE
    asks_whether_changed: Literal[True] = True
    files_at_once = FILES_AT_ONCE

    def __init__(
        self, http: SafeHttp, database: Database, *, per_host: int, obey_robots: bool
    ) -> None:
        self._http = http
        self._database = database
        self._hosts = Hosts(per_host, database)
        self._obey_robots = obey_robots
        self.files_per_host = per_host

    def locate(self, link: str) -> Location:
        """Understand an address, or the name of a list that is kept. Raises LinkNotUnderstood."""
        if link.startswith(LIST_PREFIX):
            return Location(SOURCE, link)
        try:
            url = read_address(link)
        except SourceError as error:
            raise not_understood(error.message) from None
        if is_page_of_another_source(url):
            raise not_understood(f"{url.host} shows pages, not images.")
        ref, whole = id_of(str(url))
        return Location(SOURCE, ref, "file", resource_key=whole)

    async def check(self, location: Location) -> SourceInfo:
        """See whether the list is kept, or whether the address answers with a file."""
        if location.ref.startswith(LIST_PREFIX):
            kept = await self._list(location)
            return SourceInfo(f"{kept.name} ({kept.lines:,} addresses)", "folder")
        try:
            async with self._answer(_url_of(location.ref, location.resource_key)) as answer:
                return SourceInfo(_name_told(answer) or name_of(answer.url), "file")
        except (FileRefused, AddressRefused) as error:
            raise FolderRefused(error.message, code=error.code, cure=error.cure) from None
        except FileVanished as error:
            raise FolderMissing(error.message, cure="Open it in a browser to see.") from None

    async def list_pages(self, location: Location, cursor: str | None) -> AsyncIterator[SourcePage]:
        """Yield the list's addresses; `cursor` is the next page's number. Asks no host."""
        if not location.ref.startswith(LIST_PREFIX):
            address = location.resource_key or location.ref
            yield SourcePage([_file_of(address)], [], None)
            return
        kept = await self._list(location)
        for number in range(int(cursor or 0), kept.pages):
            lines = await read_page(self._database, kept.id, number)
            if lines is None:
                raise FolderMissing("A part of this list is no longer kept: bring it again.")
            following = str(number + 1) if number + 1 < kept.pages else None
            yield SourcePage([_file_of(line) for line in lines], [], following)

    @asynccontextmanager
    async def open(self, file: SourceFile) -> AsyncIterator["Download"]:
        """Stream a file's bytes, and what the answer says of it. Raises FileUnchanged."""
        url = _url_of(file.id, file.resource_key)
        async with self._answer(url, unless(file.version)) as answer:
            if file.version and answer.status == NOT_MODIFIED:
                raise FileUnchanged
            yield Download(
                answer, version_told(answer) if answer.url == url.with_user(None) else None
            )

    def host_of(self, file_id: str, resource_key: str | None) -> str:
        """The host that a file is asked of; "" for a line that names none."""
        try:
            return _url_of(file_id, resource_key).host or ""
        except SourceError:
            return ""

    @asynccontextmanager
    async def _answer(
        self, url: URL, conditions: Mapping[str, str] | None = None
    ) -> AsyncIterator[Answer]:
        """A host's answer that is a file, or with `conditions` that it is as it was.

        Waits for the host's turn, and slows down if asked to.
        """
        getting = self._http.get(url, conditions=conditions, turn_at=self._hosts.turn)
        async with getting as answer:
            host = answer.url.host or ""
            unchanged = bool(conditions) and answer.status == NOT_MODIFIED
            error = None if unchanged else error_for(answer.status, answer.headers, host)
            if isinstance(error, RateLimited):
                await self._hosts.penalise(host, error.retry_after)
            if error:
                raise error
            self._hosts.relent(host)
            if self._obey_robots:
                check_robots(answer.headers, host)
            yield answer

    async def _list(self, location: Location) -> UrlList:
        kept = await find_list(self._database, location.ref.removeprefix(LIST_PREFIX))
        if kept is None:
            raise FolderMissing("This list is not kept (any more).", cure="Upload the list again.")
        return kept


class Download:
    """A file's bytes as they come; see Telling in sources/base.py."""

    def __init__(self, answer: Answer, version: str | None) -> None:
        self._body = answer.body
        self.told = Told(
            name=_name_told(answer),
            size=answer.size,
            modified_at=moment(answer.headers.get("Last-Modified")),
            version=version,
        )

    def __aiter__(self) -> "Download":
        """Go through the bytes, once."""
        return self

    async def __anext__(self) -> bytes:
        """The next bytes."""
        return await anext(self._body)


def _file_of(line: str) -> SourceFile:
    """A line of a list; one that is no address is an item, too, with the reason for its fate."""
    try:
        url = read_address(line)
    except SourceError as error:
        file_id, whole = id_of(line)
        fate = ("failed", error.reason, error.message)
        return SourceFile(file_id, line[:LONGEST_NAME], line, resource_key=whole, fate=fate)
    file_id, whole = id_of(str(url))
    return SourceFile(file_id, name_of(url), str(url), resource_key=whole)


def _url_of(file_id: str, whole: str | None) -> URL:
    """The address behind an item's id. Raises NotAnAddress for a line that is none (a retry)."""
    return read_address(whole or file_id)


def _name_told(answer: Answer) -> str | None:
    """The file's name as the host gives it; never more than a name."""
    try:
        _, parameters = aiohttp.multipart.parse_content_disposition(
            answer.headers.get("Content-Disposition")
        )
        name = (aiohttp.multipart.content_disposition_filename(parameters) or "").replace("\0", "")
    except ValueError:
        return None
    return re.split(r"[\\/]", name)[-1].strip()[:LONGEST_NAME] or None


@asynccontextmanager
async def open_web_urls(settings: WebUrlsSettings, database: Database) -> AsyncIterator[Source]:
    """Connections for the length of the block."""
    async with open_safe_http(settings) as http:
        yield WebUrls(
            http,
            database,
            per_host=settings.web_urls_per_host,
            obey_robots=settings.obey_x_robots_tag,
        )
