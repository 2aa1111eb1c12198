"""The port of sources: what a kind of place must be able to do for images to come from it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from pixharbor.errors import Fate, PixharborError


@dataclass(frozen=True, slots=True)
class Location:
    """A place at a source: a folder, one file, or a link that could be either.

    `ref` is the provider's id; with `source` it identifies the place, so two links to one folder
    make equal locations (`resource_key` and `path` are left out of the comparison). `path` is
    where it lies below the place that the person named, "" for that place itself. `measured` asks
    for the pictures' widths and heights, where the provider knows them and telling costs time.
    """

    source: str
    ref: str
    kind: Literal["folder", "file", "unknown"] = "folder"
    resource_key: str | None = field(default=None, compare=False)
    path: str = field(default="", compare=False)
    measured: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a location turned out to be: the provider's name for it, and whether it is a folder."""

    name: str
    kind: Literal["folder", "file"]


class SourceFile(NamedTuple):
    """One file as the provider lists it; nothing here has been verified.

    `size` is in bytes, None when the provider does not say. `checksum` is "algorithm:hex"
    (checksums.py). `modified_at` (UTC) is the word of the provider; so are `width` and `height`, in
    pixels as the picture is seen, where a listing has them. A file that can be seen to be no
    image before it is fetched has a `fate` already: (state, reason, message), such as
    ("skipped", "not_an_image", "a video") or ("gone", "vanished", "the shortcut leads nowhere").
    `version` is for a Conditional source: what `open` said of the bytes that are known already.
    """

    id: str
    name: str
    path: str
    size: int | None = None
    mime_type: str = ""
    checksum: str | None = None
    modified_at: datetime | None = None
    resource_key: str | None = None
    version: str | None = None
    width: int | None = None
    height: int | None = None
    through_shortcut: bool = False  # `path` is the shortcut's place, not the file's own
    fate: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One page of a folder's listing. May be empty and still have a `next_cursor`."""

    files: list[SourceFile]
    folders: list[Location]
    next_cursor: str | None


class Source(Protocol):
    """A kind of place. Called by the import steps; one instance a process, used concurrently.

    Every method raises SourceError (below) and nothing else for what a provider does wrong; its
    fate tells the import what to do. Neither messages nor tracebacks may hold a key or a token.
    Sources wait for their own governor; they do not retry (the import does, by the fate).
    """

    name: str

    def locate(self, link: str) -> Location:
        """Understand a link, without asking anybody. Raises LinkNotUnderstood."""
        ...

    async def check(self, location: Location) -> SourceInfo:
        """See whether the location can be read, with one cheap question out of the reserve.

        Raises FolderRefused, FolderMissing, SourceNotConfigured or a SourceError to retry.
        """
        ...

    def list_pages(self, location: Location, cursor: str | None) -> AsyncIterator[SourcePage]:
        """Yield the location's direct children, page by page, from `cursor` on (None: the start).

        One level only: sub-folders come back as locations. A location that is a file yields one
        page with that file. Raises StaleCursor when the provider refuses `cursor`: list again.
        """
        ...

    def open(self, file: SourceFile) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Stream a file's bytes as the provider sends them, to be verified by the caller."""
        ...


@dataclass(frozen=True, slots=True)
class Quota:
    """How fast a source is used, in the provider's own units, by all processes together."""

    units_per_second: float
    allowed_units_per_second: float


@runtime_checkable
class Governed(Protocol):
    """An extra ability: a source whose provider limits how fast it may be used."""

    provider: str  # as people call it: "Google"

    async def quota(self) -> Quota | None:
        """How fast it is used just now; None while no limit is known. Not in a transaction."""
        ...

    def seconds_for(self, files: int, pages: int = 0) -> float | None:
        """How long so many downloads and pages take at the provider's limit; None without one."""
        ...


@dataclass(frozen=True, slots=True)
class DailyCap:
    """How much is given away in a day. None: no cap.

    Beyond `bytes` or `files` the provider refuses, and the import waits for the next day; beyond
    `free_bytes` it goes on giving, and charges. `whose` limit it is, as people say it: "Google", "a
    free Dropbox account". It is not `certain` where nobody knows what the owner of a link pays.
    """

    whose: str
    bytes: int | None = None
    files: int | None = None
    free_bytes: int | None = None
    certain: bool = True


@runtime_checkable
class Capped(Protocol):
    """An extra ability: a source whose provider (or a link's owner) gives only so much a day."""

    def daily_cap(self, link: str) -> DailyCap | None:
        """What a day allows of what `link` leads to; None where no cap is known."""
        ...


@runtime_checkable
class ManyHosts(Protocol):
    """An extra ability: a source whose files lie on many hosts, where a slow one holds up no other.

    A chunk keeps `files_at_once` under way, and `files_per_host` of any one host.
    """

    files_at_once: int
    files_per_host: int

    def host_of(self, file_id: str, resource_key: str | None) -> str:
        """The host that a file is asked of."""
        ...


@runtime_checkable
class PagesShift(Protocol):
    """A weakness: a source whose pages may skip a file when others are moved meanwhile.

    A folder whose listing took long is listed once more.
    """

    pages_shift: Literal[True]


@runtime_checkable
class Triable(Protocol):
    """An extra ability: a source that can try what it signs in with, without any link."""

    async def try_credentials(self) -> str:
        """What they open, in words, after a cheap question to the provider.

        Raises KeyMissing where none are set, and otherwise the error that an import would meet.
        """
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer with a file's bytes says of it where the listing knew nothing; None: nothing.

    `size` is in bytes, `modified_at` UTC. `version` is any word that a Conditional source knows
    this content by.
    """

    name: str | None = None
    size: int | None = None
    modified_at: datetime | None = None
    version: str | None = None


class Telling(Protocol):
    """An extra ability of what `open` gives: besides the bytes, what their answer says.

    Asked for by its attribute, once a file: isinstance looks through a protocol anew each time.
    """

    told: Told


@runtime_checkable
class Conditional(Protocol):
    """An extra ability: a source whose listing knows nothing of versions, but whose answers do.

    `open` raises FileUnchanged, without a byte, for a file that is `file.version` still.
    """

    asks_whether_changed: Literal[True]


class SourceError(PixharborError):
    """A provider refused or failed.

    `fate` is what the import does; `reason` is the item's (product.md) or the pause's code;
    `retry_after` is in seconds; `counts_as_try` is False while only a quota is waited for. An
    error without a code of its own has its reason for one.
    """

    code: str = ""
    fate: Fate = Fate.RETRY
    reason: str = "provider_error"
    counts_as_try: bool = True

    def __init__(
        self,
        message: str = "",
        *,
        reason: str | None = None,
        retry_after: float | None = None,
        until: datetime | None = None,
        code: str | None = None,
        cure: str = "",
    ) -> None:
        self.reason = reason or self.reason
        super().__init__(message, code=code or self.code or self.reason, cure=cure)
        self.retry_after = retry_after
        self.until = until


class LinkNotUnderstood(SourceError):
    """This is not a link to a folder or file that can be imported."""

    status = 422
    code = "link_not_understood"
    fate = Fate.STOP


class LinkIncomplete(LinkNotUnderstood):
    """The link is one of this source, and leads to nothing there that can be imported.

    No other source has anything to say about it (registry.recognise).
    """


class SourceNotConfigured(SourceError):
    """This source needs a key."""

    status = 503
    code = "source_not_configured"
    fate = Fate.STOP


class KeyMissing(SourceNotConfigured):
    """No key is set for this source: nobody was asked."""


class NoLongerConfigured(SourceError):
    """The source's key was good when the import began; nothing more is had until it is mended."""

    status = 503
    reason = "source_not_configured"
    fate = Fate.PAUSE
    counts_as_try = False

    @classmethod
    def since(cls, error: SourceNotConfigured) -> "NoLongerConfigured":
        """The same refusal, met while an import is under way."""
        told = f"{error.message} {error.cure} Then restart pixharbor and resume."
        return cls(told, code=error.code)


class FolderRefused(SourceError):
    """The provider does not let us read this folder."""

    status = 403
    code = "folder_refused"
    reason = "forbidden"
    fate = Fate.STOP


class FolderMissing(SourceError):
    """The provider knows no such folder, or does not show it to us."""

    status = 404
    code = "folder_missing"
    reason = "vanished"
    fate = Fate.STOP


class FileRefused(SourceError):
    """The provider does not give this file away."""

    reason = "forbidden"
    fate = Fate.SKIP


class FileVanished(SourceError):
    """The file was listed and is gone."""

    reason = "vanished"
    fate = Fate.SKIP


class FileUnchanged(SourceError):
    """The file is the version that is known already."""

    reason = "unchanged"
    fate = Fate.SKIP


class FileChanged(SourceError):
    """The file is not the one that was listed: `now` is, and is fetched instead."""

    def __init__(self, now: SourceFile, message: str = "") -> None:
        super().__init__(message)
        self.now = now


class StaleCursor(SourceError):
    """The provider no longer knows where this listing stood."""

    fate = Fate.RETRY


class ProviderFailed(SourceError):
    """The provider failed; the same request may go through later."""


class Unreachable(SourceError):
    """No connection to the provider."""

    reason = "unreachable"


class TimedOut(SourceError):
    """The provider stopped answering."""

    reason = "timeout"


class RateLimited(SourceError):
    """The provider asks us to slow down."""

    counts_as_try = False


class QuotaSpent(SourceError):
    """The provider's quota is spent until a known time."""

    status = 503
    reason = "quota"
    fate = Fate.PAUSE
    counts_as_try = False


class NeedsReauth(SourceError):
    """The account or key no longer opens this source.

    `grant` says which of the account's authorisations has ended (they are counted), so that one
    given meanwhile is not taken for it; None where there is none.
    """

    status = 503
    reason = "needs_reauth"
    fate = Fate.PAUSE
    counts_as_try = False
    grant: int | None = None
