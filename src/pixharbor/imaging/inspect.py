"""Read a picture's header: format, size and capture, on the import's hot path and without decoding.

Called on the event loop for small files, in threads for others. A decoder is imported when the
first file of its format arrives.
"""

import struct
import warnings
from collections import ChainMap
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, cast

from pixharbor.errors import PixharborError
from pixharbor.imaging import formats
from pixharbor.imaging.containers import read_gif, read_jpeg, read_webp
from pixharbor.imaging.exif import Capture, read_capture
from pixharbor.imaging.exif_tags import (
    EXIF_IFD,
    IMAGE_LENGTH,
    IMAGE_WIDTH,
    MAKE,
    ORIENTATION,
    read_tags,
)
from pixharbor.imaging.formats import Format
from pixharbor.imaging.sniff import SNIFF_BYTES, sniff

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

READS: Final = 20_000
"""Reads in which a header must be found: rubbish is walked through byte by byte (seconds for a
20 MB file of zeros), and this many take at most 20 ms."""

# What Pillow and pi-heif raise for a header that makes no sense.
UNREADABLE: Final = (
    *(ArithmeticError, AttributeError, AssertionError, EOFError, LookupError, MemoryError),
    *(OSError, RuntimeError, SyntaxError, TypeError, ValueError, struct.error),
)

_PILLOW: Final[dict[Format, str]] = {
    formats.PNG: "PngImagePlugin.PngImageFile",
    formats.AVIF: "AvifImagePlugin.AvifImageFile",
    formats.TIFF: "TiffImagePlugin.TiffImageFile",
    formats.CR2: "TiffImagePlugin.TiffImageFile",
    formats.BMP: "BmpImagePlugin.BmpImageFile",
    formats.JP2: "Jpeg2KImagePlugin.Jpeg2KImageFile",
    formats.PSD: "PsdImagePlugin.PsdImageFile",
}

_DNG_VERSION: Final = 0xC612
_SUB_IFDS: Final = 0x014A
_RAW_MAKERS: Final = {
    "NIKON": formats.NEF,
    "SONY": formats.ARW,
    "PENTAX": formats.PEF,
    "RICOH": formats.PEF,
}


class ImageError(PixharborError):
    """This picture cannot be shown."""

    status = 422
    code = "image_error"


class NotAnImage(ImageError):
    """These bytes are no image that pixharbor knows.

    `format` says what it is instead, None when its bytes are unknown.
    """

    status = 415
    code = "not_an_image"

    def __init__(self, found: Format | None = None) -> None:
        super().__init__(f"This is {found.label}, not an image." if found else "")
        self.format = found

    def __reduce__(self) -> tuple[type["NotAnImage"], tuple[Format | None]]:
        """Make it again on the other side of a process: its argument is not its message."""
        return NotAnImage, (self.format,)


class Header(NamedTuple):
    """What a file says of itself before it is decoded.

    `width` and `height` are in pixels as stored: an `orientation` (EXIF, 1-8) of 5 or more swaps
    them on the screen. All are None where the header cannot be read. `frames` is None when unknown.
    `interlaced` (also progressive) pictures need memory for all pixels at once.
    """

    format: Format
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    orientation: int = 1
    taken_at: datetime | None = None
    camera: str | None = None
    interlaced: bool = False

    @property
    def mime_type(self) -> str:
        """The type of the bytes, whatever the provider said."""
        return self.format.mime_type

    @property
    def extension(self) -> str:
        """The usual ending for a file of these bytes, without the dot."""
        return self.format.extension


def read_header(data: bytes | Path) -> Header:
    """Read format, size, frames and capture of the file in memory or at a path.

    A file that begins like an image and then makes no sense gives a header without a size. Raises
    NotAnImage for anything that does not begin like an image, OSError when a path cannot be read.
    """
    with BytesIO(data) if isinstance(data, bytes) else data.open("rb") as file:
        form = sniff(file.read(SNIFF_BYTES))
        if form is None or not form.is_image:
            raise NotAnImage(form)
        file.seek(0)
        try:
            header = _READERS.get(form, _read_by_pillow)(form, file)
        except UNREADABLE:
            return Header(form)
    return header if header.width and header.height else Header(form)


def _read_by_pillow(form: Format, file: BinaryIO) -> Header:
    """Let one Pillow plug-in open the file; Image.open would ask all of them in turn."""
    if form not in _PILLOW:
        return Header(form)  # kept, but nothing here can read it
    image = _open_by_pillow(form, file)
    tags = _pillow_tags(image)
    if form is formats.TIFF:
        form = _tell_raw(tags)
    return _with_capture(
        form,
        _pillow_size(image),
        frames=_pillow_frames(form, image),
        tags=tags,
        interlaced=bool(image.info.get("interlace")),
    )


def _read_jpeg(form: Format, file: BinaryIO) -> Header:
    size, progressive, exif = read_jpeg(cast("BinaryIO", _FewReads(file)))
    return _with_capture(form, size, frames=1, tags=read_tags(exif), interlaced=progressive)


def _read_webp(form: Format, file: BinaryIO) -> Header:
    size, frames, exif = read_webp(file)
    return _with_capture(form, size, frames=frames, tags=read_tags(exif))


def _read_gif(form: Format, file: BinaryIO) -> Header:
    size, frames = read_gif(file)
    return _with_capture(form, size, frames=frames)


def _read_heic(form: Format, file: BinaryIO) -> Header:
    """Ask libheif, which applies the container's own rotation: what EXIF says is then obsolete."""
    picture = import_module("pi_heif").open_heif(file)
    tags = read_tags(picture.info["exif"]) | {ORIENTATION: 1}
    return _with_capture(form, picture.size, frames=1, tags=tags)


def _read_icon(form: Format, file: BinaryIO) -> Header:
    """The largest picture of an icon's directory; Pillow would decode it to tell its size."""
    start = file.read(6 + 256 * 16)
    count = min(int.from_bytes(start[4:6], "little"), (len(start) - 6) // 16)
    # A side of 256 pixels is written as 0.
    sides = [(start[at] or 256, start[at + 1] or 256) for at in range(6, 6 + 16 * count, 16)]
    return _with_capture(form, max(sides, default=None), frames=1)


_READERS: Final[dict[Format, Callable[[Format, BinaryIO], Header]]] = {
    formats.JPEG: _read_jpeg,
    formats.WEBP: _read_webp,
    formats.GIF: _read_gif,
    formats.HEIC: _read_heic,
    formats.ICO: _read_icon,
}


def _with_capture(
    form: Format,
    size: tuple[int, int] | None,
    *,
    frames: int | None = None,
    tags: Mapping[int, Any] = MappingProxyType({}),
    interlaced: bool = False,
) -> Header:
    try:
        capture = read_capture(tags)
    except UNREADABLE:
        capture = Capture()
    width, height = size or (None, None)
    return Header(
        form,
        width,
        height,
        frames,
        capture.orientation,
        capture.taken_at,
        capture.camera,
        interlaced,
    )


class _FewReads:
    """A file that gives up after READS reads."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = READS
        self.seek, self.tell, self.close = file.seek, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise EOFError
        return self._file.read(size)


def _open_by_pillow(form: Format, file: BinaryIO) -> "ImageFile":
    return cast("ImageFile", _plugin(form)(_FewReads(file)))


def _plugin(form: Format) -> Any:
    """The class that reads this format, without the ones that Image.open brings along."""
    module, _, name = _PILLOW[form].partition(".")
    return getattr(_import_pillow(module), name)


@cache
def _import_pillow(module: str) -> Any:
    # A strange tag in EXIF is no news for the log of an import.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    return import_module(f"PIL.{module}")


def _pillow_size(image: "ImageFile") -> tuple[int, int]:
    """The size as stored; Pillow already turns the one of a TIFF."""
    tags = getattr(image, "tag_v2", None)
    return image.size if tags is None else (tags[IMAGE_WIDTH], tags[IMAGE_LENGTH])


def _pillow_frames(form: Format, image: "ImageFile") -> int | None:
    if not form.has_preview:
        return 1
    try:
        return int(getattr(image, "n_frames", 1))
    except UNREADABLE:
        return None


def _pillow_tags(image: "ImageFile") -> Mapping[int, Any]:
    """Pillow's own `getexif` decodes a whole PNG to look for EXIF behind its pixels."""
    if not hasattr(image, "tag_v2"):
        return read_tags(image.info.get("exif"))
    exif = image.getexif()
    try:
        details = exif.get_ifd(EXIF_IFD)
    except UNREADABLE:
        details = {}
    return ChainMap(cast("dict[int, Any]", exif), details)


def _tell_raw(tags: Mapping[int, Any]) -> Format:
    """Tell a camera's RAW file from a TIFF: its first picture is a small preview with others."""
    if _DNG_VERSION in tags:
        return formats.DNG
    maker = str(tags.get(MAKE, "")).upper()
    raw = next((raw for name, raw in _RAW_MAKERS.items() if maker.startswith(name)), formats.TIFF)
    return raw if _SUB_IFDS in tags else formats.TIFF
