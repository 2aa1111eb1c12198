"""Dropbox's settings: half an app, a token without one, and addresses that are none."""

import pytest
from pydantic import SecretStr

from pixharbor.errors import SettingError
from pixharbor.sources.dropbox_settings import (
    DropboxApp,
    DropboxSettings,
    read_app,
    read_refresh_token,
    read_urls,
)


def settings(**given: str | SecretStr | None) -> DropboxSettings:
    return DropboxSettings.model_validate(given)


def read_all(given: DropboxSettings) -> None:
    for read in (read_app, read_refresh_token, read_urls):
        read(given)


def test_an_app_may_keep_no_secret_and_may_not_be_there_s1_24() -> None:
    assert read_app(settings()) is None
    assert read_app(settings(dropbox_app_key=" key ")) == DropboxApp("key", None)
    both = read_app(settings(dropbox_app_key="key", dropbox_app_secret="secret"))
    assert both == DropboxApp("key", SecretStr("secret"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"dropbox_app_secret": "canary"}, "DROPBOX_APP_KEY: is missing"),
        ({"dropbox_app_key": "two words"}, "DROPBOX_APP_KEY: holds characters"),
        (
            {"dropbox_app_key": "key", "dropbox_app_secret": "canary\nx"},
            "DROPBOX_APP_SECRET: holds characters",
        ),
        ({"dropbox_refresh_token": "canary"}, "DROPBOX_REFRESH_TOKEN: needs the app"),
        ({"dropbox_api_url": "dropbox"}, "DROPBOX_API_URL: cannot use 'dropbox'"),
        ({"dropbox_content_url": "ftp://x/2"}, "DROPBOX_CONTENT_URL: cannot use"),
        ({"dropbox_token_url": "https://a:b@x/"}, "DROPBOX_TOKEN_URL: cannot use"),
    ],
)
def test_a_wrong_value_is_told_in_one_sentence_without_its_secret(
    given: dict[str, str], told: str
) -> None:
    with pytest.raises(SettingError, match=told) as refused:
        read_all(settings(**given))
    assert "canary" not in str(refused.value)


def test_the_addresses_are_dropbox_s_own_unless_named() -> None:
    urls = read_urls(settings(dropbox_api_url="http://127.0.0.1:8200/2/"))
    assert str(urls.api) == "http://127.0.0.1:8200/2"
    assert str(urls.content) == "https://content.dropboxapi.com/2"
    assert str(urls.token) == "https://api.dropboxapi.com/oauth2/token"
