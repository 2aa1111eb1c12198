"""What Google Cloud Storage and the way to it say is wrong, in words that name what cures it."""

from collections.abc import Callable
from dataclasses import dataclass

from google.api_core.exceptions import (
    Forbidden,
    GoogleAPICallError,
    NotFound,
    RetryError,
    Unauthorized,
    from_http_response,
)
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage.exceptions import InvalidResponse
from requests import Response
from requests.exceptions import ConnectionError as NotConnected

from pixharbor.errors import PixharborError
from pixharbor.storage.base import ObjectMissing, StoreError

# google-api-core leaves it without types.
_of_response: Callable[[Response], GoogleAPICallError] = from_http_response

NO_CREDENTIALS = (
    "GOOGLE_APPLICATION_CREDENTIALS: not set, and this machine has no credentials of its own; set "
    "it to the file of a service account's key, or run: gcloud auth application-default login"
)


@dataclass(frozen=True)
class GcsPlace:
    """Where a bucket is: what its errors name."""

    bucket: str
    endpoint: str

    def explain(self, error: Exception, act: str) -> PixharborError:
        """StoreError or ObjectMissing; `act` is what was tried, as in "write"."""
        while isinstance(error, RetryError) and isinstance(error.cause, Exception):
            error = error.cause
        if isinstance(error, InvalidResponse):  # an upload's or a download's
            error = _of_response(error.response)
        if isinstance(error, NotFound) and act == "read":
            return ObjectMissing()
        return StoreError(f"{self._sentence(error, act)}.")

    def _sentence(self, error: Exception, act: str) -> str:
        match error:
            case NotFound():
                return (
                    f"STORAGE_URL: there is no bucket {self.bucket!r} at {self.endpoint}; make it, "
                    "or name another"
                )
            case Unauthorized() | GoogleAuthError():
                return (
                    "GOOGLE_APPLICATION_CREDENTIALS: Google does not accept these credentials "
                    "(any more); make a new key, or run: gcloud auth application-default login"
                )
            case Forbidden():
                return (
                    "STORAGE_URL: the account of GOOGLE_APPLICATION_CREDENTIALS may not "
                    f"{act} in the bucket {self.bucket!r}; give it the role Storage Object Admin "
                    "(roles/storage.objectAdmin) there"
                )
            case GoogleAPICallError():
                return (
                    f"The bucket {self.bucket!r} at {self.endpoint} cannot {act} at the moment "
                    f"({error.code})"
                )
            case NotConnected():
                return (
                    f"STORAGE_URL: nothing answers at {self.endpoint}, or it broke the connection; "
                    "see that this machine can reach it"
                )
        return (
            f"STORAGE_URL: {self.endpoint} took too long, or broke the connection, when asked to "
            f"{act}"
        )
