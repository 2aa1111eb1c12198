"""Secrets at rest: tokens and passwords are kept in rows as text that only SECRET_KEY opens.

AES-256-GCM, by a key that HKDF derives from SECRET_KEY (or from the one made in DATA_DIR). The
library takes 100 ms and 8 MiB of each process: it is loaded with the first secret.
"""

import base64
import binascii
import os
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pixharbor.errors import PixharborError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# Says how the rest was made, so that another way can come beside it.
_VERSION: Final = "1."
_NONCE_BYTES: Final = 12


class SealBroken(PixharborError):
    """A stored secret does not open: SECRET_KEY is not the one that it was sealed with."""

    status = 503
    code = "secret_key_changed"
    cure = "Set SECRET_KEY to what it was, or reconnect: enter the account or password again."


class Sealer:
    """Seals and unseals texts. `place` is where a text belongs, such as "connections {id}".

    A sealed text opens at its own place alone: copied into another row it is refused.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, text: str, *, place: str) -> str:
        """Make the text unreadable; the same text never looks the same twice."""
        nonce = os.urandom(_NONCE_BYTES)
        hidden = self._cipher.encrypt(nonce, text.encode(), place.encode())
        return _VERSION + base64.urlsafe_b64encode(nonce + hidden).decode()

    def unseal(self, sealed: str, *, place: str) -> str:
        """The text again. Raises SealBroken for another key, another place or a damaged row."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - loaded with the first secret

        try:
            if not sealed.startswith(_VERSION):
                raise SealBroken
            raw = base64.b64decode(sealed.removeprefix(_VERSION), altchars=b"-_", validate=True)
            nonce, hidden = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            return self._cipher.decrypt(nonce, hidden, place.encode()).decode()
        except (binascii.Error, ValueError, InvalidTag):
            raise SealBroken from None

    @cached_property
    def _cipher(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - as above

        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"pixharbor sealed secrets")
        return AESGCM(derive.derive(self._secret))
