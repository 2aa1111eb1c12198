"""Access tokens: exchanged in time, by one of all processes, and never told to anybody."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from uuid import UUID

import aiohttp
import pytest
import structlog
from connecting import CLIENT_SECRET, connected, list_connections, start_private
from connections.conftest import Port
from harbour import Harbour
from sqlalchemy import update

from pixharbor.connections.account_tokens import AccountTokens
from pixharbor.connections.connected_sources import ConnectedSources
from pixharbor.connections.models import Connection
from pixharbor.connections.token_endpoint import TokenEndpoint
from pixharbor.db.engine import open_database
from pixharbor.sources.base import NeedsReauth, ProviderFailed, Unreachable

PROCESSES = 8
TAKERS_EACH = 8
OpenProcess = Callable[[Harbour, UUID], AbstractAsyncContextManager[AccountTokens]]


@asynccontextmanager
async def another_process(harbour: Harbour, connection_id: UUID) -> AsyncIterator[AccountTokens]:
    """The connection's tokens as a further process has them: all but the database is its own."""
    runtime = harbour.runtime
    async with (
        open_database(runtime.settings.database_url) as database,
        aiohttp.ClientSession() as session,
    ):
        connected_sources = ConnectedSources(
            runtime.settings,
            TokenEndpoint(session),
            database=database,
            sealer=runtime.sealer,
            sources=runtime.sources,
        )
        async with database.read() as read:
            row = await read.get_one(Connection, connection_id)
        tokens = AccountTokens(
            row, database=database, sealer=runtime.sealer, source=connected_sources.tokens
        )
        yield tokens
        await tokens.close()


async def run_out(harbour: Harbour) -> None:
    """Let the tokens in the database be due for exchange."""
    async with harbour.runtime.database.write() as session:
        await session.execute(update(Connection).values(fresh_until=0))


async def test_sixty_four_takers_in_eight_processes_make_one_request(
    port: Port, database_url: str
) -> None:
    async with port(working=False, database_url=database_url) as (harbour, drive):
        connection_id = UUID(await connected(harbour))
        await run_out(harbour)
        async with AsyncExitStack() as stack:
            processes = [
                await stack.enter_async_context(another_process(harbour, connection_id))
                for _ in range(PROCESSES)
            ]
            taken = await asyncio.gather(
                *(process.token() for process in processes for _ in range(TAKERS_EACH))
            )
    assert len(taken) == 64
    assert len(set(taken)) == 1
    assert drive.oauth.asked["refresh_token"] == 1


async def test_sixty_four_refusals_of_one_token_make_one_request(port: Port) -> None:
    async with port(working=False) as (harbour, drive):
        connection_id = UUID(await connected(harbour))
        async with AsyncExitStack() as stack:
            processes = [
                await stack.enter_async_context(another_process(harbour, connection_id))
                for _ in range(PROCESSES)
            ]
            old = await processes[0].token()
            taken = await asyncio.gather(
                *(process.token(refused=old) for process in processes for _ in range(TAKERS_EACH))
            )
    assert drive.oauth.asked["refresh_token"] == 1
    assert set(taken) == {taken[0]}
    assert taken[0] != old


async def test_a_renewal_outlives_whoever_asked_for_it(port: Port) -> None:
    async with port(working=False) as (harbour, drive):
        connection_id = UUID(await connected(harbour))
        await run_out(harbour)
        async with another_process(harbour, connection_id) as tokens:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(tokens.token(), 0)
            await tokens.token()
    assert drive.oauth.asked["refresh_token"] <= 1


async def test_whoever_died_while_renewing_holds_nobody_up_for_ever(port: Port) -> None:
    async with port(working=False) as (harbour, drive):
        connection_id = UUID(await connected(harbour))
        await run_out(harbour)
        async with harbour.runtime.database.write() as session:
            dead = {"renewing_by": connection_id, "renewing_until": 1}
            await session.execute(update(Connection).values(**dead))
        async with another_process(harbour, connection_id) as tokens:
            await tokens.token()
    assert drive.oauth.asked["refresh_token"] == 1


async def test_a_grant_that_has_ended_is_asked_about_once(port: Port) -> None:
    async with port(working=False) as (harbour, drive):
        connection_id = UUID(await connected(harbour))
        drive.oauth.revoke("anna@example.com")
        await run_out(harbour)
        async with another_process(harbour, connection_id) as tokens:
            for _ in range(3):
                with pytest.raises(NeedsReauth, match=r"Connect anna@example\.com again"):
                    await tokens.token()
        (connection,) = await list_connections(harbour)
    assert drive.oauth.asked["refresh_token"] == 1
    assert connection["state"] == "needs_reauth"


async def test_two_tokens_that_were_both_old_do_not_end_a_connection(port: Port) -> None:
    async with port(working=False) as (harbour, drive):
        connection_id = UUID(await connected(harbour))
        async with (
            another_process(harbour, connection_id) as ours,
            another_process(harbour, connection_id) as theirs,
        ):
            old = await ours.token()
            newer = await theirs.token(refused=old)
            drive.oauth.expire_access_tokens()
            assert await ours.token(refused=old) == newer
            assert isinstance(await ours.give_up(), ProviderFailed)
            fresh = await ours.token()
        (connection,) = await list_connections(harbour)
    assert fresh not in (old, newer)
    assert connection["state"] == "connected"


async def test_an_account_that_is_refused_with_fresh_tokens_has_to_be_connected_again(
    port: Port,
) -> None:
    async with port() as (harbour, drive):
        connection_id = await connected(harbour)
        drive.oauth.refuses_all = True
        job_id = await start_private(harbour, "root", connection_id)
        job = await harbour.until(job_id, lambda job: job["state"] == "paused")
        assert "although the sign-in was renewed" in job["pause"]["message"]
        (connection,) = await list_connections(harbour)
        assert connection["state"] == "needs_reauth"
        drive.oauth.refuses_all = False
        await connected(harbour)
        assert (await harbour.finish(job_id))["state"] == "completed"


async def test_a_provider_that_fails_for_a_while_ends_no_connection(port: Port) -> None:
    async with port(working=False) as (harbour, drive):
        connection_id = UUID(await connected(harbour))
        await run_out(harbour)
        drive.oauth.outage = 503
        async with another_process(harbour, connection_id) as tokens:
            with pytest.raises(ProviderFailed, match="HTTP 503"):
                await tokens.token()
            drive.oauth.outage = None
            assert await tokens.token()
        (connection,) = await list_connections(harbour)
    assert connection["state"] == "connected"


async def test_a_provider_that_is_away_is_unreachable_and_ends_no_connection(port: Port) -> None:
    async with port(working=False, google_token_url="http://127.0.0.1:1/token") as (harbour, _):
        page = await harbour.api.get("/api/v1/connections/google-drive/authorize")
        assert page.status_code == 303
        provider = harbour.runtime.connected.providers["google_drive"]
        with pytest.raises(Unreachable, match="No connection to Google's sign-in"):
            await harbour.runtime.connected.endpoint.refresh(provider, "1//0canary")


async def test_another_secret_key_says_to_connect_again_and_ends_no_connection(port: Port) -> None:
    async with port(working=False, secret_key="first") as (harbour, _):
        connection_id = await connected(harbour)
    async with port(secret_key="second") as (harbour, _):
        job_id = await start_private(harbour, "root", connection_id)
        job = await harbour.until(job_id, lambda job: job["state"] == "paused")
        assert job["pause"]["reason"] == "needs_reauth"
        assert "SECRET_KEY" in job["pause"]["message"]
        assert await connected(harbour) == connection_id
        job = await harbour.finish(job_id)
    assert job["state"] == "completed"


async def test_no_token_is_in_a_log_or_an_answer(
    port: Port, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []

    def listen(_logger: object, _name: str, event: structlog.typing.EventDict) -> str:
        said.append(repr(event))
        return ""

    caplog.set_level(logging.DEBUG)
    before = structlog.get_config()
    structlog.configure(
        processors=[listen], wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG)
    )
    try:
        async with port() as (harbour, drive):
            connection_id = await connected(harbour)
            secrets = [*drive.oauth.refresh_tokens, *drive.oauth.access_tokens, CLIENT_SECRET]
            drive.oauth.expire_access_tokens()
            job_id = await start_private(harbour, "root", connection_id)
            await harbour.finish(job_id)
            drive.oauth.revoke("anna@example.com")
            await run_out(harbour)
            failed = await start_private(
                harbour, "https://drive.google.com/drive/shared-with-me", connection_id
            )
            job = await harbour.until(failed, lambda job: job["state"] == "paused")
            listed = (await harbour.api.get("/api/v1/connections")).text
            secrets += drive.oauth.access_tokens
    finally:
        structlog.configure(**before)
    told = "".join((caplog.text, *said, repr(job), listed))
    assert "token.renewed" in told
    assert "connection.ended" in told
    assert not [secret for secret in secrets if secret in told]
