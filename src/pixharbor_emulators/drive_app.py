"""The Drive emulator's ASGI application: who asks, what for, what goes wrong, the answer."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

import orjson

from pixharbor_emulators.drive_account import ACCOUNT_PATHS, about_account
from pixharbor_emulators.drive_errors import (
    Refused,
    Reply,
    bad_token,
    no_credentials,
    not_downloadable,
    not_found,
    unknown_address,
    unknown_key,
)
from pixharbor_emulators.drive_fault_profiles import parse_faults
from pixharbor_emulators.drive_fields import file_selection
from pixharbor_emulators.drive_listing import Listing, SpoiltPage
from pixharbor_emulators.drive_media import (
    Receive,
    Scope,
    Send,
    Sender,
    SpoiltBody,
    header,
    send_file,
)
from pixharbor_emulators.drive_query import Query, parse_query
from pixharbor_emulators.drive_resource import has_no_bytes, resource
from pixharbor_emulators.drive_tree import DriveFile, DriveTree
from pixharbor_emulators.faults import (
    UNITS,
    Act,
    Call,
    Cut,
    Fault,
    Kind,
    MovedEntry,
    Pack,
    Wait,
    declared_fault,
)
from pixharbor_emulators.google_oauth import TOKEN_PREFIX, GoogleOAuth, User
from pixharbor_emulators.google_sign_in import SIGN_IN_PATHS, answer_sign_in
from pixharbor_emulators.listing_lies import ListingLie
from pixharbor_emulators.request_log import Entry, RequestLog, now

PREFIX: Final = "/drive/v3/files"
_CONTENT: Final = "/_content/"
_EMULATOR: Final = "/_emulator/"


@dataclass(slots=True)
class Request:
    """One request, as far as it has been understood."""

    at: float
    kind: Kind
    id: str
    parameters: Mapping[str, str]
    scope: Scope
    query: Query | None = None
    user: str = ""
    signed_in: bool = False
    account: User | None = None
    attempt: int = 0
    fault: str = ""


class GoogleDrive:
    """Serves one tree. `log`, `tree`, `listing`, `faults` and `oauth` may be read from outside."""

    def __init__(
        self,
        root: Path,
        *,
        faults: Sequence[str] = (),
        keys: Collection[str] | None = None,
        tokens: Collection[str] | None = None,
    ) -> None:
        self.faults: list[Fault] = list(parse_faults(faults))
        self.tree = DriveTree(root, [lie for lie in self.faults if isinstance(lie, ListingLie)])
        self.listing = Listing(self.tree)
        self.log = RequestLog()
        self.oauth = GoogleOAuth()
        self._keys = keys
        self._tokens = tokens
        self._attempts: Counter[tuple[str, str, str | None]] = Counter()
        self._held: asyncio.Event | None = None
        for file in self.tree.files.values():
            if file.override.fault:
                declared_fault(file.override.fault)  # a misspelt one is told now, not while serving

    @property
    def folder_link(self) -> str:
        """The link that a person would paste, with the folder's resource key if it has one."""
        link = f"https://drive.google.com/drive/folders/{self.tree.root_id}"
        key = self.tree.files[self.tree.root_id].override.resource_key
        return f"{link}?resourcekey={key}" if key else link

    def close(self) -> None:
        """End the threads that hash."""
        self.listing.close()

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
            await Sender(scope, receive, send, lambda *_: None).reply(self._about_itself(path))
            return
        if path in SIGN_IN_PATHS:
            reply = await answer_sign_in(self.oauth, scope, receive)
            await Sender(scope, receive, send, lambda *_: None).reply(reply)
            return
        request = _understood(scope)
        sender = Sender(
            scope, receive, send, lambda status, sent: self._record(request, status, sent)
        )
        try:
            await self._answer(request, sender)
        except Refused as refused:
            await sender.reply(refused.reply)
        finally:
            sender.finish()

    async def _answer(self, request: Request, sender: Sender) -> None:
        if request.kind == "other" and request.scope["path"] not in ACCOUNT_PATHS:
            raise Refused(unknown_address())
        self._authenticate(request)
        if request.kind == "other":
            await sender.reply(about_account(self.tree, request.scope["path"], request.account))
            return
        if request.kind == "list":
            self._read_query(request)
        spoil = await self._strike(request, sender)
        if request.kind == "download":
            await self._download(request, sender, spoil)
        elif isinstance(spoil, Cut):
            await sender.reset()
        else:
            is_list = request.kind == "list"
            reply = await self._list(request, spoil) if is_list else self._get(request)
            await sender.reply(reply, packed=isinstance(spoil, Pack))

    def _authenticate(self, request: Request) -> None:
        """Find out who asks: a bearer token, or a key in the query or the header."""
        if request.scope["path"].startswith(_CONTENT):
            return  # the address itself is the secret, as at googleusercontent.com
        bearer = header(request.scope, b"authorization").removeprefix(b"Bearer ").decode()
        key = request.parameters.get("key") or header(request.scope, b"x-goog-api-key").decode()
        if bearer:
            request.account = self.oauth.who(bearer)
            ended = request.account is None and bearer.startswith(TOKEN_PREFIX)
            if ended or not (request.account or self._tokens is None or bearer in self._tokens):
                raise Refused(bad_token())
            request.signed_in = True
        elif not key:
            raise Refused(no_credentials())
        elif self._keys is not None and key not in self._keys:
            raise Refused(unknown_key())
        account = request.account.email if request.account else bearer
        request.user = request.parameters.get("quotaUser") or account or key

    def _read_query(self, request: Request) -> None:
        alias = self.tree.root_id if request.signed_in else None
        request.query = parse_query(request.parameters.get("q"), alias)
        request.id = ",".join(request.query.parents)

    async def _strike(self, request: Request, sender: Sender) -> Act | None:
        """Let faults act on the request; what remains is how the answer is to be spoilt.

        Of several the first counts, and a refusal before what only spoils an answer.
        """
        call = self._call(request)
        spoil = None
        for fault in (*self.faults, *self._declared(request)):
            act = fault.act(call)
            if act is None or (spoil and not isinstance(act, Reply | Wait)):
                continue
            request.fault = fault.name
            if isinstance(act, Wait):
                await sender.pause(act.seconds)
            elif isinstance(act, Reply):
                raise Refused(act)
            else:
                spoil = act
        return spoil

    def _call(self, request: Request) -> Call:
        page_token = request.parameters.get("pageToken")
        attempted = (request.kind, request.id, page_token)
        self._attempts[attempted] += 1
        request.attempt = self._attempts[attempted]
        server = request.scope["server"]
        return Call(
            kind=request.kind,
            id=request.id,
            attempt=request.attempt,
            user=request.user,
            at=request.at,
            units=UNITS[request.kind],
            page_token=page_token,
            signed_in=request.signed_in,
            origin=f"http://{server[0]}:{server[1]}",
            redirected=request.scope["path"].startswith(_CONTENT),
            acknowledges_abuse=request.signed_in
            and request.parameters.get("acknowledgeAbuse") == "true",
        )

    def _declared(self, request: Request) -> list[Fault]:
        """Return the faults that the sidecar declares for the file or the listed folders."""
        if request.scope["path"].startswith(_CONTENT):
            return []
        ids = request.query.parents if request.query else (request.id,)
        files = [self.tree.files[each] for each in ids if each in self.tree.files]
        return [
            declared_fault(file.override.fault, folder=file.is_folder)
            for file in files
            if file.override.fault
        ]

    async def _list(self, request: Request, spoil: Act | None) -> Reply:
        assert request.query is not None
        page = self.listing.understand(
            request.parameters, request.query, signed_in=request.signed_in
        )
        for folder_id in request.query.parents:
            folder = self.tree.files.get(folder_id)
            if folder is None or not _may_know(request, folder):
                raise Refused(not_found(""))
        asked = request.parameters.get
        both = ("supportsAllDrives", "includeItemsFromAllDrives")
        shared_drives = all(asked(name) == "true" for name in both)
        if isinstance(spoil, MovedEntry):
            self._move_one(self.listing.listed_before(page, shared_drives=shared_drives))
        return await self.listing.answer(
            page,
            shared_drives=shared_drives,
            spoil=spoil if isinstance(spoil, SpoiltPage) else None,
        )

    def _move_one(self, listed: Sequence[DriveFile]) -> None:
        """Move the first file that was listed into a folder beside it, if there is one."""
        file = next((each for each in listed if each.is_binary), None)
        beside = self.tree.children[file.parent_id] if file and file.parent_id else []
        folder = next((each for each in beside if each.is_folder), None)
        if file and folder:
            self.tree.move(file, folder)

    def _get(self, request: Request) -> Reply:
        file = self._find(request)
        selection = file_selection(request.parameters.get("fields"))
        return Reply(200, orjson.dumps(resource(file, selection, self.tree)))

    async def _download(self, request: Request, sender: Sender, spoil: Act | None) -> None:
        file = self._find(request)
        if has_no_bytes(file) or not file.is_binary:
            raise Refused(not_downloadable())
        if self._held is not None:
            await self._wait_to_be_released(self._held)
        await send_file(sender, file, spoil if isinstance(spoil, SpoiltBody) else None)

    async def _wait_to_be_released(self, released: asyncio.Event) -> None:
        self.log.counts.held += 1
        self.log.look_again()
        try:
            await released.wait()
        finally:
            self.log.counts.held -= 1

    def _find(self, request: Request) -> DriveFile:
        """Return the file that is meant. Raises Refused when the caller may not know of it."""
        alias = request.id == "root" and request.signed_in
        file = self.tree.files.get(self.tree.root_id if alias else request.id)
        hidden = file is None or not _may_know(request, file)
        if file is None or hidden or (file.drive_id and not _supports_all_drives(request)):
            raise Refused(not_found(request.id))
        return file

    def _record(self, request: Request, status: int, sent: int) -> None:
        scope = request.scope
        self.log.add(
            Entry(
                request.at,
                request.kind,
                request.id,
                request.attempt,
                status,
                sent,
                UNITS.get(request.kind, 0),
                request.fault,
                scope["path"],
                scope["query_string"],
                header(scope, b"range"),
            )
        )

    def _about_itself(self, path: str) -> Reply:
        if path == f"{_EMULATOR}log":
            entries = [
                {**entry._asdict(), "query": entry.query.decode(), "range": entry.range.decode()}
                for entry in self.log.entries()
            ]
            return Reply(200, orjson.dumps(entries))
        if path == f"{_EMULATOR}counts":
            counts = {**self.log.counts.as_dict(), "most_units_in_60_s": self.log.most_units()}
            return Reply(200, orjson.dumps(counts))
        if path == f"{_EMULATOR}rescan":
            self.tree.scan()
            return Reply(200, orjson.dumps({"files": len(self.tree.files)}))
        return unknown_address()


def _understood(scope: Scope) -> Request:
    """Sort a request by its address and method; what Drive does not have is "other"."""
    path: str = scope["path"]
    parameters = _parameters(scope["query_string"])
    kind: Kind = "other"
    file_id = ""
    if scope["method"] != "GET":
        pass  # this Drive can only be read
    elif path == PREFIX:
        kind = "list"
    elif path.startswith(f"{PREFIX}/") and "/" not in path[len(PREFIX) + 1 :]:
        file_id = path[len(PREFIX) + 1 :]
        kind = "download" if parameters.get("alt") == "media" else "get"
    elif path.startswith(_CONTENT):
        kind, file_id = "download", path.removeprefix(_CONTENT)
    return Request(now(), kind, file_id, parameters, scope)


# Downloads of one importer differ in their path alone, so their query is read once.
@lru_cache(maxsize=4096)
def _parameters(query: bytes) -> Mapping[str, str]:
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))


def _may_know(request: Request, file: DriveFile) -> bool:
    """Tell whether the caller may see the file: as its account, or with its resource key."""
    if file.private or request.account:
        return request.signed_in
    key = file.override.resource_key
    if key is None:
        return True
    sent = header(request.scope, b"x-goog-drive-resource-keys").decode()
    return f"{file.id}/{key}" in sent.split(",")


def _supports_all_drives(request: Request) -> bool:
    return request.parameters.get("supportsAllDrives") == "true"
