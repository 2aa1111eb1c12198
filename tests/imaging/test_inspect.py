"""Headers are read without decoding, and nothing that a file says can break the reader."""

import itertools
import os
import subprocess
import sys
import time
import timeit
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imaging.sample_pictures import HEIC, encode, exif, png_bomb, quarters
from PIL import Image

from pixharbor.imaging.formats import FORMATS
from pixharbor.imaging.inspect import Header, NotAnImage, read_header

FORMS = ["jpeg", "png", "gif", "webp", "avif", "tiff", "bmp", "jpeg2000"]

# What Pillow has to say about a strange tag goes nowhere; pytest puts its own filter above ours.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


@pytest.mark.parametrize("form", FORMS)
def test_size_and_frames_are_read_from_the_header(form: str) -> None:
    header = read_header(encode(quarters(), form))

    assert (header.width, header.height, header.frames) == (64, 48, 1)
    assert header.format.name == {"jpeg2000": "jp2"}.get(form, form)


def test_a_header_is_read_from_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(encode(quarters(), "png"))

    assert read_header(path) == read_header(path.read_bytes())


def test_t28_type_and_extension_follow_the_bytes() -> None:
    header = read_header(encode(quarters(), "webp"))

    assert (header.mime_type, header.extension) == ("image/webp", "webp")


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "tiff", "avif"])
def test_orientation_camera_and_time_are_read_from_exif(form: str) -> None:
    block = exif(orientation=6, offset="+02:00")
    header = read_header(encode(quarters(), form, exif=block))

    assert header.orientation == 6
    assert header.camera == "Apple iPhone 15"
    assert header.taken_at == datetime(2024, 5, 4, 12, 34, 56, tzinfo=timezone(timedelta(hours=2)))
    assert (header.width, header.height) == (64, 48)  # as stored


def test_heic_comes_out_the_way_it_is_shown() -> None:
    header = read_header(HEIC)

    # The container says "turn", and libheif does: EXIF must not turn it once more.
    assert (header.width, header.height, header.orientation) == (48, 64, 1)
    assert header.camera == "Apple iPhone 15"
    assert header.taken_at == datetime(2024, 5, 4, 10, 34, 56, tzinfo=UTC)


def test_a_time_without_offset_stays_naive() -> None:
    header = read_header(encode(quarters(), "jpeg", exif=exif(offset="rubbish")))

    assert header.taken_at == datetime(2024, 5, 4, 12, 34, 56)  # noqa: DTZ001 - the camera's word


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("NIKON CORPORATION", "NIKON D750", "NIKON D750"),
        ("Canon", "Canon EOS 5D\0\0\0", "Canon EOS 5D"),
        ("SONY  ", "  ILCE-7M3 ", "SONY ILCE-7M3"),
        ("", "Pixel 8", "Pixel 8"),
        ("Leica", "", "Leica"),
        ("   ", "\0", None),
    ],
)
def test_a_camera_is_named_once(make: str, model: str, camera: str | None) -> None:
    header = read_header(encode(quarters(), "jpeg", exif=exif(make=make, model=model)))

    assert header.camera == camera


@pytest.mark.parametrize(
    "taken_at", ["0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday", ""]
)
def test_a_time_that_makes_no_sense_counts_as_missing(taken_at: str) -> None:
    assert read_header(encode(quarters(), "jpeg", exif=exif(taken_at=taken_at))).taken_at is None


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_makes_no_sense_counts_as_upright(orientation: int) -> None:
    block = exif(orientation=orientation)
    assert read_header(encode(quarters(), "jpeg", exif=block)).orientation == 1


@pytest.mark.parametrize("form", ["gif", "webp", "png", "tiff", "avif"])
def test_frames_are_counted(form: str) -> None:
    frames = [Image.new("RGB", (16, 16), (shade, 0, 0)) for shade in (0, 80, 160, 240)]
    data = encode(frames[0], form, save_all=True, append_images=frames[1:])

    assert read_header(data).frames == 4


def test_an_icon_is_as_large_as_its_largest_picture() -> None:
    header = read_header(encode(quarters(256, 256), "ico", sizes=[(16, 16), (256, 256)]))

    assert (header.format.name, header.width, header.height) == ("ico", 256, 256)


@pytest.mark.parametrize(
    ("options", "interlaced"), [({"progressive": True}, True), ({"progressive": False}, False)]
)
def test_a_progressive_jpeg_is_told_apart(options: dict[str, bool], interlaced: bool) -> None:
    assert read_header(encode(quarters(), "jpeg", **options)).interlaced is interlaced


@pytest.mark.parametrize(
    ("maker", "name"), [("NIKON CORPORATION", "nef"), ("SONY", "arw"), ("Scanner Inc", "tiff")]
)
def test_raw_files_are_told_from_tiff_by_their_maker(maker: str, name: str) -> None:
    tags = {0x010F: maker, 0x014A: 8}  # the maker, and a pointer to the real picture
    header = read_header(encode(quarters(), "tiff", tiffinfo=tags))

    assert header.format is FORMATS[name]


def test_a_dng_is_told_from_tiff() -> None:
    header = read_header(encode(quarters(), "tiff", tiffinfo={0xC612: b"\x01\x04\0\0"}))

    assert header.format is FORMATS["dng"]


def test_a_format_without_a_reader_is_kept_without_a_size() -> None:
    assert read_header(b"\xff\x0a\xfa\x1f\x90\x01") == Header(FORMATS["jxl"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!doctype html><title>Quota exceeded</title>", "a web page"),
        (b"hello", "a text file"),
        (b"%PDF-1.4", "a PDF"),
        (b"<svg/>", "an SVG drawing"),
        (b"", "no image that pixharbor knows"),
    ],
)
def test_t18_what_is_no_image_is_named(data: bytes, words: str) -> None:
    with pytest.raises(NotAnImage, match=words):
        read_header(data)


def test_t21_a_bomb_is_seen_in_its_header_at_once() -> None:
    bomb = png_bomb()
    begin = time.thread_time()
    header = read_header(bomb)

    assert (header.width, header.height) == (13_000, 13_000)
    assert time.thread_time() - begin < 0.1


def test_a_canvas_of_four_gigapixels_is_only_read() -> None:
    """libwebp would allocate it, twice."""
    frame = b"ANMF" + (16).to_bytes(4, "little") + bytes(16)
    canvas = b"VP8X\x0a\0\0\0" + b"\x02\0\0\0" + b"\xff\xff\0" * 2
    header = read_header(b"RIFF\0\0\0\0WEBP" + canvas + frame)

    assert (header.width, header.height) == (65536, 65536)


def test_rubbish_behind_a_good_start_ends_soon() -> None:
    begin = time.thread_time()
    header = read_header(b"\xff\xd8\xff\xe0\x00\x04ab" + bytes(20_000_000))

    assert header == Header(FORMATS["jpeg"])
    assert time.thread_time() - begin < 0.5


def test_frames_without_end_are_not_counted() -> None:
    """A GIF of one-byte blocks for ever."""
    start = encode(quarters(), "gif").rstrip(b";")
    begin = time.thread_time()
    header = read_header(start + b"!\xfe" + b"\x01a" * 3_000_000)

    assert (header.width, header.frames) == (64, None)
    assert time.thread_time() - begin < 5


@pytest.mark.parametrize("form", [*FORMS, "ico", "heic"])
def test_a_file_cut_anywhere_never_breaks_the_reader(form: str) -> None:
    data = HEIC if form == "heic" else encode(quarters(), form)
    for length in itertools.chain(range(26, min(300, len(data))), range(300, len(data), 97)):
        header = read_header(data[:length])
        assert header.width in {None, 64, 48, 32, 24, 16}


@given(data=st.data(), form=st.sampled_from([*FORMS, "ico", "heic"]))
def test_a_file_with_wrong_bytes_never_breaks_the_reader(data: st.DataObject, form: str) -> None:
    good = HEIC if form == "heic" else encode(quarters(), form, **_exif_for(form))
    wrong = bytearray(good)
    for at in data.draw(st.lists(st.integers(32, len(good) - 1), max_size=20)):
        wrong[at] = data.draw(st.integers(0, 255))

    assert read_header(bytes(wrong)).format.is_image


def _exif_for(form: str) -> dict[str, bytes]:
    return {"exif": exif()} if form in {"jpeg", "png", "webp", "tiff"} else {}


def test_a_jpeg_header_costs_a_tenth_of_a_millisecond_at_most() -> None:
    """The import's arithmetic (80 us); four times that here, for a busy machine."""
    noise = Image.effect_noise((800, 600), 20).convert("RGB")
    data = encode(noise, "jpeg", quality=60, exif=exif(offset="+02:00"))
    read_header(data)

    assert min(timeit.repeat(lambda: read_header(data), number=20, repeat=10)) / 20 < 320e-6


@pytest.mark.parametrize("module", ["inspect", "limits", "sandbox"])
def test_importing_this_edge_loads_no_decoder(module: str) -> None:
    """The process that fetches pays only for the formats that it meets."""
    program = f"import pixharbor.imaging.{module}, sys; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    loaded = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=True, text=True
    ).stdout.split()

    assert f"pixharbor.imaging.{module}" in loaded
    assert {"PIL", "pyvips", "pi_heif"}.isdisjoint(loaded)
