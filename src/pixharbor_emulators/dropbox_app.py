"""The Dropbox emulator's ASGI application: who asks, what for, what goes wrong, the answer."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import uuid4

import orjson

from pixharbor_emulators import dropbox_errors as errors
from pixharbor_emulators.drive_errors import Headers, Refused, Reply
from pixharbor_emulators.drive_media import (
    Receive,
    Scope,
    Send,
    Sender,
    SpoiltBody,
    header,
    send_file,
)
from pixharbor_emulators.dropbox_calls import (
    PREFIX,
    ROUTES,
    TOKEN_PATH,
    read_arguments,
    read_authorization,
)
from pixharbor_emulators.dropbox_consent import AUTHORIZE_PATH
from pixharbor_emulators.dropbox_faults import declared_fault, parse_fault
from pixharbor_emulators.dropbox_listing import Lister, begin, read_cursor
from pixharbor_emulators.dropbox_metadata import account, link_metadata, metadata
from pixharbor_emulators.dropbox_tokens import Tokens
from pixharbor_emulators.dropbox_tree import DropboxEntry, DropboxTree
from pixharbor_emulators.faults import Call, Cut, EmptyPage, Fault, Kind, OneEntryPage, Wait
from pixharbor_emulators.request_log import Entry, RequestLog, now

_EMULATOR: Final = "/_emulator/"

Spoil = SpoiltBody | EmptyPage | OneEntryPage | None


@dataclass(slots=True)
class Request:
    """One request, as far as it has been understood. `about` is the entry that it is for."""

    at: float
    kind: Kind
    route: str
    scope: Scope
    arguments: dict[str, Any] = field(default_factory=dict)
    user: str = ""
    about: DropboxEntry | None = None
    attempt: int = 0
    fault: str = ""


class DropboxSender(Sender):
    """An answer of Dropbox: every one has a number."""

    async def start(self, status: int, headers: Headers) -> None:
        """Send status and headers."""
        numbered = [*headers, (b"x-dropbox-request-id", uuid4().hex.encode())]
        await super().start(status, numbered)


class Dropbox:
    """Serves one tree. `log`, `tree`, `lister`, `tokens` and `faults` may be read from outside."""

    def __init__(
        self,
        root: Path,
        *,
        faults: Sequence[str] = (),
        apps: Collection[str] | None = None,
        refresh_tokens: Collection[str] | None = None,
        token_seconds: float = 14_400,
    ) -> None:
        self.faults: list[Fault] = [fault for fault in map(parse_fault, faults) if fault]
        self.tree = DropboxTree(root)
        self.lister = Lister(self.tree)
        self.log = RequestLog()
        self.tokens = Tokens(apps, refresh_tokens, token_seconds)
        self._attempts: Counter[tuple[str, str, str | None]] = Counter()
        self._held: asyncio.Event | None = None
        self._routes: Mapping[str, Callable[[Request, Sender], Awaitable[None]]] = {
            "files/list_folder": self._list_folder,
            "files/list_folder/continue": self._continue,
            "files/get_metadata": self._look_at_entry,
            "files/download": self._download,
            "sharing/get_shared_link_metadata": self._look_at_link,
            "sharing/get_shared_link_file": self._download_linked,
            "users/get_current_account": self._look_at_account,
            "check/app": self._echo,
        }
        for entry in self.tree.by_id.values():
            if entry.declared.fault:
                declared_fault(entry.declared.fault)  # a misspelt one is told now

    @property
    def folder_link(self) -> str:
        """The link that a person would paste."""
        return self.tree.link()

    def close(self) -> None:
        """End the threads that hash."""
        self.lister.close()

    def hold_downloads(self) -> None:
        """Let downloads wait from now on; call it in the server's thread."""
        self._held = self._held or asyncio.Event()

    def release_downloads(self) -> None:
        """Let the waiting downloads go on; call it in the server's thread."""
        if self._held:
            self._held.set()
            self._held = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        path: str = scope["path"]
        if path.startswith(_EMULATOR):
            about = self._about_itself(path)
            await DropboxSender(scope, receive, send, lambda *_: None).reply(about)
            return
        name = path.removeprefix(PREFIX)
        route = ROUTES.get(name)
        request = Request(now(), route.kind if route else "other", name, scope)
        sender = DropboxSender(
            scope, receive, send, lambda status, sent: self._record(request, status, sent)
        )
        try:
            if path == TOKEN_PATH:
                body = await _read_body(receive)
                await sender.reply(self.tokens.answer(header(scope, b"authorization"), body))
            elif path == AUTHORIZE_PATH:
                asked = dict(parse_qsl(scope["query_string"].decode()))
                await sender.reply(self.tokens.codes.answer(asked))
            else:
                await self._answer(request, sender, receive)
        except Refused as refused:
            await sender.reply(refused.reply)
        finally:
            sender.finish()

    async def _answer(self, request: Request, sender: Sender, receive: Receive) -> None:
        route = ROUTES.get(request.route)
        method = request.scope["method"]
        if route is None or method not in ("POST", "GET" if route.style == "download" else "POST"):
            raise Refused(errors.unknown_address())
        scheme, credentials = read_authorization(request.route, route, request.scope)
        request.user = self.tokens.check(request.route, route.scope, scheme, credentials)
        # A download has no body, and reading none would cost as much as finding the file.
        body = b"" if route.style == "download" else await _read_body(receive)
        request.arguments = read_arguments(request.route, route, request.scope, body)
        await self._routes[request.route](request, sender)

    async def _list_folder(self, request: Request, sender: Sender) -> None:
        arguments = request.arguments
        path, link = arguments["path"], arguments.get("shared_link")
        below = None
        if path == "/":
            reason = 'path: Specify the root folder as an empty string rather than as "/".'
            raise Refused(errors.bad_request(request.route, reason))
        if link is not None:
            if arguments.get("recursive"):
                reason = "Recursive list folder is not supported for shared link."
                raise Refused(errors.bad_request(request.route, reason))
            below = self._follow(link.get("url", ""), link.get("password"), "path", "not_found")
            request.about = self._below(below, path, "path", "not_found")
        else:
            request.about = self._in_account(request, path)
        if not request.about.is_folder:
            raise Refused(errors.route_error("path", "not_folder"))
        listing = begin(request.about, below, arguments)
        spoil = await self._strike(request, sender)
        await self._send_page(sender, await self.lister.answer(listing, _page_spoil(spoil)), spoil)

    async def _continue(self, request: Request, sender: Sender) -> None:
        try:
            listing = read_cursor(request.arguments["cursor"])
        except ValueError:
            reason = 'cursor: Invalid "cursor" parameter'
            raise Refused(errors.bad_request(request.route, reason)) from None
        request.about = self.tree.by_id.get(listing.folder)
        spoil = await self._strike(request, sender)
        await self._send_page(sender, await self.lister.answer(listing, _page_spoil(spoil)), spoil)

    async def _send_page(self, sender: Sender, page: Reply, spoil: Spoil) -> None:
        if isinstance(spoil, Cut):
            await sender.reset()
        else:
            await sender.reply(page)

    async def _look_at_link(self, request: Request, sender: Sender) -> None:
        entry = self._linked(request)
        await self._tell(
            request, sender, link_metadata(entry, request.arguments["url"], self.tree.sidecar.link)
        )

    async def _look_at_entry(self, request: Request, sender: Sender) -> None:
        request.about = self._in_account(request, request.arguments["path"])
        await self._tell(request, sender, metadata(request.about))

    async def _look_at_account(self, request: Request, sender: Sender) -> None:
        await self._tell(request, sender, account())

    async def _echo(self, request: Request, sender: Sender) -> None:
        await self._tell(request, sender, {"result": request.arguments.get("query", "")})

    async def _tell(self, request: Request, sender: Sender, answer: object) -> None:
        if isinstance(await self._strike(request, sender), Cut):
            await sender.reset()
        else:
            await sender.reply(errors.json(200, answer))

    async def _download_linked(self, request: Request, sender: Sender) -> None:
        entry = self._linked(request)
        rules = self.tree.sidecar.link
        if entry.is_folder:
            raise Refused(errors.route_error("shared_link_is_directory"))
        if entry.disk_path is None or not rules.allow_download:
            raise Refused(errors.route_error("shared_link_access_denied"))
        about = link_metadata(entry, request.arguments["url"], rules)
        await self._send_bytes(request, sender, about, "shared_link_not_found")

    async def _download(self, request: Request, sender: Sender) -> None:
        entry = request.about = self._in_account(request, request.arguments["path"])
        if entry.is_folder:
            raise Refused(errors.route_error("path", "not_file"))
        if entry.disk_path is None:
            raise Refused(errors.route_error("unsupported_file"))
        await self._send_bytes(request, sender, metadata(entry), "path", "not_found")

    async def _send_bytes(
        self, request: Request, sender: Sender, about: dict[str, Any], *when_gone: str
    ) -> None:
        assert request.about is not None
        spoil = await self._strike(request, sender)
        if self._held is not None:
            await self._wait_to_be_released(self._held)
        etag = f'"{request.about.rev}"'.encode()
        if header(request.scope, b"if-none-match") == etag:
            raise Refused(Reply(304, b"", [(b"etag", etag)]))
        told = json.dumps(about).replace("\x7f", "\\u007f").encode()
        headers = [(b"dropbox-api-result", told), (b"etag", etag)]
        try:
            spoilt = spoil if isinstance(spoil, SpoiltBody) else None
            await send_file(sender, request.about, spoilt, headers)
        except Refused as refused:
            if refused.reply.status != 404:  # noqa: PLR2004 - Not Found, as Drive would say it
                raise
            raise Refused(errors.route_error(*when_gone)) from None

    async def _wait_to_be_released(self, released: asyncio.Event) -> None:
        self.log.counts.held += 1
        self.log.look_again()
        try:
            await released.wait()
        finally:
            self.log.counts.held -= 1

    def _linked(self, request: Request) -> DropboxEntry:
        """Return what a link, or a path below it, means. Raises Refused."""
        asked = request.arguments
        place = self._follow(asked["url"], asked.get("link_password"), "shared_link_not_found")
        request.about = self._below(place, asked.get("path") or "", "shared_link_not_found")
        return request.about

    def _follow(self, url: str, password: str | None, *when_missing: str) -> DropboxEntry:
        entry = self.tree.follow(url)
        if entry is None:
            raise Refused(errors.route_error(*when_missing))
        if self.tree.sidecar.link.password not in (None, password):
            # Listings know no errors of links: theirs are those of paths.
            in_list = when_missing[0] == "path"
            tags = ("path", "restricted_content") if in_list else ("shared_link_access_denied",)
            raise Refused(errors.route_error(*tags))
        return entry

    def _below(self, place: DropboxEntry, path: str, *when_missing: str) -> DropboxEntry:
        found = self.tree.find(f"{place.path}/{path.strip('/')}") if path.strip("/") else place
        if found is None or (path and not path.startswith("/")):
            raise Refused(errors.route_error(*when_missing))
        return found

    def _in_account(self, request: Request, path: str) -> DropboxEntry:
        """Return an entry by its path or id. Raises Refused."""
        if request.user.startswith("app "):
            raise Refused(errors.wrong_authorization(request.route, '"Bearer <access token>"'))
        if path and not path.startswith(("/", "id:")):
            reason = f"path: '{path}' did not match pattern '(/(.|[\\r\\n])*)?|id:.*'"
            raise Refused(errors.bad_request(request.route, reason))
        found = self.tree.by_id.get(path) if path.startswith("id:") else self.tree.find(path)
        if found is None:
            raise Refused(errors.route_error("path", "not_found"))
        return found

    async def _strike(self, request: Request, sender: Sender) -> Spoil:
        """Let faults act on the request; what remains is how the answer is to be spoilt."""
        call = self._call(request)
        for fault in (*self.faults, *_declared(request.about)):
            act = fault.act(call)
            if act is None:
                continue
            request.fault = fault.name
            if isinstance(act, Wait):
                await sender.pause(act.seconds)
            elif isinstance(act, Reply):
                raise Refused(act)
            elif isinstance(act, SpoiltBody | EmptyPage | OneEntryPage):
                return act
        return None

    def _call(self, request: Request) -> Call:
        about = request.about.id if request.about else ""
        cursor = request.arguments.get("cursor")
        self._attempts[request.route, about, cursor] += 1
        request.attempt = self._attempts[request.route, about, cursor]
        return Call(
            kind=request.kind,
            id=about,
            attempt=request.attempt,
            user=request.user,
            at=request.at,
            units=1,
            page_token=cursor,
            signed_in=not request.user.startswith("app "),
        )

    def _record(self, request: Request, status: int, sent: int) -> None:
        self.log.add(
            Entry(
                request.at,
                request.kind,
                request.about.id if request.about else "",
                request.attempt,
                status,
                sent,
                1,
                "quota" if request.fault == "rate" else request.fault,
                request.scope["path"],
                orjson.dumps(request.arguments),
                header(request.scope, b"range"),
            )
        )

    def _about_itself(self, path: str) -> Reply:
        if path == f"{_EMULATOR}counts":
            return errors.json(200, self.log.counts.as_dict())
        if path == f"{_EMULATOR}rescan":
            self.tree.scan()
            return errors.json(200, {"entries": len(self.tree.by_id)})
        return errors.unknown_address()


def _declared(about: DropboxEntry | None) -> list[Fault]:
    """Return the fault that the sidecar declares for what is asked for."""
    if about is None or about.declared.fault is None:
        return []
    return [declared_fault(about.declared.fault, folder=about.is_folder)]


def _page_spoil(spoil: Spoil) -> EmptyPage | OneEntryPage | None:
    return spoil if isinstance(spoil, EmptyPage | OneEntryPage) else None


async def _read_body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
