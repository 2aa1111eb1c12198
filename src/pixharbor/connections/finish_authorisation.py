"""Step 2 of connecting: the browser is back; exchange its code, and keep whose account it is."""

import time
from typing import Final
from uuid import UUID

from pixharbor.connections.connected_sources import ConnectedSources
from pixharbor.connections.keep_connection import NewConnection, keep_connection
from pixharbor.connections.kinds import Kind
from pixharbor.connections.providers import find_provider
from pixharbor.connections.start_authorisation import read_authorisation
from pixharbor.db.sealed import SealBroken, Sealer
from pixharbor.errors import AccessRefused
from pixharbor.unit_of_work import Work

# What a provider says when a person chose Cancel (RFC 6749, section 4.1.2.1).
DENIED: Final = "access_denied"


class AuthorisationRefused(AccessRefused):
    """The account was not connected; `code` says why, and the page says it to people."""

    cure = "Start again under Connections, in this browser."


async def finish_authorisation(
    *,
    state: str,
    code: str | None,
    error: str | None,
    cookie: str | None,
    owner: int,
    connected: ConnectedSources,
    work: Work,
    sealer: Sealer,
) -> UUID:
    """The connection's id. Raises AuthorisationRefused, or what the provider's answers mean."""
    try:
        begun = read_authorisation(state, cookie or "", sealer)
    except SealBroken:
        raise AuthorisationRefused(
            "This sign-in did not begin in this browser.", code="state_mismatch"
        ) from None
    if begun.ends_at < time.time() or begun.owner != owner:
        raise AuthorisationRefused("This sign-in took too long.", code="sign_in_expired")
    if error or not code:
        refusal = "sign_in_denied" if error == DENIED else "sign_in_failed"
        raise AuthorisationRefused("The provider did not sign you in.", code=refusal)
    provider = find_provider(connected.providers, begun.source)
    granted = await connected.endpoint.exchange_code(
        provider, code=code, verifier=begun.verifier, redirect_uri=begun.redirect_uri
    )
    if provider.scope and provider.scope not in (granted.scope or provider.scope).split():
        raise AuthorisationRefused("Reading files was not allowed.", code="scope_missing")
    if granted.refresh_token is None:
        raise AuthorisationRefused("The provider gave no lasting sign-in.", code="sign_in_failed")
    account = await connected.private(provider.source).identify(granted.access_token)
    new = NewConnection(
        owner=owner,
        source=provider.source,
        kind=Kind.OAUTH,
        account=account,
        project=provider.project,
        secret=granted.refresh_token,
        granted=granted,
    )
    async with work() as unit:
        return await keep_connection(unit, new, sealer=sealer)
