"""Read by hand the few tags that a header wants of an EXIF block; Pillow would parse all of them.

A block is a TIFF without pixels (Exif 2.32, 4.5): directories with entries of twelve bytes each.
"""

from struct import Struct
from typing import Final, Literal

# Tag numbers of Exif 2.32, table 4 and following.
IMAGE_WIDTH: Final = 0x0100
IMAGE_LENGTH: Final = 0x0101
MAKE: Final = 0x010F
MODEL: Final = 0x0110
ORIENTATION: Final = 0x0112
EXIF_IFD: Final = 0x8769
DATE_TIME_ORIGINAL: Final = 0x9003
OFFSET_TIME_ORIGINAL: Final = 0x9011

Tags = dict[int, str | int]
Order = Literal["little", "big"]

_WANTED: Final = frozenset(
    {MAKE, MODEL, ORIENTATION, EXIF_IFD, DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL}
)
_PREFIX: Final = b"Exif\0\0"
_ORDERS: Final[dict[bytes, Order]] = {b"II*\0": "little", b"MM\0*": "big"}
# Tag, type, how many values, and the values themselves or, from five bytes on, their place.
_ENTRIES: Final = {"little": Struct("<HHI4s"), "big": Struct(">HHI4s")}
_TEXT: Final = 2
_NUMBER_BYTES: Final = {3: 2, 4: 4, 13: 4}  # SHORT, LONG, and IFD: a directory's place


def read_tags(block: bytes | None) -> Tags:
    """The wanted tags of both directories, as far as they are there and make sense."""
    tiff = (block or b"").removeprefix(_PREFIX)
    order = _ORDERS.get(tiff[:4])
    if order is None:
        return {}
    tags = _read_directory(tiff, order, int.from_bytes(tiff[4:8], order))
    details = tags.pop(EXIF_IFD, None)
    return tags | _read_directory(tiff, order, details) if isinstance(details, int) else tags


def _read_directory(tiff: bytes, order: Order, at: int) -> Tags:
    """Of a directory that is cut off, the entries that are there."""
    entry = _ENTRIES[order]
    count = int.from_bytes(tiff[at : at + 2], order)
    entries = tiff[at + 2 : at + 2 + count * entry.size]
    whole = entries[: len(entries) // entry.size * entry.size]
    tags: Tags = {}
    for tag, kind, count, values in entry.iter_unpack(whole):
        if tag not in _WANTED:
            continue
        if kind == _TEXT:
            tags[tag] = _text(tiff, order, count, values)
        elif kind in _NUMBER_BYTES and count == 1:
            tags[tag] = int.from_bytes(values[: _NUMBER_BYTES[kind]], order)
    return tags


def _text(tiff: bytes, order: Order, length: int, values: bytes) -> str:
    if length > len(values):
        place = int.from_bytes(values, order)
        values = tiff[place : place + length]
    return values[:length].decode("latin-1")
