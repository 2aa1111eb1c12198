"""Secrets at rest: tokens and passwords are kept in rows as text that only SECRET_KEY opens.

AES-256-GCM, by a key that HKDF derives from SECRET_KEY (or from the one made in DATA_DIR).
"""

import base64
import binascii
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pixharbor.errors import PixharborError

# Says how the rest was made, so that another way can come beside it.
_VERSION: Final = "1."
_NONCE_BYTES: Final = 12


class SealBroken(PixharborError):  # noqa: N818 - reads as what happened
    """A stored secret does not open: SECRET_KEY is not the one that it was sealed with."""

    status = 503
    code = "secret_key_changed"
    cure = "Set SECRET_KEY to what it was, or reconnect: enter the account or password again."


class Sealer:
    """Seals and unseals texts. `place` is where a text belongs, such as "connections {id}".

    A sealed text opens at its own place alone: copied into another row it is refused.
    """

    def __init__(self, secret: bytes) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"pixharbor sealed secrets")
        self._cipher = AESGCM(derive.derive(secret))

    def seal(self, text: str, *, place: str) -> str:
        """Make the text unreadable; the same text never looks the same twice."""
        nonce = os.urandom(_NONCE_BYTES)
        hidden = self._cipher.encrypt(nonce, text.encode(), place.encode())
        return _VERSION + base64.urlsafe_b64encode(nonce + hidden).decode()

    def unseal(self, sealed: str, *, place: str) -> str:
        """The text again. Raises SealBroken for another key, another place or a damaged row."""
        try:
            if not sealed.startswith(_VERSION):
                raise SealBroken
            raw = base64.b64decode(sealed.removeprefix(_VERSION), altchars=b"-_", validate=True)
            nonce, hidden = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            return self._cipher.decrypt(nonce, hidden, place.encode()).decode()
        except (binascii.Error, ValueError, InvalidTag):
            raise SealBroken from None
