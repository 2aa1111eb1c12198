"""The settings of sign-ins: what providers know this server as, and where they are."""

from pathlib import Path

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings
from yarl import URL


class ConnectionSettings(BaseSettings):
    """What an operator registers once with each provider (docs/sources/connections.md)."""

    google_client_id: str | None = None
    google_client_secret: SecretStr | None = None
    google_authorize_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    google_application_credentials: Path | None = None

    dropbox_app_key: str | None = None
    dropbox_app_secret: SecretStr | None = None
    dropbox_authorize_url: str = "https://www.dropbox.com/oauth2/authorize"
    dropbox_token_url: str = "https://api.dropboxapi.com/oauth2/token"  # noqa: S105 - an address
    dropbox_refresh_token: SecretStr | None = None

    @field_validator(
        "google_authorize_url", "google_token_url", "dropbox_authorize_url", "dropbox_token_url"
    )
    @classmethod
    def _is_endpoint(cls, given: str) -> str:
        url = URL(given.strip())
        if url.scheme not in ("http", "https") or not url.host or url.query_string:
            raise ValueError("expected an address such as https://oauth2.googleapis.com/token")
        return str(url)
