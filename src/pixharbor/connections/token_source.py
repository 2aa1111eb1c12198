"""Where a connection's next access token comes from, by its kind."""

from collections.abc import Mapping
from typing import Any

import orjson

from pixharbor.connections.kinds import Kind
from pixharbor.connections.models import Connection
from pixharbor.connections.providers import Provider
from pixharbor.connections.service_account import read_key_file, sign_statement
from pixharbor.connections.settings import ConnectionSettings
from pixharbor.connections.token_endpoint import ClientRefused, Granted, TokenEndpoint
from pixharbor.errors import BadInput, NotConfigured


class TokenSource:
    """Asks the right endpoint with the right secret. Raises as TokenEndpoint does."""

    def __init__(
        self,
        settings: ConnectionSettings,
        providers: Mapping[str, Provider],
        endpoint: TokenEndpoint,
    ) -> None:
        self._settings = settings
        self._providers = providers
        self._endpoint = endpoint

    async def next_token(self, row: Connection, secret: str) -> Granted:
        """The next token of a connection whose unsealed secret this is."""
        try:
            return await self.ask(self._providers[row.source], Kind(row.kind), secret)
        except (BadInput, NotConfigured) as error:  # the operator has changed a setting since
            raise ClientRefused(error.message, cure=error.cure) from None

    async def ask(self, provider: Provider, kind: Kind, secret: str) -> Granted:
        """A token for a secret of this kind. Raises BadInput and NotConfigured besides."""
        if kind is Kind.OAUTH:
            return await self._endpoint.refresh(provider, secret)
        given: dict[str, Any] = orjson.loads(secret)
        if kind is Kind.SERVER and provider.source == "dropbox":
            return await self._endpoint.refresh(provider, self._server_refresh_token())
        key = given["key"] or self.server_key()
        statement = sign_statement(key, scope=provider.scope or "", subject=given["subject"])
        return await self._endpoint.assert_identity(provider, statement)

    def has_server_account(self, source: str) -> bool:
        """Whether the settings hold an account of this source, to be used as it is."""
        if source == "dropbox":
            return self._settings.dropbox_refresh_token is not None
        return self._settings.google_application_credentials is not None

    def server_key(self) -> dict[str, Any]:
        """The service account of the settings. Raises NotConfigured, BadServiceAccount."""
        path = self._settings.google_application_credentials
        if path is None:
            raise NotConfigured(
                "This server has no service account of its own.",
                code="service_account_missing",
                cure="Give a service account's key, or set GOOGLE_APPLICATION_CREDENTIALS.",
            )
        return read_key_file(path)

    def _server_refresh_token(self) -> str:
        token = self._settings.dropbox_refresh_token
        if token is None:
            raise NotConfigured(
                "This server has no Dropbox account of its own.",
                code="refresh_token_missing",
                cure="Connect Dropbox in the browser, or set DROPBOX_REFRESH_TOKEN.",
            )
        return token.get_secret_value()


def account_secret(key: dict[str, Any] | None, subject: str | None) -> str:
    """What is sealed for a service account: its key (None: the server's), and for whom it acts."""
    return orjson.dumps({"key": key, "subject": subject}).decode()
