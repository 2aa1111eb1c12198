"""The settings of the stores: where bytes are kept, and the keys to that place."""

from urllib.parse import urlsplit

from pydantic import ByteSize, SecretStr

from pixharbor.errors import SettingError
from pixharbor.store_address import StoreAddress

# The longest life of a signed link in S3 as in Google Cloud Storage.
LONGEST_LINK_SECONDS = 7 * 24 * 3600


class StorageSettings(StoreAddress):
    """Where bytes are kept, and how long links to them live (seconds)."""

    storage_reserve: ByteSize = ByteSize(256 << 20)
    # Links are signed and private unless this is set: then they are the bucket's plain addresses,
    # which whoever owns the bucket must have opened to everybody.
    storage_public: bool = False
    signed_url_ttl: int = 3600
    secret_key: SecretStr | None = None

    # Browsers may know an S3 server of your own by another address than this server does: links
    # then lead to this one.
    s3_public_endpoint_url: str | None = None


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
