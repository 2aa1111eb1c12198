"""Write an account down that a person has connected, and go on with the jobs that waited for it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import BigInteger, ColumnElement, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pixharbor.connections.kinds import ConnectionState, Kind
from pixharbor.connections.models import Connection
from pixharbor.connections.token_endpoint import Granted
from pixharbor.db.clock import now_ms
from pixharbor.db.locks import lock_names
from pixharbor.db.sealed import Sealer
from pixharbor.jobs.control import resume
from pixharbor.jobs.fan_out import announce
from pixharbor.jobs.models import Job
from pixharbor.jobs.states import JobState
from pixharbor.sources.accounts import Account
from pixharbor.sources.base import NeedsReauth
from pixharbor.unit_of_work import UnitOfWork

log = structlog.get_logger()

# A token is exchanged so long before its end, or at a tenth of its life if that is shorter.
EARLY_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True, repr=False)
class NewConnection:
    """What a person has connected: whose account, and what its tokens are had for."""

    owner: int
    source: str
    kind: Kind
    account: Account
    project: str
    secret: str
    granted: Granted


async def keep_connection(unit: UnitOfWork, new: NewConnection, *, sealer: Sealer) -> UUID:
    """The connection's id: the same as before for an account that was connected before."""
    await lock_names(unit.session, f"connection {new.owner} {new.source} {new.account.id}")
    known = select(Connection).where(
        Connection.owner == new.owner,
        Connection.source == new.source,
        Connection.account == new.account.id,
    )
    row = await unit.session.scalar(known.with_for_update())
    now = datetime.now(UTC)
    if row is None:
        row = Connection(
            id=uuid7(),
            owner=new.owner,
            source=new.source,
            account=new.account.id,
            created_at=now,
            tokens=0,
            grant=0,
        )
        unit.session.add(row)
    row.kind, row.name, row.project = new.kind, new.account.name, new.project
    row.state, row.problem, row.connected_at = ConnectionState.CONNECTED, None, now
    row.secret = sealer.seal(new.secret, place=secret_place(row.id))
    row.access_token = sealer.seal(new.granted.access_token, place=token_place(row.id))
    row.fresh_until = fresh_until(new.granted)
    row.tokens, row.grant = row.tokens + 1, row.grant + 1
    row.renewing_by = row.renewing_until = None
    await unit.session.flush()
    await _resume_waiting(unit, row.owner, row.id)
    log.info("connection.kept", connection=str(row.id), source=row.source, kind=row.kind)
    return row.id


def secret_place(connection_id: UUID) -> str:
    """Where a sealed secret belongs."""
    return f"connections {connection_id} secret"


def token_place(connection_id: UUID) -> str:
    """Where a sealed access token belongs."""
    return f"connections {connection_id} access_token"


def fresh_until(granted: Granted) -> ColumnElement[int]:
    """When the next token is to be had, by the database's clock."""
    # At least a second: a token that is never fresh would be exchanged without end.
    seconds = max(1.0, granted.life - min(EARLY_SECONDS, granted.life / 10))
    return now_ms() + literal(int(seconds * 1000), BigInteger())


async def _resume_waiting(unit: UnitOfWork, owner: int, connection_id: UUID) -> None:
    waiting = select(Job).where(
        Job.owner == owner, Job.state == JobState.PAUSED, Job.pause_reason == "needs_reauth"
    )
    for job in await unit.session.scalars(waiting.with_for_update(key_share=True)):
        if job.options.get("connection_id") == str(connection_id):
            await resume(job)
    await unit.session.flush()
    await announce(unit)


async def reconnected_since(session: AsyncSession, job: Job, error: BaseException) -> bool:
    """Whether a person has connected the job's account anew since this error was found out."""
    connection_id = job.options.get("connection_id")
    if connection_id is None or not isinstance(error, NeedsReauth) or error.grant is None:
        return False
    newer = select(Connection.id).where(
        Connection.id == UUID(connection_id),
        Connection.state == ConnectionState.CONNECTED,
        Connection.grant > error.grant,
    )
    return await session.scalar(newer) is not None
