"""Connect without a browser: a service account by its key, or what the server's settings hold."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pixharbor.connections.connected_sources import ConnectedSources
from pixharbor.connections.keep_connection import NewConnection, keep_connection
from pixharbor.connections.kinds import Kind
from pixharbor.connections.providers import find_provider
from pixharbor.connections.service_account import BadServiceAccount, check_key
from pixharbor.connections.token_source import account_secret
from pixharbor.db.sealed import Sealer
from pixharbor.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class GivenAccount:
    """A key of Google (None: what the settings name), and in whose name it is used, if any."""

    source: str
    key: dict[str, Any] | None = field(repr=False)
    subject: str | None


async def add_account(
    given: GivenAccount, *, owner: int, connected: ConnectedSources, work: Work, sealer: Sealer
) -> UUID:
    """The connection's id, once the provider has accepted it. Raises what its refusal means."""
    provider = find_provider(connected.providers, given.source)
    project = provider.project
    if provider.source != "google_drive" and (given.key or given.subject):
        raise BadServiceAccount(f"{provider.name} has no service accounts.", cure=provider.cure)
    if provider.source == "google_drive":
        key = given.key or connected.tokens.server_key()
        check_key(key)
        project = str(key.get("project_id", ""))
    kind = Kind.SERVICE_ACCOUNT if given.key else Kind.SERVER
    secret = account_secret(given.key, given.subject)
    granted = await connected.tokens.ask(provider, kind, secret)
    account = await connected.private(provider.source).identify(granted.access_token)
    new = NewConnection(
        owner=owner,
        source=provider.source,
        kind=kind,
        account=account,
        project=project,
        secret=secret,
        granted=granted,
    )
    async with work() as unit:
        return await keep_connection(unit, new, sealer=sealer)
