"""Dropbox: its settings."""

from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr
from pydantic_settings import BaseSettings
from yarl import URL

from pixharbor.errors import SettingError

DROPBOX_API_URL: Final = "https://api.dropboxapi.com/2"
DROPBOX_CONTENT_URL: Final = "https://content.dropboxapi.com/2"
DROPBOX_TOKEN_URL: Final = "https://api.dropboxapi.com/oauth2/token"  # noqa: S105 - an address


class DropboxSettings(BaseSettings):
    """How Dropbox is reached.

    `dropbox_app_key` and `dropbox_app_secret` open links; `dropbox_refresh_token` besides opens
    the account that it was given for.
    """

    dropbox_app_key: str | None = None
    dropbox_app_secret: SecretStr | None = None
    dropbox_refresh_token: SecretStr | None = None
    dropbox_api_url: str = DROPBOX_API_URL
    dropbox_content_url: str = DROPBOX_CONTENT_URL
    dropbox_token_url: str = DROPBOX_TOKEN_URL


@dataclass(frozen=True, slots=True)
class DropboxApp:
    """An app of Dropbox's App Console. One that keeps no secret (PKCE) opens no links itself."""

    key: str
    secret: SecretStr | None


@dataclass(frozen=True, slots=True)
class DropboxUrls:
    """Where Dropbox is, without slashes at the ends."""

    api: URL
    content: URL
    token: URL


def read_app(settings: DropboxSettings) -> DropboxApp | None:
    """The app, None without a key. Raises SettingError for half of one."""
    key = _plain("DROPBOX_APP_KEY", settings.dropbox_app_key)
    secret = _secret("DROPBOX_APP_SECRET", settings.dropbox_app_secret)
    if secret and not key:
        raise SettingError("DROPBOX_APP_KEY: is missing beside DROPBOX_APP_SECRET; set both")
    return DropboxApp(key, secret) if key else None


def read_refresh_token(settings: DropboxSettings) -> SecretStr | None:
    """The token, None without one. Raises SettingError for one without an app."""
    token = _secret("DROPBOX_REFRESH_TOKEN", settings.dropbox_refresh_token)
    if token and not settings.dropbox_app_key:
        raise SettingError(
            "DROPBOX_REFRESH_TOKEN: needs the app that it was given to; set DROPBOX_APP_KEY and "
            "DROPBOX_APP_SECRET",
        )
    return token


def read_urls(settings: DropboxSettings) -> DropboxUrls:
    """The addresses. Raises SettingError."""
    return DropboxUrls(
        _url("DROPBOX_API_URL", settings.dropbox_api_url, DROPBOX_API_URL),
        _url("DROPBOX_CONTENT_URL", settings.dropbox_content_url, DROPBOX_CONTENT_URL),
        _url("DROPBOX_TOKEN_URL", settings.dropbox_token_url, DROPBOX_TOKEN_URL),
    )


def _secret(name: str, given: SecretStr | None) -> SecretStr | None:
    text = _plain(name, given.get_secret_value() if given else None)
    return SecretStr(text) if text else None


def _plain(name: str, given: str | None) -> str:
    """What can travel in a header; the value itself is in no message."""
    text = (given or "").strip()
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise SettingError(
            f"{name}: holds characters that Dropbox never gives out; expected the letters and "
            "digits shown at https://www.dropbox.com/developers/apps",
        )
    return text


def _url(name: str, given: str, default: str) -> URL:
    text = given.strip() or default
    try:
        url = URL(text.rstrip("/"))
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host or url.user or url.query_string:
        raise SettingError(f"{name}: cannot use {text!r}; expected an address such as {default}")
    return url
