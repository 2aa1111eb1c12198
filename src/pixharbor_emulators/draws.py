"""Numbers that look drawn by chance and depend on nothing but the words they are drawn for."""

import hashlib


def draw(*words: object) -> float:
    """Return a number in [0, 1): always the same one for the same words."""
    text = "|".join(map(str, words))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
