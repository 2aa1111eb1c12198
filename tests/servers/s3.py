"""An S3 server as tests see it, whichever program it is: an address, its keys, and new buckets."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import boto3
from botocore.config import Config
from pydantic import SecretStr
from servers.process import ServerProcess

from pixharbor.storage.settings import StorageSettings


@dataclass
class S3Server:
    """A running server; `process` is its own when it may be killed and started again."""

    url: str
    key_id: str
    secret: str
    process: ServerProcess | None = None
    region: str = "us-east-1"
    _numbers: "count[int]" = field(default_factory=count)
    _run: str = field(default_factory=lambda: uuid4().hex[:8])

    def client(self) -> Any:
        """Amazon's own client: a second opinion on what obstore and we have done."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id=self.key_id,
            aws_secret_access_key=self.secret,
            config=Config(s3={"addressing_style": "path"}, signature_version="s3v4"),
        )

    def new_bucket(self) -> str:
        """An empty bucket; answers its name."""
        name = f"pixharbor-{self._run}-{next(self._numbers)}"
        client = self.client()
        client.create_bucket(Bucket=name)
        client.close()
        return name

    def given(self, bucket: str, prefix: str = "", **changed: Any) -> dict[str, Any]:
        """The settings that lead to the bucket."""
        return {
            "storage_url": f"s3://{bucket}/{prefix}".rstrip("/"),
            "s3_endpoint_url": self.url,
            "s3_region": self.region,
            "aws_access_key_id": self.key_id,
            "aws_secret_access_key": SecretStr(self.secret),
            **changed,
        }

    def settings(self, bucket: str, prefix: str = "", **changed: Any) -> StorageSettings:
        """The same, as the store takes them."""
        return StorageSettings(**self.given(bucket, prefix, **changed))
