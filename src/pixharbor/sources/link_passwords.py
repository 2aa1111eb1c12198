"""Passwords of links: sealed as soon as they arrive, unsealed where they are sent."""

from typing import Final, Protocol, runtime_checkable

from pixharbor.db.sealed import Sealer
from pixharbor.sources.base import Location

_PLACE: Final = "link password"


@runtime_checkable
class PasswordProtected(Protocol):
    """An extra ability: a source whose links may have passwords.

    They travel sealed, in `resource_key`; whoever opens the source gives it the `sealer`.
    """

    sealer: Sealer | None

    def with_password(self, location: Location, sealed: str) -> Location:
        """The same place, opened by the password that `seal_password` has sealed."""
        ...


def seal_password(sealer: Sealer, password: str) -> str:
    """A link's password as it is kept."""
    return sealer.seal(password, place=_PLACE)


def unseal_password(sealer: Sealer, sealed: str) -> str:
    """The password again. Raises SealBroken."""
    return sealer.unseal(sealed, place=_PLACE)
