"""Google's sign-in on loopback: the token endpoint, and who an access token belongs to.

Authorisation codes with PKCE, refresh tokens that can be revoked, and service accounts whose
signatures are verified. Semantics and error bodies are Google's.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from pixharbor_emulators.drive_errors import Reply, html

AUTHORIZE_PATH: Final = "/o/oauth2/v2/auth"
TOKEN_PATH: Final = "/token"  # noqa: S105 - an address
READ_SCOPE: Final = "https://www.googleapis.com/auth/drive.readonly"
JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# The audience that Google's own libraries state, wherever the endpoint is.
AUDIENCE: Final = "https://oauth2.googleapis.com/token"
LIFE_SECONDS: Final = 3599
TOKEN_PREFIX: Final = "ya29."  # noqa: S105 - how Google's access tokens begin


@dataclass(frozen=True, slots=True)
class User:
    """A Google account."""

    email: str

    @property
    def permission_id(self) -> str:
        """Google's own number for it."""
        return str(int.from_bytes(hashlib.sha256(self.email.encode()).digest()[:8]))


@dataclass(frozen=True, slots=True)
class Code:
    """What an authorisation code stands for, until it is exchanged."""

    user: User
    redirect_uri: str
    challenge: str
    scope: str


@dataclass(slots=True)
class GoogleOAuth:
    """The accounts of one emulator; tests may change everything here while it serves.

    `clients` are the registered ids with their secrets, None takes every id and secret.
    `life` is how long access tokens live, in seconds. `asked` counts requests by grant type.
    `refuses_all`: the API takes no token, not even a fresh one, as of an account that is suspended.
    `outage` is the status of a server error that answers every request while it is set.
    """

    users: list[User] = field(default_factory=lambda: [User("anna@example.com")])
    clients: dict[str, str] | None = None
    life: float = LIFE_SECONDS
    outage: int | None = None
    refuses_all: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    codes: dict[str, Code] = field(default_factory=dict)
    refresh_tokens: dict[str, User] = field(default_factory=dict)
    access_tokens: dict[str, tuple[User, float]] = field(default_factory=dict)
    service_keys: dict[str, bytes] = field(default_factory=dict)
    delegates: set[str] = field(default_factory=set)

    def who(self, token: str) -> User | None:
        """Whose access token this is; None for an unknown or expired one."""
        user, ends_at = self.access_tokens.get(token, (None, 0.0))
        return user if ends_at > time.monotonic() and not self.refuses_all else None

    def expire_access_tokens(self) -> None:
        """Let every access token run out now; refresh tokens stay."""
        self.access_tokens.clear()

    def revoke(self, email: str) -> None:
        """End everything that this account has allowed, as its owner can at Google."""
        self.refresh_tokens = {t: u for t, u in self.refresh_tokens.items() if u.email != email}
        self.access_tokens = {t: a for t, a in self.access_tokens.items() if a[0].email != email}

    def make_service_account(self, email: str, *, delegated: bool = False) -> dict[str, Any]:
        """Register one; answers its key file. `delegated`: it may act for every user."""
        # Here, because the command line loads the emulators for its help.
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see above
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - see above

        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.service_keys[email] = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        if delegated:
            self.delegates.add(email)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            "type": "service_account",
            "project_id": "emulated-project",
            "private_key_id": "emulated-key",
            "private_key": private.decode(),
            "client_email": email,
            "client_id": "100000000000000000001",
            "token_uri": AUDIENCE,
        }

    def make_code(self, user: User, parameters: Mapping[str, str], scope: str) -> str:
        """What the browser takes back when the user has agreed."""
        code = f"4/0{secrets.token_urlsafe(48)}"
        challenge = parameters.get("code_challenge", "")
        self.codes[code] = Code(user, parameters["redirect_uri"], challenge, scope)
        return code

    def exchange(self, form: Mapping[str, str]) -> Reply:
        """Answer the token endpoint."""
        grant = form.get("grant_type", "")
        self.asked[grant] += 1
        if self.outage:
            return html(self.outage, "<!doctype html><title>Error</title><h1>Server Error</h1>")
        if grant == JWT_BEARER:
            return self._by_assertion(form.get("assertion", ""))
        if not self._is_client(form):
            return _error(401, "invalid_client", "Unauthorized")
        if grant == "authorization_code":
            return self._by_code(form)
        if grant == "refresh_token":
            return self._by_refresh_token(form.get("refresh_token", ""))
        return _error(400, "unsupported_grant_type", f"Invalid grant_type: {grant}")

    def _is_client(self, form: Mapping[str, str]) -> bool:
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        if self.clients is None:
            return bool(client_id and secret)
        return hmac.compare_digest(self.clients.get(client_id, "\0"), secret)

    def _by_code(self, form: Mapping[str, str]) -> Reply:
        code = self.codes.pop(form.get("code", ""), None)  # good for one use
        if code is None:
            return _error(400, "invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != code.redirect_uri:
            return _error(400, "redirect_uri_mismatch", "Bad Request")
        if code.challenge and code.challenge != _challenge(form.get("code_verifier", "")):
            return _error(400, "invalid_grant", "Invalid code verifier.")
        refresh_token = f"1//0{secrets.token_urlsafe(60)}"
        self.refresh_tokens[refresh_token] = code.user
        return self._grant(code.user, code.scope, refresh_token=refresh_token)

    def _by_refresh_token(self, refresh_token: str) -> Reply:
        user = self.refresh_tokens.get(refresh_token)
        if user is None:
            return _error(400, "invalid_grant", "Token has been expired or revoked.")
        return self._grant(user, READ_SCOPE)

    def _by_assertion(self, assertion: str) -> Reply:
        from google.auth import jwt  # noqa: PLC0415 - loaded only where one is sent

        try:
            issuer = str(jwt.decode(assertion, verify=False).get("iss"))
            key = self.service_keys[issuer]
            claims = jwt.decode(assertion, certs=key, audience=AUDIENCE)
        except KeyError:
            return _error(400, "invalid_grant", "Invalid grant: account not found")
        except ValueError as error:
            return _error(400, "invalid_grant", f"Invalid JWT: {error}")
        subject = claims.get("sub", issuer)
        if subject != issuer and issuer not in self.delegates:
            return _error(
                401,
                "unauthorized_client",
                "Client is unauthorized to retrieve access tokens using this method, or client "
                "not authorized for any of the scopes requested.",
            )
        return self._grant(User(subject), str(claims.get("scope", "")))

    def _grant(self, user: User, scope: str, *, refresh_token: str | None = None) -> Reply:
        token = TOKEN_PREFIX + secrets.token_urlsafe(96)
        self.access_tokens[token] = (user, time.monotonic() + self.life)
        answer: dict[str, object] = {
            "access_token": token,
            "expires_in": int(self.life),
            "scope": scope,
            "token_type": "Bearer",
        }
        if refresh_token:
            answer["refresh_token"] = refresh_token
        return Reply(200, orjson.dumps(answer))


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _error(status: int, error: str, description: str) -> Reply:
    return Reply(status, orjson.dumps({"error": error, "error_description": description}))
