"""The tags that are read by hand are what Pillow reads, and no block of bytes breaks the reader."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imaging.sample_pictures import exif
from PIL import Image, TiffImagePlugin

from pixharbor.imaging.exif_tags import (
    DATE_TIME_ORIGINAL,
    EXIF_IFD,
    MAKE,
    MODEL,
    OFFSET_TIME_ORIGINAL,
    ORIENTATION,
    read_tags,
)

TEXTS = st.text(st.characters(max_codepoint=255, exclude_characters="\0"), max_size=40)
SOFTWARE, GAMMA = 0x0131, 0xA500  # tags that nobody here asks for


def big_endian(block: bytes) -> bytes:
    """The same tags as a camera with big-endian numbers writes them."""
    read = Image.Exif()
    read.load(block)
    ifd = TiffImagePlugin.ImageFileDirectory_v2(prefix=b"MM")
    for tag, value in read.items():
        ifd[tag] = dict(read.get_ifd(EXIF_IFD)) if tag == EXIF_IFD else value
    return b"Exif\0\0MM\0*\0\0\0\x08" + ifd.tobytes(8)


@given(
    tags=st.fixed_dictionaries(
        {},
        optional={
            MAKE: TEXTS,
            MODEL: TEXTS,
            SOFTWARE: TEXTS,
            ORIENTATION: st.integers(0, 65535),
        },
    ),
    details=st.fixed_dictionaries(
        {},
        optional={DATE_TIME_ORIGINAL: TEXTS, OFFSET_TIME_ORIGINAL: TEXTS, GAMMA: st.floats(0, 9)},
    ),
    is_big=st.booleans(),
)
def test_the_tags_are_those_that_pillow_reads(
    tags: dict[int, Any], details: dict[int, Any], *, is_big: bool
) -> None:
    block = Image.Exif()
    for tag, value in tags.items():
        block[tag] = value
    for tag, value in details.items():
        block.get_ifd(EXIF_IFD)[tag] = value
    written = big_endian(block.tobytes()) if is_big else block.tobytes()

    theirs = Image.Exif()
    theirs.load(written)
    known = dict(theirs) | dict(theirs.get_ifd(EXIF_IFD))
    ours = read_tags(written)

    assert {tag: str(value).rstrip("\0") for tag, value in ours.items()} == {
        tag: str(known[tag])
        for tag in (MAKE, MODEL, ORIENTATION, DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL)
        if tag in known
    }


@given(block=st.binary(max_size=200))
def test_no_bytes_break_the_reader(block: bytes) -> None:
    for start in (b"", b"Exif\0\0II*\0", b"MM\0*\0\0\0\x08"):
        assert isinstance(read_tags(start + block), dict)


@given(data=st.data())
def test_no_wrong_byte_breaks_the_reader(data: st.DataObject) -> None:
    wrong = bytearray(exif(offset="+02:00"))
    for at in data.draw(st.lists(st.integers(0, len(wrong) - 1), max_size=12)):
        wrong[at] = data.draw(st.integers(0, 255))

    read_tags(bytes(wrong))


def test_of_a_block_that_is_cut_off_the_rest_is_read() -> None:
    whole = exif(orientation=6)
    lengths = [len(read_tags(whole[:length])) for length in range(len(whole) + 1)]

    assert (lengths[0], lengths[-1]) == (0, 4)
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("block", [None, b"", b"Exif\0\0", b"II+\0\x08\0\0\0"])
def test_no_block_has_no_tags(block: bytes | None) -> None:
    assert read_tags(block) == {}
