"""Signed links to S3: AWS Signature Version 4 in the query, computed on this machine."""

import time

from pixharbor.aws_signature import AwsKeys, sign_link
from pixharbor.storage.settings import LONGEST_LINK_SECONDS
from pixharbor.storage.signed_links import LinkSigner


class S3LinkSigner:
    """Makes links that bring one object's bytes to anyone for a while.

    Signed here because obstore's own signing takes no `response-content-disposition`. `bucket_url`
    is the bucket's address as browsers know it, without a slash at its end.
    """

    def __init__(
        self, bucket_url: str, *, region: str, key_id: str, secret: str, token: str | None = None
    ) -> None:
        self._bucket_url = bucket_url
        self._region = region
        self._keys = AwsKeys(key_id, secret, token)

    def sign(self, key: str, *, seconds: int, content_disposition: str) -> str:
        """A link that lives at least `seconds`, and at most a quarter longer."""
        # Dated back to the last quarter of its life, so that equal requests give equal links and
        # browsers can cache what they lead to.
        window = max(1, seconds // LinkSigner.WINDOWS)
        signed_at = int(time.time()) // window * window
        lifetime = min(seconds + window, LONGEST_LINK_SECONDS)
        return self.sign_at(signed_at, key, lifetime, content_disposition)

    def sign_at(
        self, moment: int, key: str, lifetime: int, content_disposition: str | None = None
    ) -> str:
        """A link that lives for `lifetime` seconds from `moment` (epoch)."""
        query = {"response-content-disposition": content_disposition}
        return sign_link(
            self._bucket_url,
            key,
            {name: value for name, value in query.items() if value is not None},
            keys=self._keys,
            region=self._region,
            moment=moment,
            seconds=lifetime,
        )
