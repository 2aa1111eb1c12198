"""Open a picture of any format that can be shown as a libvips image. Runs in the sandbox only."""

import warnings
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from pixharbor.imaging import formats
from pixharbor.imaging.exif import read_orientation
from pixharbor.imaging.exif_tags import read_tags
from pixharbor.imaging.formats import Format
from pixharbor.imaging.inspect import UNREADABLE, ImageError
from pixharbor.imaging.libvips import load_libvips

Source = bytes | Path


class ImageDamaged(ImageError):
    """The picture's bytes are incomplete or damaged; the file is kept as it is."""

    code = "image_damaged"


class TooManyPixels(ImageError):
    """The picture is larger than LIMIT_PIXELS allows."""

    code = "too_many_pixels"
    cure = "Raise LIMIT_PIXELS (and LIMIT_MEMORY with it) if you trust such pictures."


class FormatNotShown(ImageError):
    """Pictures of this format are kept, but cannot be shown."""

    code = "format_not_shown"


@dataclass(frozen=True, slots=True)
class Pixels:
    """A decoded picture. `data` may be a view into `owner`, which then has to outlive it."""

    mode: str
    size: tuple[int, int]
    data: bytes | memoryview
    profile: bytes | None
    orientation: int = 1
    owner: object = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How Pillow's bytes of a mode read to libvips."""

    bands: int
    interpretation: str
    number: str = "uchar"


# Formats that libvips' own loaders open; they shrink while they load.
_VIPS: Final = frozenset({formats.JPEG, formats.PNG, formats.GIF, formats.WEBP})

# The others go through Pillow, each with its one plug-in. AVIF too: Pillow's decoder (dav1d) takes
# 0.23 s and 206 MB for 24 megapixels, the one in the wheel of libvips (aom) 0.62 s and 357 MB.
_PILLOW: Final = {
    formats.AVIF: "AVIF",
    formats.TIFF: "TIFF",
    formats.BMP: "BMP",
    formats.ICO: "ICO",
    formats.JP2: "JPEG2000",
    formats.PSD: "PSD",
}

_LAYOUTS: Final = {
    "L": Layout(1, "b-w"),
    "LA": Layout(2, "b-w"),
    "RGB": Layout(3, "srgb"),
    "RGBA": Layout(4, "srgb"),
    "CMYK": Layout(4, "cmyk"),
    "I;16": Layout(1, "grey16", "ushort"),
}

_CONVERSIONS: Final = {
    "1": "L",
    "La": "LA",
    "RGBX": "RGB",
    "RGBa": "RGBA",
    "YCbCr": "RGB",
    "HSV": "RGB",
}


def shrink(source: Source, form: Format, size: int, *, limit_pixels: int) -> Any:
    """Decode into a libvips image that fits in `size` x `size`, upright, never enlarged, in sRGB.

    Raises TooManyPixels before anything is decoded, ImageDamaged, FormatNotShown.
    """
    pyvips = load_libvips()
    options = {"height": size, "size": "down", "output_profile": "srgb"}
    try:
        if form not in _VIPS:
            pixels = _decode_elsewhere(source, form, size, limit_pixels)
            # Copied, as `pixels` must not be freed before libvips has read them.
            return _to_vips(pixels).thumbnail_image(size, **options).copy_memory()
        header = pyvips.Image.new_from_source(_vips_source(source), "", access="sequential")
        require_pixels((header.width, header.height), limit_pixels)
        # Within the option string: libvips 8.18 does not hand the argument `fail_on` to the loader.
        options["option_string"] = "[fail_on=truncated]"
        return pyvips.Image.thumbnail_source(_vips_source(source), size, **options)
    except pyvips.Error as error:
        raise damaged(error) from error


def require_preview(form: Format) -> None:
    """Refuse a format that nothing here decodes."""
    if not form.has_preview:
        raise FormatNotShown(f"This is {form.label}: it is kept, but cannot be shown.")


def require_pixels(size: tuple[int, int], limit_pixels: int) -> None:
    """Refuse a picture by the size that its own decoder sees."""
    width, height = size
    if width * height > limit_pixels:
        raise TooManyPixels(f"{width} x {height} pixels are more than {limit_pixels:,}.")


def damaged(error: Exception) -> ImageDamaged | MemoryError:
    """Tell a decoder's error in our words, and its own last one, which is the telling one."""
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return MemoryError()
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return ImageDamaged(f"The picture is incomplete or damaged ({lines[-1].strip()}).")


def _vips_source(source: Source) -> Any:
    """A file name is never parsed: libvips would take "a[page=2].gif" for an option."""
    kinds = load_libvips().Source
    if isinstance(source, bytes):
        return kinds.new_from_memory(source)
    return kinds.new_from_file(str(source))


def _decode_elsewhere(source: Source, form: Format, size: int, limit_pixels: int) -> Pixels:
    if form == formats.HEIC:
        return _decode_heic(source, limit_pixels)
    require_preview(form)
    return _decode_by_pillow(source, _PILLOW[form], size, limit_pixels)


def _decode_heic(source: Source, limit_pixels: int) -> Pixels:
    pi_heif = import_module("pi_heif")
    pi_heif.options.DECODE_THREADS = 1  # parallelism is a matter of processes
    try:
        picture = pi_heif.open_heif(source)
        require_pixels(picture.size, limit_pixels)
        profile = picture.info.get("icc_profile")
        return Pixels(picture.mode, picture.size, picture.data, profile, owner=picture)
    except UNREADABLE as error:
        raise damaged(error) from error


def _decode_by_pillow(source: Source, plugin: str, size: int, limit_pixels: int) -> Pixels:
    pillow: Any = import_module("PIL.Image")
    pillow.MAX_IMAGE_PIXELS = limit_pixels  # for pictures inside pictures, as in icons
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", pillow.DecompressionBombWarning)
        try:
            file = BytesIO(source) if isinstance(source, bytes) else source
            with pillow.open(file, formats=(plugin,)) as picture:
                require_pixels(picture.size, limit_pixels)
                return _from_pillow(picture, size)
        except (pillow.DecompressionBombWarning, pillow.DecompressionBombError) as error:
            raise TooManyPixels from error
        except UNREADABLE as error:
            raise damaged(error) from error


def _from_pillow(picture: Any, size: int) -> Pixels:
    profile = picture.info.get("icc_profile")
    mode = picture.mode
    if mode.startswith("I;16"):
        # In this machine's byte order; Pillow's own conversion clips to 8 bits.
        return Pixels("I;16", picture.size, picture.tobytes("raw", "I;16N"), profile)
    if mode in {"P", "PA"}:
        mode = "RGBA" if mode == "PA" or "transparency" in picture.info else "RGB"
    mode = _CONVERSIONS.get(mode, mode)
    turned = picture if mode == picture.mode else picture.convert(mode)
    # Whole steps first, as libvips' loaders do, but at least twice the size is left to resample:
    # the bytes of what remains are copied twice on their way.
    steps = max(picture.size) // (2 * size)
    if steps > 1:
        turned = turned.reduce(steps)
    # Pillow turns a TIFF by itself, and in no other of its formats here is EXIF the last word.
    tags = read_tags(picture.info.get("exif") if picture.format == "AVIF" else None)
    orientation = read_orientation(tags)
    return Pixels(mode, turned.size, turned.tobytes(), profile, orientation)


def _to_vips(pixels: Pixels) -> Any:
    pyvips = load_libvips()
    layout = _LAYOUTS.get(pixels.mode)
    if layout is None:
        raise FormatNotShown(f"Pictures of the kind {pixels.mode} are kept, but cannot be shown.")
    image = pyvips.Image.new_from_memory(pixels.data, *pixels.size, layout.bands, layout.number)
    image = image.copy(interpretation=layout.interpretation)
    image.set_type(pyvips.GValue.gint_type, "orientation", pixels.orientation)
    if pixels.profile:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", pixels.profile)
    return image
