"""AWS Signature Version 4 in a link's query: computed here, for the store and for the source."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """An account's key; shown without its secrets."""

    key_id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def sign_link(
    bucket_url: str,
    key: str,
    query: Mapping[str, str],
    *,
    keys: AwsKeys,
    region: str,
    moment: int,
    seconds: int,
    method: str = "GET",
) -> str:
    """A link to `key` (or, without one, to the bucket) that lives `seconds` from `moment` (epoch).

    `bucket_url` is the bucket's address without a slash at its end.
    """
    date = datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{date[:8]}/{region}/s3/aws4_request"
    signed = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{keys.key_id}/{scope}",
        "X-Amz-Date": date,
        "X-Amz-Expires": str(seconds),
        **({"X-Amz-Security-Token": keys.token} if keys.token else {}),
        "X-Amz-SignedHeaders": "host",
        **query,
    }
    canonical_query = urlencode(sorted(signed.items()), quote_via=quote, safe="")
    path, parts = f"/{quote(key)}", urlsplit(bucket_url)
    request = (
        f"{method}\n{parts.path}{path}\n{canonical_query}\nhost:{parts.netloc}\n\nhost\n"
        "UNSIGNED-PAYLOAD"
    )
    to_sign = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = _sign(keys.secret, scope, to_sign)
    return f"{bucket_url}{path}?{canonical_query}&X-Amz-Signature={signature}"


def _sign(secret: str, scope: str, to_sign: str) -> str:
    """HMAC in a chain: the secret, each part of the scope, and at last what is signed."""
    link = f"AWS4{secret}".encode()
    for part in (*scope.split("/"), to_sign):
        link = hmac.digest(link, part.encode(), "sha256")
    return link.hex()
