"""Buckets as a source: the keys to them, which may be the store's."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from pixharbor.aws_signature import AwsKeys
from pixharbor.errors import SettingError
from pixharbor.store_address import StoreAddress

GOOGLE: Final = "https://storage.googleapis.com"


class ObjectStorageSettings(StoreAddress):
    """How buckets are read that somebody wants to import.

    What is not given is the store's. But the store's keys never go to another server than the
    store's: with an endpoint of its own, the source has its own keys, or asks without any.
    """

    source_s3_endpoint_url: str | None = None
    source_s3_region: str | None = None
    source_aws_access_key_id: str | None = None
    source_aws_secret_access_key: SecretStr | None = None
    source_aws_session_token: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class S3Access:
    """A server of S3, the key to it (None: only what is public), and the settings' names."""

    endpoint: str
    region: str
    keys: AwsKeys | None
    prefix_of_settings: str  # "SOURCE_", or "" where the store's are used


def read_s3_access(settings: ObjectStorageSettings) -> S3Access:
    """Which server, and whose key. Raises SettingError."""
    region = settings.source_s3_region or settings.s3_region
    endpoint = settings.source_s3_endpoint_url or settings.s3_endpoint_url
    own = bool(settings.source_aws_access_key_id or settings.source_s3_endpoint_url)
    return S3Access(
        _address(endpoint or f"https://s3.{region}.amazonaws.com"),
        region,
        _own_keys(settings) if own else _keys_of_store(settings),
        "SOURCE_" if own else "",
    )


def _own_keys(settings: ObjectStorageSettings) -> AwsKeys | None:
    key_id, secret = settings.source_aws_access_key_id, settings.source_aws_secret_access_key
    if not key_id:
        return None
    if not secret:
        raise SettingError(
            "SOURCE_AWS_SECRET_ACCESS_KEY: not set; expected the secret that belongs to "
            "SOURCE_AWS_ACCESS_KEY_ID"
        )
    return AwsKeys(key_id, secret.get_secret_value(), _text(settings.source_aws_session_token))


def _keys_of_store(settings: ObjectStorageSettings) -> AwsKeys | None:
    key_id, secret = settings.aws_access_key_id, settings.aws_secret_access_key
    if not key_id or not secret:
        return None
    return AwsKeys(key_id, secret.get_secret_value(), _text(settings.aws_session_token))


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _address(given: str) -> str:
    """As it is signed: no default port, no last slash."""
    parts = urlsplit(given.rstrip("/"))
    ports = {"http": ":80", "https": ":443"}
    if parts.scheme not in ports or not parts.hostname:
        raise SettingError(
            f"SOURCE_S3_ENDPOINT_URL: cannot use {given!r}; expected an address as "
            "https://s3.example.org"
        )
    return f"{parts.scheme}://{parts.netloc.removesuffix(ports[parts.scheme])}{parts.path}"


def google_endpoint(settings: ObjectStorageSettings) -> str:
    """Google's address, or an emulator's, which is often given without http://."""
    given = settings.storage_emulator_host or GOOGLE
    return (given if "://" in given else f"http://{given}").rstrip("/")
