"""A provider's token endpoint: one POST, and what its refusals mean (RFC 6749, section 5)."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import orjson

from pixharbor.connections.providers import Provider
from pixharbor.sources.base import NeedsReauth, ProviderFailed, SourceError, TimedOut, Unreachable

# Well below the lease on a renewal (account_tokens.py).
TIMEOUT_SECONDS: Final = 20.0
# What a token lives when its answer does not say (Google and Dropbox always do).
DEFAULT_LIFE_SECONDS: Final = 3600
_OK: Final = 200
_SERVER_ERROR: Final = 500


class GrantEnded(NeedsReauth):
    """The provider no longer accepts what tokens were had for."""

    code = "grant_ended"
    cure = "Connect the account again under Connections; the jobs that wait then go on."


class ClientRefused(NeedsReauth):
    """The provider does not accept this server's own registration."""

    code = "client_refused"


@dataclass(frozen=True, slots=True, repr=False)
class Granted:
    """Tokens as they were given. `life` is in seconds; never shown in logs or errors."""

    access_token: str
    life: float
    refresh_token: str | None = None
    scope: str | None = None


class TokenEndpoint:
    """Asks for tokens. Raises GrantEnded, ClientRefused, or a SourceError to try again."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def exchange_code(
        self, provider: Provider, *, code: str, verifier: str, redirect_uri: str
    ) -> Granted:
        """Tokens for the code that a browser has brought back (with PKCE, RFC 7636)."""
        return await self._ask(
            provider,
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": redirect_uri,
                **_client(provider),
            },
        )

    async def refresh(self, provider: Provider, refresh_token: str) -> Granted:
        """The next access token of an account."""
        return await self._ask(
            provider,
            {
                "grant_type": "refresh_token",
                "refresh_token": refresh_token,
                **_client(provider),
            },
        )

    async def assert_identity(self, provider: Provider, assertion: str) -> Granted:
        """An access token for a signed statement of a service account (RFC 7523)."""
        grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        return await self._ask(provider, {"grant_type": grant, "assertion": assertion})

    async def _ask(self, provider: Provider, form: Mapping[str, str]) -> Granted:
        try:
            async with self._session.post(
                provider.token_url, data=form, allow_redirects=False
            ) as response:
                status, body = response.status, await response.read()
        except TimeoutError:
            raise TimedOut(f"{provider.name} stopped answering while signing in.") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(
                f"No connection to {provider.name}'s sign-in ({type(error).__name__})."
            ) from None
        answer = _object(body)
        if status != _OK:
            raise _refusal(provider, status, answer)
        return _granted(provider, answer)


def _client(provider: Provider) -> dict[str, str]:
    client_id, secret = provider.require_client()
    return {"client_id": client_id, "client_secret": secret.get_secret_value()}


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _granted(provider: Provider, answer: dict[str, Any]) -> Granted:
    token = answer.get("access_token")
    if not isinstance(token, str) or not token.isascii():
        raise ProviderFailed(f"{provider.name}'s sign-in answered without a token.")
    life = answer.get("expires_in")
    return Granted(
        access_token=token,
        life=float(life) if isinstance(life, int | float) else DEFAULT_LIFE_SECONDS,
        refresh_token=answer.get("refresh_token"),
        scope=answer.get("scope"),
    )


def _refusal(provider: Provider, status: int, answer: dict[str, Any]) -> SourceError:
    """The codes are the standard's; descriptions are free text that may quote what was sent."""
    error = answer.get("error")
    if error == "invalid_grant":
        return GrantEnded(f"{provider.name} no longer accepts this account's sign-in.")
    if error in ("invalid_client", "unauthorized_client", "access_denied", "invalid_scope"):
        return ClientRefused(
            f"{provider.name} does not accept this server's sign-in ({error}).", cure=provider.cure
        )
    if status >= _SERVER_ERROR or not isinstance(error, str):
        return ProviderFailed(f"{provider.name}'s sign-in failed (HTTP {status}).")
    return ProviderFailed(f"{provider.name}'s sign-in did not understand us (HTTP {status}).")


@asynccontextmanager
async def open_token_endpoint() -> AsyncIterator[TokenEndpoint]:
    """Connections for asking, closed at the end of the block."""
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
        trust_env=False,
    ) as session:
        yield TokenEndpoint(session)
