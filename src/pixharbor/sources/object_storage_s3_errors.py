"""Buckets as a source: what S3 answers when it refuses, as errors with fates."""

import re
from collections.abc import Mapping
from typing import Final

from pixharbor.sources.base import (
    FileRefused,
    FileVanished,
    FolderMissing,
    FolderRefused,
    NeedsReauth,
    ProviderFailed,
    RateLimited,
    SourceError,
)
from pixharbor.sources.object_storage_settings import S3Access
from pixharbor.sources.retry_after import read_retry_after

_KEY_WRONG: Final = {
    "InvalidAccessKeyId": "AWS_ACCESS_KEY_ID: {place} does not know this key.",
    "XAdminUserNotFound": "AWS_ACCESS_KEY_ID: {place} does not know this key.",  # versitygw
    "SignatureDoesNotMatch": "AWS_SECRET_ACCESS_KEY: it does not belong to AWS_ACCESS_KEY_ID.",
    "InvalidToken": "AWS_SESSION_TOKEN: {place} does not accept it (any more).",
    "ExpiredToken": "AWS_SESSION_TOKEN: {place} does not accept it (any more).",
    "RequestTimeTooSkewed": "the clock of this machine is too far from that of {place}.",
}
_REGION_WRONG: Final = {
    *("AuthorizationHeaderMalformed", "AuthorizationQueryParametersError"),
    *("PermanentRedirect", "IncorrectEndpoint", "IllegalLocationConstraintException", "301"),
}
_SLOW_DOWN: Final = {"SlowDown", "RequestLimitExceeded", "TooManyRequests", "429", "503"}
_BY_STATUS: Final = {403: "AccessDenied", 404: "NoSuchKey"}


def explain(
    access: S3Access,
    bucket: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    act: str,
) -> SourceError:
    """The error for a refused request; `act` is "list" or "read"."""
    text = body.decode(errors="replace")
    stated = re.search(r"<Code>(\w+)</Code>", text)
    code = stated[1] if stated else _BY_STATUS.get(status, str(status))
    names = access.prefix_of_settings
    if code in _KEY_WRONG:
        told = f"{names}{_KEY_WRONG[code].format(place=access.endpoint)}"
        return NeedsReauth(told, cure="Set it right, start again, and resume the import.")
    if code in _REGION_WRONG:
        region = re.search(r"<Region>([a-z0-9-]+)</Region>", text)
        found = headers.get("x-amz-bucket-region") or (region[1] if region else "")
        return FolderRefused(
            f"{names}S3_REGION: the bucket {bucket!r} is in another region than "
            f"{access.region!r}{f', in {found!r}' if found else ''}.",
            cure=f"Set {names}S3_REGION{f'={found}' if found else ''} and start again.",
        )
    if code == "NoSuchBucket" or (code == "NoSuchKey" and act == "list"):
        return FolderMissing(
            f"There is no bucket {bucket!r} at {access.endpoint}.",
            cure=f"Check its name, and {names}S3_ENDPOINT_URL.",
        )
    if code in _SLOW_DOWN:
        return RateLimited(
            f"{access.endpoint} asks us to slow down.", retry_after=read_retry_after(headers)
        )
    return _of_object(access, bucket, code, act) or ProviderFailed(
        f"{access.endpoint} failed ({code}).", retry_after=read_retry_after(headers)
    )


def _of_object(access: S3Access, bucket: str, code: str, act: str) -> SourceError | None:
    if code == "NoSuchKey":
        return FileVanished("It was listed and is no longer in the bucket.")
    if code == "InvalidObjectState":
        return FileRefused(
            "It lies in the bucket's archive (Glacier): restore it there, then retry."
        )
    if code in ("AccessDenied", "AllAccessDisabled"):
        right = "s3:ListBucket" if act == "list" else "s3:GetObject"
        who = (
            f"the key of {access.prefix_of_settings}AWS_ACCESS_KEY_ID"
            if access.keys
            else "everybody: no key is set in AWS_ACCESS_KEY_ID or SOURCE_AWS_ACCESS_KEY_ID"
        )
        told = f"{access.endpoint} does not let us {act} in the bucket {bucket!r}."
        cure = f"Allow {right} to {who}."
        return FolderRefused(told, cure=cure) if act == "list" else FileRefused(f"{told} {cure}")
    return None
