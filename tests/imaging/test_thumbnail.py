"""Thumbnails of whatever cameras, scanners and programs write look as they should."""

import io
import random
from collections.abc import AsyncIterator, Sequence
from multiprocessing import active_children
from pathlib import Path

import pytest
import pytest_asyncio
import pyvips
from imaging.sample_pictures import (
    BLUE,
    GREEN,
    HEIC,
    RED,
    WHITE,
    encode,
    exif,
    png_bomb,
    psd,
    quarters,
)
from PIL import Image, ImageOps

from pixharbor.imaging.decode import FormatNotShown, ImageDamaged, TooManyPixels
from pixharbor.imaging.formats import FORMATS
from pixharbor.imaging.inspect import NotAnImage
from pixharbor.imaging.limits import ImagingSettings
from pixharbor.imaging.sandbox import Sandbox, TooMuchMemory, open_sandbox
from pixharbor.imaging.sniff import sniff
from pixharbor.imaging.thumbnail import Thumbnail, ThumbnailFormat, make_thumbnail

# One sandbox for the whole file: starting a child is what takes time.
# What Pillow has to say about a strange tag goes nowhere; pytest puts its own filter above ours.
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore::UserWarning:PIL"),
]

Colour = tuple[int, ...]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox(ImagingSettings(), processes=1) as sandbox:
        yield sandbox


async def show(
    sandbox: Sandbox, data: bytes, output: ThumbnailFormat = "webp", *, size: int = 320
) -> Thumbnail:
    """Ask as the page does, for a file whose format was told by its bytes."""
    found = sniff(data)
    name = found.name if found and found.is_image else "jpeg"  # what is not one was never kept
    return await sandbox.thumbnail(data, name, size, output=output)


def open_thumbnail(thumbnail: Thumbnail) -> Image.Image:
    picture = Image.open(io.BytesIO(thumbnail.data))
    assert picture.size == (thumbnail.width, thumbnail.height)
    picture.load()
    return picture


def corners(picture: Image.Image) -> list[Colour]:
    """The colours in the middle of the quarters: above left and right, below left and right."""
    width, height = picture.size
    spots = [(x, y) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)]
    colours = [picture.getpixel(spot) for spot in spots]
    return [colour for colour in colours if isinstance(colour, tuple)]


def alike(some: Sequence[Colour], others: Sequence[Colour], *, tolerance: int = 24) -> bool:
    pairs = zip(some, others, strict=True)
    return all(abs(a - b) <= tolerance for x, y in pairs for a, b in zip(x, y, strict=True))


UPRIGHT = [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "tiff", "avif"])
async def test_t25_all_orientations_come_out_upright(
    sandbox: Sandbox, form: str, orientation: int
) -> None:
    data = encode(quarters(), form, exif=exif(orientation=orientation))
    wanted = quarters()
    wanted.getexif()[0x0112] = orientation
    wanted = ImageOps.exif_transpose(wanted)

    picture = open_thumbnail(await show(sandbox, data, size=64))

    assert picture.size == wanted.size
    assert alike(corners(picture), corners(wanted))


async def test_an_iphone_picture_comes_out_upright_once(sandbox: Sandbox) -> None:
    picture = open_thumbnail(await show(sandbox, HEIC))

    assert picture.size == (48, 64)
    assert alike(corners(picture), [BLUE, RED, WHITE, GREEN])


@pytest.mark.parametrize("form", ["jpeg", "png", "gif", "webp", "avif", "tiff", "bmp", "jpeg2000"])
async def test_every_format_that_can_be_shown_is_shown(sandbox: Sandbox, form: str) -> None:
    picture = open_thumbnail(await show(sandbox, encode(quarters(), form), size=32))

    assert picture.size == (32, 24)
    assert alike(corners(picture), UPRIGHT)


async def test_an_icon_and_a_photoshop_file_are_shown(sandbox: Sandbox) -> None:
    icon = encode(quarters(128, 128), "ico", sizes=[(16, 16), (128, 128)])
    shown = open_thumbnail(await show(sandbox, icon))
    assert shown.size == (128, 128)
    assert alike(corners(shown.convert("RGB")), UPRIGHT)

    assert alike(corners(open_thumbnail(await show(sandbox, psd(quarters())))), UPRIGHT)


@pytest.mark.parametrize(
    ("size", "stored", "shown"),
    [
        (320, (800, 600), (320, 240)),
        (320, (600, 800), (240, 320)),
        (320, (64, 48), (64, 48)),
        (320, (2000, 10), (320, 2)),
        (1600, (2000, 2000), (1600, 1600)),
    ],
)
@pytest.mark.parametrize("form", ["jpeg", "tiff"])
async def test_a_thumbnail_fits_and_is_never_enlarged(
    sandbox: Sandbox, form: str, size: int, stored: tuple[int, int], shown: tuple[int, int]
) -> None:
    thumbnail = await show(sandbox, encode(quarters(*stored), form), size=size)

    assert (thumbnail.width, thumbnail.height) == shown


@pytest.mark.parametrize("form", ["png", "webp", "tiff", "avif", "gif"])
async def test_t23_transparency_is_kept_in_webp_and_white_in_jpeg(
    sandbox: Sandbox, form: str
) -> None:
    picture = quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (32, 24, 64, 48))
    data = encode(picture, form)

    kept = open_thumbnail(await show(sandbox, data))
    assert kept.mode == "RGBA"
    assert [colour[3] for colour in corners(kept)] == [255, 255, 255, 0]

    flat = await show(sandbox, data, "jpeg")
    assert flat.mime_type == "image/jpeg"
    assert alike(corners(open_thumbnail(flat)), UPRIGHT)


@pytest.mark.parametrize("form", ["png", "tiff", "bmp", "gif"])
async def test_t23_a_palette_is_shown_in_its_colours(sandbox: Sandbox, form: str) -> None:
    data = encode(quarters().quantize(4), form)

    for output in ("webp", "jpeg"):
        shown = open_thumbnail(await show(sandbox, data, output))
        assert alike(corners(shown.convert("RGB")), UPRIGHT)


async def test_a_transparent_palette_entry_is_transparent(sandbox: Sandbox) -> None:
    palette = quarters().quantize(4)
    behind_red = palette.getpixel((0, 0))
    data = encode(palette, "png", transparency=behind_red)

    shown = open_thumbnail(await show(sandbox, data))

    assert [colour[3] for colour in corners(shown)] == [0, 255, 255, 255]


@pytest.mark.parametrize("form", ["png", "tiff"])
async def test_sixteen_bits_are_scaled_and_not_clipped(sandbox: Sandbox, form: str) -> None:
    grey = Image.new("I;16", (32, 32), 128 * 257)

    shown = open_thumbnail(await show(sandbox, encode(grey, form)))

    assert alike(corners(shown), [(128, 128, 128)] * 4, tolerance=2)


async def test_sixteen_bits_of_the_other_byte_order_are_read_right(sandbox: Sandbox) -> None:
    shown = open_thumbnail(await show(sandbox, big_endian_tiff(32, 32, 0x8020)))

    assert alike(corners(shown), [(128, 128, 128)] * 4, tolerance=2)


def big_endian_tiff(width: int, height: int, value: int) -> bytes:
    """A TIFF of one strip and one grey, as Pillow does not write any."""
    pixels = value.to_bytes(2, "big") * width * height
    tags = [
        *((256, width), (257, height), (258, 16), (259, 1), (262, 1), (273, 122), (277, 1)),
        *((278, height), (279, len(pixels))),
    ]
    entries = b"".join(
        tag.to_bytes(2, "big") + b"\0\4\0\0\0\1" + number.to_bytes(4, "big") for tag, number in tags
    )
    directory = len(tags).to_bytes(2, "big") + entries + bytes(4)
    return (b"MM\0*\0\0\0\x08" + directory).ljust(122, b"\0") + pixels


@pytest.mark.parametrize("form", ["jpeg", "tiff"])
async def test_t27_cmyk_is_shown_in_its_colours(sandbox: Sandbox, form: str) -> None:
    """Without a profile the exact ink is a guess, but red stays red."""
    data = encode(quarters().convert("CMYK"), form)

    shown = open_thumbnail(await show(sandbox, data))

    assert shown.mode == "RGB"
    red, green, blue, white = corners(shown)
    assert red[0] > 2 * max(red[1:])
    assert green[1] > 1.5 * max(green[0], green[2])
    assert blue[2] > 1.5 * max(blue[:2])
    assert min(white) > 245


def in_display_p3(form: str) -> bytes:
    """Pure sRGB green, written in the colours of an iPhone."""
    green = pyvips.Image.new_from_buffer(encode(Image.new("RGB", (32, 32), (0, 255, 0)), "png"), "")
    wide = green.icc_transform("p3", input_profile="srgb")
    assert wide(0, 0)[0] > 100  # the same colour has other numbers there
    data: bytes = wide.write_to_buffer(f".{form}")
    return data


@pytest.mark.parametrize("form", ["png", "tif"])
async def test_wide_colours_are_converted_before_their_profile_is_dropped(
    sandbox: Sandbox, form: str
) -> None:
    shown = open_thumbnail(await show(sandbox, in_display_p3(form)))

    assert "icc_profile" not in shown.info
    assert alike(corners(shown), [(0, 255, 0)] * 4, tolerance=8)


async def test_a_broken_profile_does_not_hide_a_picture(sandbox: Sandbox) -> None:
    for form in ("jpeg", "png", "webp", "tiff"):
        data = encode(quarters(), form, icc_profile=b"rubbish" * 40)
        assert alike(corners(open_thumbnail(await show(sandbox, data))), UPRIGHT)


@pytest.mark.parametrize("form", ["jpeg", "png", "tiff"])
async def test_grey_pictures_stay_grey(sandbox: Sandbox, form: str) -> None:
    data = encode(Image.new("L", (32, 32), 90), form)

    assert alike(corners(open_thumbnail(await show(sandbox, data))), [(90, 90, 90)] * 4)


@pytest.mark.parametrize("form", ["gif", "webp", "png", "avif"])
async def test_t26_an_animation_shows_its_first_frame(sandbox: Sandbox, form: str) -> None:
    frames = [quarters(), Image.new("RGB", (64, 48), "black"), Image.new("RGB", (64, 48), "yellow")]
    data = encode(frames[0], form, save_all=True, append_images=frames[1:])

    shown = open_thumbnail(await show(sandbox, data))

    assert shown.size == (64, 48)
    assert getattr(shown, "n_frames", 1) == 1
    assert alike(corners(shown.convert("RGB")), UPRIGHT)


@pytest.mark.parametrize("output", ["webp", "jpeg"])
async def test_nothing_of_the_metadata_is_passed_on(sandbox: Sandbox, output: str) -> None:
    block = Image.Exif()
    block[0x010F] = "Maker-of-cameras"
    block.get_ifd(0x8825)[1] = "N"
    data = encode(quarters(), "jpeg", exif=block.tobytes(), comment=b"private", xmp=b"<x:xmpmeta/>")

    thumbnail = await show(sandbox, data, output)  # type: ignore[arg-type]  # parametrised

    assert not open_thumbnail(thumbnail).getexif()
    for words in (b"Maker-of-cameras", b"private", b"xmpmeta", b"Exif"):
        assert words not in thumbnail.data


async def test_the_same_bytes_give_the_same_thumbnail(sandbox: Sandbox) -> None:
    noise = encode(Image.effect_noise((640, 480), 60).convert("RGB"), "jpeg")
    once = await show(sandbox, noise)
    async with open_sandbox(ImagingSettings(), processes=1) as other:
        assert await show(other, noise) == once


async def test_a_file_name_is_never_taken_for_options(sandbox: Sandbox, tmp_path: Path) -> None:
    for name in ("a[page=2].gif", "b.jpg[shrink=8]", "-c \u00e9\U0001f600.gif"):
        path = tmp_path / name
        path.write_bytes(encode(quarters(), "gif"))
        assert (await sandbox.thumbnail(path, "gif", 320)).width == 64


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif", "tiff", "bmp", "jpeg2000", "heic"])
async def test_half_a_picture_is_damaged(sandbox: Sandbox, form: str) -> None:
    noise = Image.effect_noise((300, 200), 60).convert("RGB")
    data = HEIC if form == "heic" else encode(noise, form)

    with pytest.raises(ImageDamaged) as caught:
        await show(sandbox, data[: len(data) // 2])
    assert (caught.value.status, caught.value.code) == (422, "image_damaged")


async def test_a_header_that_makes_no_sense_is_damaged(sandbox: Sandbox) -> None:
    with pytest.raises(ImageDamaged, match="header"):
        await show(sandbox, b"\xff\xd8\xff\xe0" + bytes(2000))


@pytest.mark.parametrize(
    "data", [b"<!doctype html><p>Sorry</p>", b"hello", b"", bytes(range(256)), b"<svg/>"]
)
async def test_t18_what_is_no_image_is_not_decoded(sandbox: Sandbox, data: bytes) -> None:
    with pytest.raises(NotAnImage):
        await show(sandbox, data)


@pytest.mark.parametrize("data", [b"\xff\x0a\xfa\x1f", b"\0\0\0\x10ftypcrx \0\0\0\0"])
async def test_a_format_without_a_decoder_says_so(sandbox: Sandbox, data: bytes) -> None:
    with pytest.raises(FormatNotShown, match="kept") as caught:
        await show(sandbox, data)
    assert caught.value.code == "format_not_shown"


async def test_a_kept_format_without_a_decoder_is_refused_without_its_file(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(FormatNotShown, match="Nikon RAW"):
        await sandbox.thumbnail(tmp_path / "missing", "nef", 320)


async def test_a_picture_of_floating_point_numbers_says_so(sandbox: Sandbox) -> None:
    with pytest.raises(FormatNotShown, match="kept"):
        await show(sandbox, encode(Image.new("F", (8, 8), 0.5), "tiff"))


async def test_t21_a_bomb_is_refused_without_starting_a_child() -> None:
    before = set(active_children())
    async with open_sandbox(ImagingSettings()) as sandbox:
        with pytest.raises(TooManyPixels):
            await show(sandbox, png_bomb())
        assert set(active_children()) == before


@pytest.mark.parametrize("form", ["jpeg", "png", "gif", "webp", "avif", "tiff", "heic"])
async def test_t21_the_decoder_itself_counts_the_pixels_too(sandbox: Sandbox, form: str) -> None:
    """A file may tell our reader of headers another size than the decoder."""
    data = HEIC if form == "heic" else encode(quarters(), form)
    with pytest.raises(TooManyPixels):
        await sandbox.run(make_thumbnail, data, 32, "webp", FORMATS[form], 64 * 48 - 1)


async def test_t21_a_bomb_inside_an_icon_is_refused(sandbox: Sandbox) -> None:
    bomb = png_bomb()
    entry = bytes((16, 16, 0, 0, 1, 0, 32, 0)) + len(bomb).to_bytes(4, "little")
    icon = b"\0\0\1\0\1\0" + entry + (22).to_bytes(4, "little") + bomb

    with pytest.raises(TooManyPixels):
        await show(sandbox, icon)


async def test_a_format_that_libvips_must_not_load_stays_blocked(sandbox: Sandbox) -> None:
    """Even if our own recognition were fooled."""
    for data in (encode(quarters(), "tiff"), encode(quarters(), "ppm"), b"<svg/>", HEIC):
        with pytest.raises(ImageDamaged):
            await sandbox.run(make_thumbnail, data, 32, "webp", FORMATS["jpeg"], 10**6)


@pytest.mark.parametrize(
    "form", ["jpeg", "png", "gif", "webp", "avif", "tiff", "bmp", "ico", "jpeg2000", "heic"]
)
async def test_wrong_bytes_never_do_more_than_damage_a_picture(sandbox: Sandbox, form: str) -> None:
    chance = random.Random(form)
    good = HEIC if form == "heic" else encode(quarters(), form)
    for _ in range(40):
        wrong = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            wrong[chance.randrange(len(wrong))] = chance.randrange(256)
        thumbnail = await thumbnail_or_none(sandbox, bytes(wrong))
        assert thumbnail is None or max(thumbnail.width, thumbnail.height) <= 32


async def thumbnail_or_none(sandbox: Sandbox, data: bytes) -> Thumbnail | None:
    """Only what the caller can mend or must accept is an answer; time-outs and crashes are not."""
    try:
        return await show(sandbox, data, size=32)
    except (ImageDamaged, FormatNotShown, NotAnImage, TooManyPixels, TooMuchMemory):
        return None
