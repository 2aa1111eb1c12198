"""Read by hand the three containers whose libraries do too much to tell a size.

Pillow's JPEG reader parses EXIF a second time for the resolution, its GIF reader decodes every
frame before the one it is asked for, and libwebp's allocates the canvas that the header claims.
"""

from typing import BinaryIO, Final

GIF_BLOCKS: Final = 2_000_000
"""Data blocks (of at most 255 bytes) after which frames are no longer counted: about 1 s."""

Size = tuple[int, int]

_JPEG_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_JPEG_BARE: Final = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})  # no length follows
_JPEG_PIXELS: Final = frozenset({0xD9, 0xDA})  # nothing of interest behind
_JPEG_APP1: Final = 0xE1
_JPEG_SIZE_LENGTH: Final = 5

_CHUNK_HEAD: Final = 8  # four letters and a length
_WEBP_START: Final = 10  # bytes of a chunk that its size stands in
_VP8L_SIGNATURE: Final = 0x2F
_U14: Final = 0x3FFF
_GIF_SCREEN: Final = 7
_GIF_DESCRIPTOR: Final = 9


def read_jpeg(file: BinaryIO) -> tuple[Size | None, bool, bytes]:
    """Size, whether progressive, and EXIF of a JPEG (ITU T.81, annex B)."""
    size, progressive, exif = None, False, b""
    file.seek(2)
    while (marker := _next_marker(file)) not in _JPEG_PIXELS:
        if marker in _JPEG_BARE:
            continue
        following = file.tell() + int.from_bytes(file.read(2), "big")
        if marker in _JPEG_SIZES:
            _, *sides = file.read(_JPEG_SIZE_LENGTH)
            size = sides[2] << 8 | sides[3], sides[0] << 8 | sides[1]
            progressive = marker in _JPEG_PROGRESSIVE
        elif marker == _JPEG_APP1 and file.read(6) == b"Exif\0\0":
            exif += file.read(following - file.tell())
        file.seek(following)
    return size, progressive, exif


def _next_marker(file: BinaryIO) -> int:
    """The next marker's number, skipping fill bytes and what does not belong there."""
    while (byte := file.read(1)) not in {b"\xff", b""}:
        pass
    while (byte := file.read(1)) == b"\xff":
        pass
    return byte[0] if byte else 0xD9


def read_webp(file: BinaryIO) -> tuple[Size | None, int, bytes]:
    """Canvas size, number of frames and EXIF of a WebP (RFC 9649); (None, 1, b"") if unreadable."""
    size, frames, exif = None, 0, b""
    file.seek(12)
    while len(head := file.read(_CHUNK_HEAD)) == _CHUNK_HEAD:
        kind, length = head[:4], int.from_bytes(head[4:], "little")
        following = file.tell() + length + (length & 1)
        if kind == b"ANMF":
            frames += 1
        elif kind == b"EXIF":
            exif = file.read(length)
        elif size is None:
            size = _webp_size(kind, file.read(_WEBP_START))
        file.seek(following)
    return size, frames or 1, exif


def _webp_size(kind: bytes, start: bytes) -> Size | None:
    if len(start) < _WEBP_START:
        return None
    if kind == b"VP8X":
        return int.from_bytes(start[4:7], "little") + 1, int.from_bytes(start[7:], "little") + 1
    if kind == b"VP8 " and start[3:6] == b"\x9d\x01\x2a":
        sides = int.from_bytes(start[6:], "little")
        return sides & _U14, (sides >> 16) & _U14
    if kind == b"VP8L" and start[0] == _VP8L_SIGNATURE:
        sides = int.from_bytes(start[1:5], "little")
        return (sides & _U14) + 1, ((sides >> 14) & _U14) + 1
    return None


def read_gif(file: BinaryIO) -> tuple[Size | None, int | None]:
    """Canvas size and number of frames of a GIF (GIF89a, appendix B), None where unreadable.

    A file that ends early has the frames that began.
    """
    file.seek(6)
    screen = file.read(_GIF_SCREEN)
    if len(screen) < _GIF_SCREEN:
        return None, None
    size = int.from_bytes(screen[:2], "little"), int.from_bytes(screen[2:4], "little")
    _skip_palette(file, screen[4])
    frames = 0
    blocks_left = GIF_BLOCKS
    while blocks_left > 0 and (introducer := file.read(1)) in {b"!", b","}:
        if introducer == b",":
            frames += 1
            descriptor = file.read(_GIF_DESCRIPTOR)
            _skip_palette(file, descriptor[-1] if len(descriptor) == _GIF_DESCRIPTOR else 0)
        file.seek(1, 1)  # the extension's label, or the code size
        blocks_left = _skip_blocks(file, blocks_left)
    return size, frames if blocks_left > 0 else None


def _skip_palette(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << ((flags & 7) + 1), 1)


def _skip_blocks(file: BinaryIO, blocks_left: int) -> int:
    while blocks_left > 0 and (length := file.read(1)) > b"\0":
        file.seek(length[0], 1)
        blocks_left -= 1
    return blocks_left
