"""The table of formats: what a kind of file is called, and whether it can be shown."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    `label` reads after "this is", as in "this is a web page". `is_image` says whether the file
    is kept as an image, `has_preview` whether the sandbox can decode it.
    """

    name: str
    mime_type: str
    extension: str
    label: str
    is_image: bool = True
    has_preview: bool = False


JPEG: Final = Format("jpeg", "image/jpeg", "jpg", "a JPEG picture", has_preview=True)
PNG: Final = Format("png", "image/png", "png", "a PNG picture", has_preview=True)
GIF: Final = Format("gif", "image/gif", "gif", "a GIF picture", has_preview=True)
WEBP: Final = Format("webp", "image/webp", "webp", "a WebP picture", has_preview=True)
AVIF: Final = Format("avif", "image/avif", "avif", "an AVIF picture", has_preview=True)
HEIC: Final = Format("heic", "image/heic", "heic", "a HEIC picture", has_preview=True)
TIFF: Final = Format("tiff", "image/tiff", "tif", "a TIFF picture", has_preview=True)
BMP: Final = Format("bmp", "image/bmp", "bmp", "a BMP picture", has_preview=True)
ICO: Final = Format("ico", "image/vnd.microsoft.icon", "ico", "an icon", has_preview=True)
JP2: Final = Format("jp2", "image/jp2", "jp2", "a JPEG 2000 picture", has_preview=True)
PSD: Final = Format("psd", "image/vnd.adobe.photoshop", "psd", "a Photoshop file", has_preview=True)
JXL: Final = Format("jxl", "image/jxl", "jxl", "a JPEG XL picture")

# Camera RAW is kept and not shown: its decoder (rawpy) is not installed.
CR2: Final = Format("cr2", "image/x-canon-cr2", "cr2", "a Canon RAW file")
CR3: Final = Format("cr3", "image/x-canon-cr3", "cr3", "a Canon RAW file")
NEF: Final = Format("nef", "image/x-nikon-nef", "nef", "a Nikon RAW file")
ARW: Final = Format("arw", "image/x-sony-arw", "arw", "a Sony RAW file")
DNG: Final = Format("dng", "image/x-adobe-dng", "dng", "a DNG RAW file")
PEF: Final = Format("pef", "image/x-pentax-pef", "pef", "a Pentax RAW file")
RAF: Final = Format("raf", "image/x-fuji-raf", "raf", "a Fujifilm RAW file")
ORF: Final = Format("orf", "image/x-olympus-orf", "orf", "an Olympus RAW file")
RW2: Final = Format("rw2", "image/x-panasonic-rw2", "rw2", "a Panasonic RAW file")

# Known only so that the reason can say what the file is instead of an image.
SVG: Final = Format("svg", "image/svg+xml", "svg", "an SVG drawing", is_image=False)
HTML: Final = Format("html", "text/html", "html", "a web page", is_image=False)
PDF: Final = Format("pdf", "application/pdf", "pdf", "a PDF", is_image=False)
VIDEO: Final = Format("video", "video/mp4", "mp4", "a video", is_image=False)
AUDIO: Final = Format("audio", "audio/mpeg", "mp3", "a sound file", is_image=False)
ARCHIVE: Final = Format("archive", "application/zip", "zip", "an archive", is_image=False)
TEXT: Final = Format("text", "text/plain", "txt", "a text file", is_image=False)

FORMATS: Final[dict[str, Format]] = {
    form.name: form
    for form in (
        *(JPEG, PNG, GIF, WEBP, AVIF, HEIC, TIFF, BMP, ICO, JP2, PSD, JXL),
        *(CR2, CR3, NEF, ARW, DNG, PEF, RAF, ORF, RW2),
        *(SVG, HTML, PDF, VIDEO, AUDIO, ARCHIVE, TEXT),
    )
}
