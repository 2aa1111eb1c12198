"""The connections' part of the API: connect an account, see how each stands, disconnect."""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from yarl import URL

from pixharbor.connections.add_account import GivenAccount, add_account
from pixharbor.connections.connected_sources import ConnectedSources
from pixharbor.connections.dependencies import TheConnected
from pixharbor.connections.finish_authorisation import finish_authorisation
from pixharbor.connections.models import Connection
from pixharbor.connections.providers import Provider, find_provider
from pixharbor.connections.read_connections import (
    find_connection,
    list_connections,
    remove_connection,
)
from pixharbor.connections.schemas import (
    ConnectionAnswer,
    ConnectionList,
    ConnectionRequest,
    PlaceAnswer,
    PlaceList,
    ProviderAnswer,
)
from pixharbor.connections.start_authorisation import (
    PATIENCE_SECONDS,
    cookie_name,
    start_authorisation,
)
from pixharbor.dependencies import PublicUrl, TheCaller, TheSealer, TheWork
from pixharbor.errors import BadInput, PixharborError
from pixharbor.sources.accounts import Browsable

log = structlog.get_logger()

ROOT = "/api/v1/connections"
CALLBACK = f"{ROOT}/callback"

router = APIRouter(tags=["connections"])


@router.get(ROOT)
async def get_connections(
    caller: TheCaller, work: TheWork, connected: TheConnected, public_url: PublicUrl
) -> ConnectionList:
    """The connected accounts, and where further ones can be connected."""
    async with work.read() as session:
        rows = await list_connections(session, caller.owner)
    return ConnectionList(
        connections=[_answer(row) for row in rows],
        providers=[
            _provider(provider, connected, public_url)
            for provider in connected.providers.values()
            if connected.can_sign_in(provider.source)
        ],
    )


@router.post(ROOT, status_code=201)
async def post_connection(
    wanted: ConnectionRequest,
    caller: TheCaller,
    work: TheWork,
    connected: TheConnected,
    sealer: TheSealer,
) -> ConnectionAnswer:
    """Connect a service account, or what the server's settings hold; people use /authorize."""
    given = GivenAccount(wanted.source, wanted.key, wanted.subject)
    connection_id = await add_account(
        given, owner=caller.owner, connected=connected, work=work, sealer=sealer
    )
    async with work.read() as session:
        return _answer(await find_connection(session, caller.owner, connection_id))


@router.get(f"{ROOT}/callback", response_class=RedirectResponse, status_code=303)
async def get_callback(
    request: Request,
    caller: TheCaller,
    work: TheWork,
    connected: TheConnected,
    sealer: TheSealer,
    public_url: PublicUrl,
    state: Annotated[str, Query(max_length=200)],
    code: Annotated[str | None, Query(max_length=4096)] = None,
    error: Annotated[str | None, Query(max_length=200)] = None,
) -> RedirectResponse:
    """Where the provider sends the browser back to; leads on to the page."""
    cookie = cookie_name(state)
    page = URL(f"{public_url}/connections")
    try:
        connection_id = await finish_authorisation(
            state=state,
            code=code,
            error=error,
            cookie=request.cookies.get(cookie),
            owner=caller.owner,
            connected=connected,
            work=work,
            sealer=sealer,
        )
        page = page.with_query(connected=str(connection_id))
    except PixharborError as problem:
        # Only the code travels: text in an address could be anybody's.
        log.warning("connection.refused", code=problem.code, detail=problem.message)
        page = page.with_query(problem=problem.code)
    answer = RedirectResponse(str(page), status_code=303)
    answer.delete_cookie(cookie, path=ROOT)
    return answer


@router.get(f"{ROOT}/{{source}}/authorize", response_class=RedirectResponse, status_code=303)
async def get_authorize(
    source: str,
    caller: TheCaller,
    connected: TheConnected,
    sealer: TheSealer,
    public_url: PublicUrl,
) -> RedirectResponse:
    """Open this in a browser: it leads to the provider's page, and from there to the callback."""
    departure = start_authorisation(
        find_provider(connected.providers, source),
        owner=caller.owner,
        redirect_uri=public_url + CALLBACK,
        sealer=sealer,
    )
    answer = RedirectResponse(departure.url, status_code=303)
    answer.set_cookie(
        departure.cookie,
        departure.value,
        max_age=PATIENCE_SECONDS,
        path=ROOT,
        secure=public_url.startswith("https:"),
        httponly=True,
        samesite="lax",  # the provider's page links back to us: strict would hold it back
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get(f"{ROOT}/{{connection_id}}/places")
async def get_places(
    connection_id: UUID,
    caller: TheCaller,
    connected: TheConnected,
    inside: Annotated[str | None, Query(max_length=4096)] = None,
) -> PlaceList:
    """Folders to choose from: where the account's folders begin, or those `inside` a link."""
    source = await connected.open(connection_id, owner=caller.owner)
    if not isinstance(source, Browsable):
        raise BadInput("Folders of this source are named by a link.", code="not_browsable")
    places = await source.places(inside)
    return PlaceList(places=[PlaceAnswer(link=each.link, name=each.name) for each in places])


@router.delete(f"{ROOT}/{{connection_id}}", status_code=204)
async def delete_connection(connection_id: UUID, caller: TheCaller, work: TheWork) -> Response:
    """Disconnect: the tokens are forgotten. What was imported stays; imports under way pause."""
    async with work() as unit:
        await remove_connection(unit.session, caller.owner, connection_id)
    return Response(status_code=204)


def _answer(row: Connection) -> ConnectionAnswer:
    return ConnectionAnswer.model_validate(row, from_attributes=True)


def _provider(provider: Provider, connected: ConnectedSources, public_url: str) -> ProviderAnswer:
    return ProviderAnswer(
        source=provider.source,
        name=provider.name,
        configured=bool(provider.client_id and provider.client_secret),
        server_account=connected.tokens.has_server_account(provider.source),
        cure=provider.cure,
        redirect_uri=public_url + CALLBACK,
    )
