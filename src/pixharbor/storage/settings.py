"""The settings of the stores: where bytes are kept, and the keys to that place."""

from pydantic import ByteSize, SecretStr
from pydantic_settings import BaseSettings


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
