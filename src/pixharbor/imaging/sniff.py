"""Recognise a file by its first bytes; its name and what the provider says count for nothing."""

import re
from typing import Final

from pixharbor.imaging import formats
from pixharbor.imaging.formats import Format

SNIFF_BYTES: Final = 1024
"""How many first bytes `sniff` looks at: enough for an SVG behind its prologue and licence."""

_PREFIXES: Final[tuple[tuple[bytes, Format], ...]] = (
    (b"\xff\xd8\xff", formats.JPEG),
    (b"\x89PNG\r\n\x1a\n", formats.PNG),
    (b"GIF87a", formats.GIF),
    (b"GIF89a", formats.GIF),
    (b"8BPS\x00\x01", formats.PSD),
    (b"\xff\x0a", formats.JXL),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", formats.JXL),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", formats.JP2),
    (b"\xff\x4f\xff\x51", formats.JP2),
    (b"FUJIFILMCCD-RAW", formats.RAF),
    (b"IIRO", formats.ORF),
    (b"IIRS", formats.ORF),
    (b"MMOR", formats.ORF),
    (b"IIU\x00", formats.RW2),
    (b"%PDF-", formats.PDF),
    (b"\x1aE\xdf\xa3", formats.VIDEO),  # Matroska and WebM
    (b"\x00\x00\x01\xba", formats.VIDEO),  # MPEG
    (b"FLV\x01", formats.VIDEO),
    (b"ID3", formats.AUDIO),
    (b"OggS", formats.AUDIO),
    (b"fLaC", formats.AUDIO),
    (b"PK\x03\x04", formats.ARCHIVE),
    (b"Rar!\x1a\x07", formats.ARCHIVE),
    (b"7z\xbc\xaf'\x1c", formats.ARCHIVE),
    (b"\x1f\x8b\x08", formats.ARCHIVE),
)
_RIFF_KINDS: Final = {b"WEBP": formats.WEBP, b"AVI ": formats.VIDEO, b"WAVE": formats.AUDIO}
_TIFF_STARTS: Final = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)
_BMP_HEADER_SIZES: Final = frozenset({12, 16, 40, 52, 56, 64, 108, 124})

# The WHATWG's rule: a text holds no byte of these.
_BINARY: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# Atomic and possessive: no text can make this pattern try twice.
_PROLOGUE: Final = rb"\A(?:\xef\xbb\xbf)?(?>\s+|<!--.*?-->|<\?xml.*?\?>)*+"
_SVG_START: Final = re.compile(
    _PROLOGUE + rb"<(?:!doctype\s+)?svg[\s>/]", re.IGNORECASE | re.DOTALL
)
# The tags by which a browser takes untyped bytes for a page (WHATWG MIME sniffing, 7.1).
_HTML_START: Final = re.compile(
    _PROLOGUE + rb"<(?:!doctype\s+html|html|head|body|script|iframe|h1|div|font|table|a|style"
    rb"|title|b|br|p|meta|link)[\s>/]",
    re.IGNORECASE | re.DOTALL,
)


def sniff(first_bytes: bytes) -> Format | None:
    """Say what kind of file begins with these bytes, None when unknown (or no bytes at all).

    Looks at `SNIFF_BYTES`. RAW files that are TIFF inside come out as TIFF, except Canon's:
    only `read_header` looks far enough to tell them apart.
    """
    head = first_bytes[:SNIFF_BYTES]
    for prefix, form in _PREFIXES:
        if head.startswith(prefix):
            return form
    return _sniff_family(head) or _sniff_text(head)


def _sniff_family(head: bytes) -> Format | None:
    """Look behind the beginnings that several formats share."""
    if head[4:8] == b"ftyp":
        return _sniff_ftyp(head)
    if head[:4] == b"RIFF":
        return _RIFF_KINDS.get(head[8:12])
    if head[:4] in _TIFF_STARTS:
        return formats.CR2 if head[8:10] == b"CR" else formats.TIFF
    if _is_bmp(head):
        return formats.BMP
    return formats.ICO if _is_icon(head) else None


def _sniff_ftyp(head: bytes) -> Format:
    """Tell pictures from videos by the brands of an ISO base media file (ISO 14496-12, 4.3)."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, end, 4))}
    if major == b"crx ":
        return formats.CR3
    if major == b"M4A ":
        return formats.AUDIO
    if brands & _AVIF_BRANDS:
        return formats.AVIF
    if major in _HEIF_BRANDS:
        return formats.HEIC
    return formats.VIDEO


def _is_bmp(head: bytes) -> bool:
    """Two letters are no proof: a text may start with "BM" too, so the header must fit."""
    return (
        head[:2] == b"BM"
        and head[6:10] == bytes(4)
        and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES
    )


def _is_icon(head: bytes) -> bool:
    """Four weak bytes: a directory of pictures must follow, its first entry with a zero in it."""
    return head[:4] == b"\x00\x00\x01\x00" and head[4:5] > b"\0" and head[5:10:4] == bytes(2)


def _sniff_text(head: bytes) -> Format | None:
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        head = head.decode("utf-16", "ignore").encode()
    if not head or _BINARY.search(head):
        return None
    if _SVG_START.match(head):
        return formats.SVG
    return formats.HTML if _HTML_START.match(head) else formats.TEXT
