"""What a file is, is told by its bytes."""

import time

import pytest
from imaging.sample_pictures import HEIC, encode, quarters
from PIL import features

from pixharbor.imaging.formats import FORMATS
from pixharbor.imaging.sniff import SNIFF_BYTES, sniff


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    return (
        (16 + 4 * len(compatible)).to_bytes(4, "big")
        + b"ftyp"
        + major
        + bytes(4)
        + b"".join(compatible)
    )


CLAIMS = {
    "page": (b"\xef\xbb\xbf\r\n <!-- hi --> <!DocType HTML><html>", "html"),
    "page without doctype": (b"<html lang=en>", "html"),
    "page behind a prologue": (b'<?xml version="1.0"?>\n<html xmlns="x">', "html"),
    "page in UTF-16": ("<html>".encode("utf-16"), "html"),
    "svg": (b"<svg xmlns='x'>", "svg"),
    "svg behind all": (b'<?xml version="1.0"?><!-- c -->\n<!DOCTYPE svg PUBLIC "x">', "svg"),
    "json": (b'{"error": {"code": 403}}', "text"),
    "text": (b"hello", "text"),
    "text that starts with BM": (b"BMW is a maker of cars", "text"),
    "latin-1 text": ("Gr\u00fc\u00dfe".encode("latin-1"), "text"),
    "pdf": (b"%PDF-1.7\n", "pdf"),
    "zip": (b"PK\x03\x04\x14\0", "archive"),
    "mp4": (ftyp(b"isom", b"isom", b"mp41"), "video"),
    "quicktime": (ftyp(b"qt  "), "video"),
    "webm": (b"\x1aE\xdf\xa3\x9fB\x86", "video"),
    "avi": (b"RIFF\0\0\0\0AVI LIST", "video"),
    "mp3": (b"ID3\x04", "audio"),
    "avif by compatible brand": (ftyp(b"mif1", b"mif1", b"avif"), "avif"),
    "heic": (ftyp(b"heic", b"mif1", b"heic"), "heic"),
    "canon cr3": (ftyp(b"crx ", b"isom"), "cr3"),
    "canon cr2": (b"II*\0\x10\0\0\0CR\x02\0", "cr2"),
    "fuji": (b"FUJIFILMCCD-RAW 0201", "raf"),
    "olympus": (b"IIRO\x08\0\0\0", "orf"),
    "panasonic": (b"IIU\0\x18\0\0\0", "rw2"),
    "jxl": (b"\xff\x0a\xfa\x1f", "jxl"),
    "jxl in a box": (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
    "psd": (b"8BPS\0\x01", "psd"),
    "bigtiff": (b"MM\0+\0\x08", "tiff"),
}


@pytest.mark.parametrize(("first_bytes", "name"), CLAIMS.values(), ids=CLAIMS)
def test_first_bytes_say_what_a_file_is(first_bytes: bytes, name: str) -> None:
    assert sniff(first_bytes) is FORMATS[name]


@pytest.mark.parametrize(
    "name", ["jpeg", "png", "gif", "webp", "avif", "tiff", "bmp", "ico", "jpeg2000"]
)
def test_pictures_are_known_by_their_bytes(name: str) -> None:
    assert name != "avif" or features.check("avif")
    known_as = {"jpeg2000": "jp2"}.get(name, name)
    assert sniff(encode(quarters(), name)) is FORMATS[known_as]


def test_heic_is_known_by_its_bytes() -> None:
    assert sniff(HEIC) is FORMATS["heic"]


@pytest.mark.parametrize("first_bytes", [b"", b"\0\0\1\0", b"\0\1\2\3", bytes(range(256))])
def test_unknown_bytes_are_nothing_in_particular(first_bytes: bytes) -> None:
    assert sniff(first_bytes) is None


@pytest.mark.parametrize("rubbish", [b" " * SNIFF_BYTES, b"<!---->" * 150, b"<?xml?>" * 150])
def test_no_text_makes_sniffing_slow(rubbish: bytes) -> None:
    begin = time.thread_time()
    assert sniff(rubbish) is FORMATS["text"]
    assert time.thread_time() - begin < 0.1
