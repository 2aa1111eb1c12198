"""What S3 and the way to it say is wrong, in words that name the setting which cures it."""

import re
from dataclasses import dataclass

from pixharbor.errors import PixharborError
from pixharbor.storage.base import ObjectMissing, StoreError, StoreFull

_KEY_UNKNOWN = "AWS_ACCESS_KEY_ID: {place} does not know this key; expected one of an account there"
_NOT_ITS_PAIR = "AWS_SECRET_ACCESS_KEY: this is not the secret that belongs to AWS_ACCESS_KEY_ID"
_SESSION_OVER = (
    "AWS_SESSION_TOKEN: {place} does not accept it (any more); expected a fresh one with its "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or none with a lasting key"
)
_BUCKET_MISSING = "STORAGE_URL: there is no bucket {bucket!r} at {place}; make it, or name another"
_REGION_WRONG = "S3_REGION: {place} has the bucket {bucket!r} in another region{expected}"
_REFUSED = (
    "STORAGE_URL: the key of AWS_ACCESS_KEY_ID may not {act} in the bucket {bucket!r}; allow it "
    "s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject there"
)
_CLOCK_WRONG = "The clock of this machine is too far from that of {place}; set it right"
_FULL = "The bucket {bucket!r} at {place} has no room left ({code})"
_BUSY = "The bucket {bucket!r} at {place} cannot {act} at the moment ({code})"
_SILENT = "S3_ENDPOINT_URL: nothing answers at {place}; start it, or name another"
_TOO_SLOW = "S3_ENDPOINT_URL: {place} took too long, or broke the connection, when asked to {act}"

# By the code that the server gives, or the status where it gives none.
_SENTENCES = {
    "InvalidAccessKeyId": _KEY_UNKNOWN,
    "XAdminUserNotFound": _KEY_UNKNOWN,  # versitygw's word
    "SignatureDoesNotMatch": _NOT_ITS_PAIR,
    "InvalidToken": _SESSION_OVER,
    "ExpiredToken": _SESSION_OVER,
    "NoSuchBucket": _BUCKET_MISSING,
    "404": _BUCKET_MISSING,
    "AuthorizationHeaderMalformed": _REGION_WRONG,
    "PermanentRedirect": _REGION_WRONG,
    "IncorrectEndpoint": _REGION_WRONG,
    "301": _REGION_WRONG,
    "AccessDenied": _REFUSED,
    "AllAccessDisabled": _REFUSED,
    "403": _REFUSED,
    "405": _REFUSED,
    "RequestTimeTooSkewed": _CLOCK_WRONG,
    "507": _FULL,
}
_FULL_CODES = {"507", "XMinioStorageFull", "QuotaExceeded", "InsufficientStorage"}


@dataclass(frozen=True)
class S3Place:
    """Where a bucket is: what its errors name."""

    bucket: str
    endpoint: str

    def explain(self, error: Exception, act: str) -> PixharborError:
        """StoreError, StoreFull or ObjectMissing; `act` is what was tried, as in "write".

        Nothing of the client's own message is passed on: that holds what was signed.
        """
        text = str(error)
        code = _code_of(text)
        if code == "NoSuchKey" or (code == "404" and act == "read"):
            return ObjectMissing()
        expected = re.search(r"<Region>([a-z0-9-]+)</Region>", text)
        sentence = _FULL if code in _FULL_CODES else _SENTENCES.get(code)
        if sentence is None and code:
            sentence = _BUSY
        if sentence is None:
            sentence = _SILENT if re.search(r"kind: Connect\b", text) else _TOO_SLOW
        told = sentence.format(
            act=act,
            bucket=self.bucket,
            code=code,
            expected=f"; expected {expected[1]!r}" if expected else "",
            place=self.endpoint,
        )
        return (StoreFull if sentence is _FULL else StoreError)(f"{told}.")


def _code_of(text: str) -> str:
    """S3's code, as in NoSuchBucket; the HTTP status without one; empty without an answer."""
    code = re.search(r"<Code>(\w+)</Code>", text)
    status = re.search(r"status code: (\d{3})", text)
    return code[1] if code else status[1] if status else ""
