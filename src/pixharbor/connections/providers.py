"""The providers that accounts can be connected at: one entry each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import SecretStr

from pixharbor.connections.settings import ConnectionSettings
from pixharbor.errors import NotConfigured, NotFound

GUIDE: Final = "docs/sources/connections.md shows how, step by step."


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider's sign-in, in the words of OAuth 2.0 (RFC 6749)."""

    source: str
    name: str
    client_id: str | None
    client_secret: SecretStr | None
    authorize_url: str
    token_url: str
    # What its page is asked for besides what every OAuth page is asked for.
    asks: Mapping[str, str]
    # Without this permission nothing can be read; a person may have unticked it.
    scope: str | None
    cure: str
    project: str = field(default="")

    def require_client(self) -> tuple[str, SecretStr]:
        """Id and secret of this server's registration. Raises NotConfigured."""
        if not self.client_id or self.client_secret is None:
            raise NotConfigured(
                f"{self.name} does not know this server yet.",
                code=f"{self.source}_client_missing",
                cure=self.cure,
            )
        return self.client_id, self.client_secret


def make_providers(settings: ConnectionSettings) -> dict[str, Provider]:
    """All of them, by the source whose accounts they are."""
    drive = "https://www.googleapis.com/auth/drive.readonly"
    google = Provider(
        source="google_drive",
        name="Google",
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret,
        authorize_url=settings.google_authorize_url,
        token_url=settings.google_token_url,
        # Google gives a refresh token with the first consent only, unless consent is asked anew.
        asks={"scope": drive, "access_type": "offline", "prompt": "consent select_account"},
        scope=drive,
        cure=f"Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET; {GUIDE}",
        # A client's id begins with the number of its project.
        project=(settings.google_client_id or "").partition("-")[0],
    )
    dropbox = Provider(
        source="dropbox",
        name="Dropbox",
        client_id=settings.dropbox_app_key,
        client_secret=settings.dropbox_app_secret,
        authorize_url=settings.dropbox_authorize_url,
        token_url=settings.dropbox_token_url,
        asks={"token_access_type": "offline"},
        scope=None,  # the app's own page at Dropbox says what it may read
        cure=f"Set DROPBOX_APP_KEY and DROPBOX_APP_SECRET; {GUIDE}",
        project=settings.dropbox_app_key or "",
    )
    return {provider.source: provider for provider in (google, dropbox)}


def find_provider(providers: Mapping[str, Provider], source: str) -> Provider:
    """The provider of a source's accounts, by the source's name in an address. Raises NotFound."""
    provider = providers.get(source.replace("-", "_"))
    if provider is None:
        known = ", ".join(providers)
        raise NotFound(
            f"There are no accounts to connect at {source!r}.",
            code="unknown_provider",
            cure=f"Accounts can be connected at: {known}.",
        )
    return provider
