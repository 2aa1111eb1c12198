"""Sources as connected accounts see them: what the steps of an import ask for."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

from pixharbor.connections.account_tokens import AccountTokens
from pixharbor.connections.kinds import ConnectionState
from pixharbor.connections.models import Connection
from pixharbor.connections.providers import Provider, make_providers
from pixharbor.connections.settings import ConnectionSettings
from pixharbor.connections.token_endpoint import TokenEndpoint, open_token_endpoint
from pixharbor.connections.token_source import TokenSource
from pixharbor.db.engine import Database
from pixharbor.db.sealed import Sealer
from pixharbor.errors import Conflict, NotFound
from pixharbor.sources.accounts import Private
from pixharbor.sources.base import Source


class ConnectionMissing(NotFound):
    """There is no such connection."""

    code = "connection_not_found"
    cure = "GET /api/v1/connections lists those that there are."


class ConnectedSources:
    """One a process. `providers`, `endpoint` and `tokens` are for connecting further accounts."""

    def __init__(
        self,
        settings: ConnectionSettings,
        endpoint: TokenEndpoint,
        *,
        database: Database,
        sealer: Sealer,
        sources: Mapping[str, Source],
    ) -> None:
        self.providers: dict[str, Provider] = make_providers(settings)
        self.endpoint = endpoint
        self.tokens = TokenSource(settings, self.providers, endpoint)
        self._database = database
        self._sealer = sealer
        self._sources = sources
        self._opened: dict[UUID, tuple[AccountTokens, Source]] = {}

    async def source_for(self, name: str, connection_id: str | None) -> Source:
        """The source of a job: the public one, or as its account sees it."""
        if connection_id is None:
            return self._sources[name]
        return await self.open(UUID(connection_id))

    async def look_up(self, name: str, connection_id: str | None) -> Source | None:
        """The same for whoever only tells how a job stands; None where there is none."""
        if connection_id is None:
            return self._sources.get(name)
        if UUID(connection_id) in self._opened:
            return self._opened[UUID(connection_id)][1]
        try:
            return await self.open(UUID(connection_id))
        except (ConnectionMissing, Conflict):
            return None

    async def open(self, connection_id: UUID, *, owner: int | None = None) -> Source:
        """A connection's source; for this owner, if one is named. Raises ConnectionMissing.

        For a job, connections that have ended or were removed open too: whoever reads by them is
        told what to do.
        """
        async with self._database.read() as session:
            row = await session.get(Connection, connection_id)
        mine = owner is None or (
            row and row.owner == owner and row.state != ConnectionState.REMOVED
        )
        if row is None or not mine:
            raise ConnectionMissing(f"There is no connection {connection_id}.")
        if connection_id not in self._opened:
            tokens = AccountTokens(
                row, database=self._database, sealer=self._sealer, source=self.tokens
            )
            self._opened[connection_id] = tokens, self.private(row.source).signed_in(tokens)
        return self._opened[connection_id][1]

    def can_sign_in(self, name: str) -> bool:
        """Whether this version reads the source in the name of accounts."""
        return isinstance(self._sources.get(name), Private)

    def private(self, name: str) -> Private:
        """The source, able to sign accounts in. Raises Conflict for one that is not."""
        source = self._sources.get(name)
        if not isinstance(source, Private):
            raise Conflict(
                f"This version reads {name} without accounts only.", code="source_not_private"
            )
        return source

    async def close(self) -> None:
        """Wait for what is being renewed."""
        await asyncio.gather(*(tokens.close() for tokens, _ in self._opened.values()))


@asynccontextmanager
async def open_connected_sources(
    settings: ConnectionSettings,
    *,
    database: Database,
    sealer: Sealer,
    sources: Mapping[str, Source],
) -> AsyncIterator[ConnectedSources]:
    """For a process; closed at the end of the block."""
    async with open_token_endpoint() as endpoint:
        connected = ConnectedSources(
            settings, endpoint, database=database, sealer=sealer, sources=sources
        )
        try:
            yield connected
        finally:
            await connected.close()
