"""An account's access tokens: kept fresh, and asked for by one of all processes at a time.

Whoever finds that a token has run out, or was refused, takes a lease on the connection's row; the
others wait for what it brings. So a thousand downloads of a fleet make one request to the provider.
"""

import asyncio
import math
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, or_, select, update
from uuid_utils.compat import uuid7

from pixharbor.connections.keep_connection import fresh_until, secret_place, token_place
from pixharbor.connections.kinds import ConnectionState
from pixharbor.connections.models import Connection
from pixharbor.connections.token_endpoint import Granted, GrantEnded
from pixharbor.connections.token_source import TokenSource
from pixharbor.db.clock import now_ms
from pixharbor.db.engine import Database
from pixharbor.db.sealed import SealBroken, Sealer
from pixharbor.sources.accounts import Account
from pixharbor.sources.base import NeedsReauth, ProviderFailed, SourceError

log = structlog.get_logger()

# Longer than the token endpoint is waited for: then whoever asked is dead.
RENEWAL_SECONDS: Final = 30
# How often a process looks at the row again: a connection that was removed ends within this.
LOOK_SECONDS: Final = 30.0
# A refusal that comes back within this time after the first, and not with those that were under
# way together with it, is the provider's last word.
DOUBT_SECONDS: Final = (1.0, 60.0)
# How often it looks while another renews.
WAIT_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Kept:
    """A token in memory; good until `until` by the loop's clock."""

    token: str = field(repr=False)
    until: float

    def serves(self, refused: str | None) -> bool:
        return self.token != refused and asyncio.get_running_loop().time() < self.until


class AccountTokens:
    """Implements Credentials (sources/accounts.py) for one connection, in one process."""

    def __init__(
        self, row: Connection, *, database: Database, sealer: Sealer, source: TokenSource
    ) -> None:
        self.account = Account(row.account, row.name)
        self.project = row.project
        self._id = row.id
        self._database = database
        self._sealer = sealer
        self._source = source
        self._kept: _Kept | None = None
        self._looking: asyncio.Task[_Kept] | None = None
        self._doubted_at = -math.inf

    async def token(self, *, refused: str | None = None) -> str:
        """A good token. Raises NeedsReauth, or a SourceError to retry."""
        while self._kept is None or not self._kept.serves(refused):
            if self._looking is None or self._looking.done():
                # A task of its own: whoever waits may be cancelled, the renewal goes on.
                self._looking = asyncio.create_task(self._look(refused))
                self._looking.add_done_callback(_retrieve)
            self._kept = None
            self._kept = await asyncio.shield(self._looking)
        return self._kept.token

    async def give_up(self) -> SourceError:
        """Two tokens were refused: another process's was as old as ours, or it is the account."""
        row, _ = await self._read()
        now = asyncio.get_running_loop().time()
        soonest, latest = DOUBT_SECONDS
        if now - self._doubted_at > latest:
            self._doubted_at, self._kept = now, None
            await self._write(Connection.tokens == row.tokens, fresh_until=0)
        if now - self._doubted_at < soonest:
            return ProviderFailed(f"The provider refused a token of {row.name}.")
        why = f"The provider refuses {row.name} although the sign-in was renewed."
        return await self._end(row, GrantEnded(why))

    async def close(self) -> None:
        """Wait for a renewal that is under way."""
        if self._looking:
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look(self, refused: str | None) -> _Kept:
        """The row's token if it is good; otherwise renew it, or wait for whoever does."""
        while True:
            row, fresh_for = await self._read()
            _require_connected(row)
            token = self._unsealed_token(row)
            if token and token != refused and fresh_for > 0:
                now = asyncio.get_running_loop().time()
                return _Kept(token, now + min(fresh_for, LOOK_SECONDS))
            renewal = await self._take_renewal(row)
            if renewal:
                await self._renew(row, renewal)
            else:
                await asyncio.sleep(WAIT_SECONDS)

    async def _read(self) -> tuple[Connection, float]:
        """The row, and for how many seconds its token is fresh, by the database's clock."""
        fresh_ms = Connection.fresh_until - now_ms()
        async with self._database.read() as session:
            found = await session.execute(
                select(Connection, fresh_ms).where(Connection.id == self._id)
            )
            row, milliseconds = found.one()
        return row, (milliseconds or 0) / 1000

    def _unsealed_token(self, row: Connection) -> str | None:
        """None for a token that another SECRET_KEY has sealed: the secret will say so."""
        try:
            sealed = row.access_token
            return sealed and self._sealer.unseal(sealed, place=token_place(row.id))
        except SealBroken:
            return None

    async def _take_renewal(self, row: Connection) -> UUID | None:
        """The right to renew what was read; None while another has it, or has just done it."""
        mine = uuid7()
        free = or_(Connection.renewing_until.is_(None), Connection.renewing_until < now_ms())
        taken = await self._write(
            and_(Connection.tokens == row.tokens, Connection.grant == row.grant, free),
            renewing_by=mine,
            renewing_until=now_ms() + RENEWAL_SECONDS * 1000,
        )
        return mine if taken else None

    async def _renew(self, row: Connection, renewal: UUID) -> None:
        try:
            secret = self._sealer.unseal(row.secret, place=secret_place(row.id))
            granted = await self._source.next_token(row, secret)
        except SealBroken as broken:
            await self._leave(renewal)
            raise NeedsReauth(broken.message, cure=broken.cure) from None
        except GrantEnded as ended:
            raise await self._end(row, ended) from None
        except SourceError:
            await self._leave(renewal)
            raise
        await self._keep(renewal, granted)
        log.info("token.renewed", connection=str(row.id), source=row.source)

    async def _keep(self, renewal: UUID, granted: Granted) -> None:
        """Write the token down, unless the connection was removed or made anew meanwhile."""
        changes: dict[str, object] = {
            "access_token": self._sealer.seal(granted.access_token, place=token_place(self._id)),
            "fresh_until": fresh_until(granted),
            "tokens": Connection.tokens + 1,
        }
        if granted.refresh_token:  # some providers give a new one with every use
            place = secret_place(self._id)
            changes["secret"] = self._sealer.seal(granted.refresh_token, place=place)
        mine = Connection.renewing_by == renewal
        await self._write(mine, renewing_by=None, renewing_until=None, **changes)

    async def _leave(self, renewal: UUID) -> None:
        mine = Connection.renewing_by == renewal
        await self._write(mine, renewing_by=None, renewing_until=None)

    async def _end(self, row: Connection, error: NeedsReauth) -> NeedsReauth:
        """Note that this grant has ended: nobody asks the provider about it again."""
        await self._write(
            and_(Connection.grant == row.grant, Connection.state == ConnectionState.CONNECTED),
            state=ConnectionState.NEEDS_REAUTH,
            problem=error.message,
            access_token=None,
            renewing_by=None,
            renewing_until=None,
        )
        log.warning("connection.ended", connection=str(row.id), source=row.source)
        return _needs_reauth(row, error.message)

    async def _write(self, condition: ColumnElement[bool], **values: object) -> bool:
        async with self._database.write(urgent=True) as session:
            changed = await session.execute(
                update(Connection)
                .where(Connection.id == self._id, condition)
                .values(**values)
                .returning(Connection.id)
            )
            return changed.one_or_none() is not None


def _require_connected(row: Connection) -> None:
    if row.state == ConnectionState.REMOVED:
        raise _needs_reauth(row, f"The connection to {row.name} was removed.")
    if row.state != ConnectionState.CONNECTED:
        raise _needs_reauth(row, row.problem or "The account has to be connected again.")


def _needs_reauth(row: Connection, why: str) -> NeedsReauth:
    error = NeedsReauth(
        f"{why} Connect {row.name} again under Connections: this import then goes on by itself.",
        cure=f"Connect {row.name} again under Connections.",
    )
    error.grant = row.grant
    return error


def _retrieve(task: asyncio.Task[_Kept]) -> None:
    """An error that nobody waits for any more is no news."""
    if not task.cancelled():
        task.exception()
