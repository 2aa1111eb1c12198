"""Where the store is, and the keys to it: for the store itself, and for what must know of it.

The source of buckets opens others with the same keys; sources of folders and buckets leave the
store's own place out.
"""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class StoreAddress(BaseSettings):
    """The store's URL, and how its bucket is reached."""

    storage_url: str = "file://{DATA_DIR}/objects"

    # None is Amazon's own, in the region.
    s3_endpoint_url: str | None = None
    s3_region: str = "us-east-1"
    aws_access_key_id: str | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_session_token: SecretStr | None = None

    # A service account's key: with one, links lead to the bucket; other credentials (those of
    # `gcloud auth application-default login`, say) cannot sign, and links lead through this server.
    google_application_credentials: Path | None = None
    storage_emulator_host: str | None = None
