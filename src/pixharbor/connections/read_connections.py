"""Find connections, and remove one."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.connections.connected_sources import ConnectionMissing
from pixharbor.connections.kinds import ConnectionState
from pixharbor.connections.models import Connection


async def list_connections(session: AsyncSession, owner: int) -> list[Connection]:
    """This owner's, oldest first; removed ones are not shown."""
    mine = select(Connection).where(
        Connection.owner == owner, Connection.state != ConnectionState.REMOVED
    )
    return list(await session.scalars(mine.order_by(Connection.created_at, Connection.id)))


async def find_connection(session: AsyncSession, owner: int, connection_id: UUID) -> Connection:
    """This owner's connection. Raises ConnectionMissing, also for removed and other people's."""
    row = await session.get(Connection, connection_id, with_for_update=True)
    if row is None or row.owner != owner or row.state == ConnectionState.REMOVED:
        raise ConnectionMissing(f"There is no connection {connection_id}.")
    return row


async def remove_connection(session: AsyncSession, owner: int, connection_id: UUID) -> None:
    """Forget an account's secrets; its row stays for the jobs that were made with it."""
    row = await find_connection(session, owner, connection_id)
    row.state, row.problem = ConnectionState.REMOVED, None
    row.secret, row.access_token, row.fresh_until = "", None, None
    row.renewing_by = row.renewing_until = None
