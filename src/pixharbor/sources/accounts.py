"""What the port of sources asks and gives where an account reads instead of everybody."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pixharbor.sources.base import Source, SourceError


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a provider: its own id for it, and what people call it (an address)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that an account can see; `link` is understood by `locate`."""

    link: str
    name: str


class Credentials(Protocol):
    """An account's sign-in; gives a source the access tokens that it sends.

    `project` names whose limits the account shares with others: one name, one limit.
    """

    @property
    def account(self) -> Account:
        """Whose sign-in this is."""
        ...

    @property
    def project(self) -> str:
        """Accounts of one project share its limits."""
        ...

    async def token(self, *, refused: str | None = None) -> str:
        """A token that is good now, and never the one that the provider has just `refused`.

        Raises NeedsReauth when a person has to connect the account anew, or a SourceError to
        retry. Not in a transaction.
        """
        ...

    async def give_up(self) -> SourceError:
        """A second token was refused too: the error to raise.

        First one to retry, for both may have been old; then NeedsReauth.
        """
        ...


@runtime_checkable
class Private(Protocol):
    """An extra ability: a source that shows an account more than it shows everybody."""

    async def identify(self, token: str) -> Account:
        """Whose access token this is: one cheap question. Raises SourceError."""
        ...

    def signed_in(self, credentials: Credentials) -> Source:
        """The same source as that account sees it; closed together with this one."""
        ...


class SourcesOfJobs(Protocol):
    """Finds the source that a job reads: the public one, or as its connected account sees it."""

    async def look_up(self, name: str, connection_id: str | None) -> Source | None:
        """None for a source, or a connection, that there is not. Not in a transaction."""
        ...


@runtime_checkable
class Browsable(Protocol):
    """An extra ability: a source whose folders can be looked through before one is chosen."""

    async def places(self, link: str | None) -> list[Place]:
        """The folders in the one that `link` leads to; None: where an account's folders begin."""
        ...
