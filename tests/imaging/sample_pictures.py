"""Small pictures for the tests of imaging, made on the spot.

Only data/iphone.heic is a file, as nothing we depend on writes HEIC: `quarters()` by pillow-heif
1.8.1, with an `irot` box and EXIF that both say "turn by 90 degrees clockwise".
"""

import functools
import io
import zlib
from pathlib import Path
from typing import Any

from PIL import Image

HEIC = (Path(__file__).parent / "data" / "iphone.heic").read_bytes()

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (255, 255, 255)


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Red and green above blue and white: every turn and mirror of it looks different."""
    picture = Image.new("RGB", (width, height), WHITE)
    half_width, half_height = width // 2, height // 2
    picture.paste(RED, (0, 0, half_width, half_height))
    picture.paste(GREEN, (half_width, 0, width, half_height))
    picture.paste(BLUE, (0, half_height, half_width, height))
    return picture


def encode(picture: Image.Image, form: str, **options: Any) -> bytes:
    """The picture as a file of Pillow's format `form`."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def exif(
    *,
    orientation: int = 1,
    make: str = "Apple",
    model: str = "iPhone 15",
    taken_at: str = "2024:05:04 12:34:56",
    offset: str | None = None,
) -> bytes:
    """An EXIF block as cameras write it."""
    block = Image.Exif()
    block[0x0112], block[0x010F], block[0x0110] = orientation, make, model
    details = block.get_ifd(0x8769)
    details[0x9003] = taken_at
    if offset is not None:
        details[0x9011] = offset
    return block.tobytes()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG with its length and checksum."""
    checksum = zlib.crc32(kind + body)
    return len(body).to_bytes(4, "big") + kind + body + checksum.to_bytes(4, "big")


@functools.cache
def png_bomb(width: int = 13_000, height: int = 13_000) -> bytes:
    """A tiny file that says it is a huge grey picture, and is."""
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    pixels = zlib.compressobj(9)
    rows = [pixels.compress(bytes(width + 1)) for _ in range(height)]
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            png_chunk(b"IHDR", size + b"\x08\x00\x00\x00\x00"),
            png_chunk(b"IDAT", b"".join(rows) + pixels.flush()),
            png_chunk(b"IEND", b""),
        )
    )


def psd(picture: Image.Image) -> bytes:
    """A Photoshop file of one uncompressed layer, as Pillow only reads them."""
    width, height = picture.size
    start = b"8BPS\0\1" + bytes(6) + (3).to_bytes(2, "big")
    shape = height.to_bytes(4, "big") + width.to_bytes(4, "big") + b"\0\x08\0\x03"
    planes = b"".join(band.tobytes() for band in picture.split())
    return start + shape + bytes(12) + bytes(2) + planes
