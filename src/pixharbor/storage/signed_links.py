"""Signed links to local files: HMAC-SHA256 over key and expiry, good for a while, for anyone."""

import base64
import hashlib
import hmac
import os
import secrets
import time
from pathlib import Path
from urllib.parse import quote, urlencode

from pixharbor.errors import AccessRefused


class LinkRefused(AccessRefused):
    """This link was not made by this server."""

    code = "link_signature"


class LinkExpired(AccessRefused):
    """This link has expired."""

    status = 410
    code = "link_expired"
    cure = "Ask for the image again: every answer has a fresh link. SIGNED_URL_TTL sets its life."


class LinkSigner:
    """Makes and checks links: /files/{key}?name={name}&expires={epoch}&signature={base64url}."""

    # Expiries are rounded up to a quarter of the link's life, so that equal requests give equal
    # links and browsers can cache what they lead to.
    WINDOWS = 4

    def __init__(self, secret: bytes) -> None:
        self._secret = hashlib.sha256(b"pixharbor signed links\0" + secret).digest()

    def sign(self, key: str, *, seconds: int, name: str, save: bool = False) -> str:
        """A link that lives at least `seconds`, and at most half as long again.

        `name` is what a browser calls the file when it is saved; with `save` it saves it.
        """
        window = max(1, seconds // self.WINDOWS)
        expires = (int(time.time()) + seconds + window) // window * window
        query = urlencode(
            {
                "name": name,
                **({"save": 1} if save else {}),
                "expires": expires,
                "signature": self._signature(key, name, expires, save=save),
            }
        )
        return f"/files/{quote(key)}?{query}"

    def check(
        self, key: str, name: str, expires: int, signature: str, *, save: bool = False
    ) -> None:
        """Raise LinkRefused or LinkExpired unless the link is ours and still lives."""
        if not hmac.compare_digest(
            self._signature(key, name, expires, save=save).encode(), signature.encode()
        ):
            raise LinkRefused
        if expires < time.time():
            raise LinkExpired

    def _signature(self, key: str, name: str, expires: int, *, save: bool) -> str:
        signed = f"{key}\0{name}\0{expires}".encode() + (b"\0save" if save else b"")
        digest = hmac.digest(self._secret, signed, "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def load_secret(data_dir: Path, given: str | None) -> bytes:
    """SECRET_KEY, or one that is made once and kept in the data folder, readable by us alone."""
    if given:
        return given.encode()
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".secret_key.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        with fresh.open("w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())  # after a power cut it must not be empty, known to everybody
        # Two processes that start together: the first link wins and both read the same secret.
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
