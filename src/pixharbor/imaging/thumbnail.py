"""Make a thumbnail. The job runs in the sandbox only."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from pixharbor.imaging.decode import Source, damaged, shrink
from pixharbor.imaging.formats import FORMATS, Format
from pixharbor.imaging.libvips import load_libvips

ThumbnailFormat = Literal["webp", "jpeg"]

# Never an encoder's defaults. WebP at effort 2 costs 14 ms for 720 x 588, at 4 (the default) 34 ms
# for 5 % fewer bytes.
_SAVERS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "webp": ("webpsave_buffer", {"Q": 80, "effort": 2, "keep": "none"}),
    "jpeg": ("jpegsave_buffer", {"Q": 80, "optimize_coding": True, "keep": "none"}),
}


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """An encoded picture; `width` and `height` in pixels."""

    data: bytes
    width: int
    height: int
    mime_type: str


def make_thumbnail(
    source: Source,
    size: int,
    output: ThumbnailFormat,
    form: Format,
    limit_pixels: int,
) -> Thumbnail:
    """Fit the picture (an animation's first frame) into `size` x `size`, without its metadata.

    The same bytes give the same thumbnail. Raises ImageDamaged, TooManyPixels, FormatNotShown.
    """
    image = shrink(source, form, size, limit_pixels=limit_pixels)
    saver, options = _SAVERS[output]
    try:
        if image.interpretation != "srgb":
            image = image.colourspace("srgb")  # greys, 16 bits, CMYK without a profile
        if output == "jpeg" and image.hasalpha():
            image = image.flatten(background=255)
        data = getattr(image, saver)(**options)
    except load_libvips().Error as error:
        raise damaged(error) from error
    return Thumbnail(data, image.width, image.height, FORMATS[output].mime_type)
