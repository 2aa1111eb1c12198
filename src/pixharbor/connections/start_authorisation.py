"""Step 1 of connecting: send the browser to the provider, and let it keep what step 2 needs.

OAuth 2.0 with an authorisation code, PKCE (S256) and a state (RFC 9700). What belongs to the state
is sealed into a cookie: only the browser that began can end it, and no row has to be swept away.
"""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Final

import orjson
from yarl import URL

from pixharbor.connections.providers import Provider
from pixharbor.db.sealed import Sealer

# How long a person may take at the provider's pages.
PATIENCE_SECONDS: Final = 15 * 60


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What step 2 needs to know of step 1."""

    owner: int
    source: str
    verifier: str
    redirect_uri: str
    ends_at: float


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the cookie that it takes along."""

    url: str
    cookie: str
    value: str


def start_authorisation(
    provider: Provider, *, owner: int, redirect_uri: str, sealer: Sealer
) -> Departure:
    """The provider's page for this one authorisation. Raises NotConfigured."""
    client_id, _ = provider.require_client()
    state = secrets.token_urlsafe(32)
    verifier = secrets.token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    url = URL(provider.authorize_url).with_query(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **provider.asks,
        }
    )
    ends_at = time.time() + PATIENCE_SECONDS
    kept = orjson.dumps(Authorisation(owner, provider.source, verifier, redirect_uri, ends_at))
    return Departure(str(url), cookie_name(state), sealer.seal(kept.decode(), place=_place(state)))


def cookie_name(state: str) -> str:
    """Each authorisation has a cookie of its own: two windows do not disturb each other."""
    return f"pixharbor_connect_{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def read_authorisation(state: str, value: str, sealer: Sealer) -> Authorisation:
    """What start_authorisation sealed for this state. Raises SealBroken."""
    return Authorisation(**orjson.loads(sealer.unseal(value, place=_place(state))))


def _place(state: str) -> str:
    return f"authorisation {state}"
