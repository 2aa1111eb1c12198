"""Dropbox's content hash: its published vectors, in pieces of every size."""

import hashlib

import pytest
from dropbox.content_hash import DropboxContentHasher

from pixharbor.sources.checksums import new_checksum
from pixharbor.sources.dropbox_content_hash import BLOCK_BYTES, ContentHash


@pytest.mark.parametrize(
    ("size", "begins", "ends"),
    [
        (0, "e3b0c442", "52b855"),
        (BLOCK_BYTES, "c7e946d1", "51be58"),
        (BLOCK_BYTES + 1, "14a4d47f", "ccd6"),
    ],
)
def test_zeros_hash_as_dropbox_says(size: int, begins: str, ends: str) -> None:
    checksum = ContentHash()
    checksum.update(bytes(size))
    assert checksum.hexdigest().startswith(begins)
    assert checksum.hexdigest().endswith(ends)


@pytest.mark.parametrize("piece", [1 << 20, BLOCK_BYTES - 1, BLOCK_BYTES + 7, 9_000_000])
def test_pieces_of_any_size_give_what_the_sdk_gives(piece: int) -> None:
    body = hashlib.shake_128(b"seed").digest(2 * BLOCK_BYTES + 12_345)
    ours, theirs = new_checksum("dropbox:"), DropboxContentHasher()
    assert ours is not None
    theirs.update(body)
    for start in range(0, len(body), piece):
        ours.update(body[start : start + piece])
        ours.hexdigest()  # asking on the way changes nothing
    assert ours.hexdigest() == theirs.hexdigest()
