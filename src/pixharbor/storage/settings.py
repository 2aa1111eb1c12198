"""The settings of the stores: where bytes are kept, and the keys to that place."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ByteSize, SecretStr
from pydantic_settings import BaseSettings

from pixharbor.errors import SettingError

# The longest life of a signed link in S3 as in Google Cloud Storage.
LONGEST_LINK_SECONDS = 7 * 24 * 3600


class StorageSettings(BaseSettings):
    """Where bytes are kept, and how long links to them live (seconds)."""

    storage_url: str = "file://{DATA_DIR}/objects"
    storage_reserve: ByteSize = ByteSize(256 << 20)
    # Links are signed and private unless this is set: then they are the bucket's plain addresses,
    # which whoever owns the bucket must have opened to everybody.
    storage_public: bool = False
    signed_url_ttl: int = 3600
    secret_key: SecretStr | None = None

    # None is Amazon's own, in the region. Browsers may know an S3 server of your own by another
    # address than this server does: links then lead to the public one.
    s3_endpoint_url: str | None = None
    s3_public_endpoint_url: str | None = None
    s3_region: str = "us-east-1"
    aws_access_key_id: str | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_session_token: SecretStr | None = None

    # A service account's key: with one, links lead to the bucket; other credentials (those of
    # `gcloud auth application-default login`, say) cannot sign, and links lead through this server.
    google_application_credentials: Path | None = None
    storage_emulator_host: str | None = None


def read_bucket_settings(settings: StorageSettings) -> tuple[str, str]:
    """The bucket and the prefix in it; raises SettingError for what no bucket can do."""
    url = urlsplit(settings.storage_url)
    if not url.hostname or "@" in url.netloc or ":" in url.netloc or url.query or url.fragment:
        raise SettingError(
            f"STORAGE_URL: expected {url.scheme}://bucket or {url.scheme}://bucket/prefix; keys "
            "and a server's address have settings of their own"
        )
    if settings.signed_url_ttl > LONGEST_LINK_SECONDS:
        raise SettingError(
            f"SIGNED_URL_TTL: cannot use {settings.signed_url_ttl}; the links of a bucket live at "
            f"most {LONGEST_LINK_SECONDS} seconds (seven days)"
        )
    return url.netloc, url.path.strip("/")
