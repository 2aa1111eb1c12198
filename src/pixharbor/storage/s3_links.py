"""Signed links to S3: AWS Signature Version 4 in the query, computed on this machine."""

import hashlib
import hmac
import time
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit

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
        self._bucket_path = urlsplit(bucket_url).path
        self._host = urlsplit(bucket_url).netloc
        self._region = region
        self._key_id = key_id
        self._secret = secret
        self._token = token

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
        date = datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{date[:8]}/{self._region}/s3/aws4_request"
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self._key_id}/{scope}",
            "X-Amz-Date": date,
            "X-Amz-Expires": str(lifetime),
            "X-Amz-Security-Token": self._token,
            "X-Amz-SignedHeaders": "host",
            "response-content-disposition": content_disposition,
        }
        given = sorted((name, value) for name, value in query.items() if value is not None)
        canonical_query = urlencode(given, quote_via=quote, safe="")
        path = quote(key)
        request = (
            f"GET\n{self._bucket_path}/{path}\n{canonical_query}\nhost:{self._host}\n\nhost\n"
            "UNSIGNED-PAYLOAD"
        )
        to_sign = (
            f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        )
        signature = self._sign(scope, to_sign)
        return f"{self._bucket_url}/{path}?{canonical_query}&X-Amz-Signature={signature}"

    def _sign(self, scope: str, to_sign: str) -> str:
        """HMAC in a chain: the secret, each part of the scope, and at last what is signed."""
        link = f"AWS4{self._secret}".encode()
        for part in (*scope.split("/"), to_sign):
            link = hmac.digest(link, part.encode(), "sha256")
        return link.hex()
