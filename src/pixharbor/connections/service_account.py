"""Google's service accounts: their keys, and the statements that are signed with them."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from pixharbor.errors import BadInput

if TYPE_CHECKING:
    from google.auth.crypt import RSASigner

# What Google expects as the statement's audience, also where the endpoint is another.
AUDIENCE: Final = "https://oauth2.googleapis.com/token"
LIFE_SECONDS: Final = 3600  # the longest that Google takes


class BadServiceAccount(BadInput):
    """This is not the key of a Google service account."""

    code = "bad_service_account"
    cure = (
        "In the Google Cloud console open IAM, Service accounts, Keys, Add key, JSON, and give "
        "the whole file."
    )


def check_key(key: dict[str, Any]) -> None:
    """Raise BadServiceAccount unless statements can be signed with this key."""
    needed = ("client_email", "private_key", "private_key_id")
    if key.get("type") != "service_account" or not all(
        isinstance(key.get(name), str) for name in needed
    ):
        raise BadServiceAccount
    _signer(key)


def read_key_file(path: Path) -> dict[str, Any]:
    """The key in the file that GOOGLE_APPLICATION_CREDENTIALS names. Raises BadServiceAccount."""
    try:
        key = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        key = None
    if not isinstance(key, dict) or key.get("type") != "service_account":
        raise BadServiceAccount(
            "GOOGLE_APPLICATION_CREDENTIALS does not name the key file of a service account."
        )
    check_key(key)
    return key


def sign_statement(key: dict[str, Any], *, scope: str, subject: str | None) -> str:
    """Who asks, for what, and in whose name (`subject`, by domain-wide delegation)."""
    from google.auth import jwt  # noqa: PLC0415 - loaded only where there is a service account

    now = int(time.time())
    claims = {
        "iss": key["client_email"],
        "scope": scope,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + LIFE_SECONDS,
        **({"sub": subject} if subject else {}),
    }
    statement: bytes = jwt.encode(_signer(key), claims)
    return statement.decode()


def _signer(key: dict[str, Any]) -> "RSASigner":
    from google.auth.crypt import RSASigner  # noqa: PLC0415 - as above

    try:
        signer: RSASigner = RSASigner.from_service_account_info(key)
    except (ValueError, TypeError):
        raise BadServiceAccount("The service account's private key cannot be read.") from None
    return signer
