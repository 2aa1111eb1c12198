"""What a file's declared type and size tell before a byte of it is fetched."""

import mimetypes
from functools import lru_cache
from pathlib import PurePath
from typing import Final

_NOT_IMAGES: Final = {
    "video/": "a video",
    "audio/": "a sound",
    "text/": "a text",
    "font/": "a font",
    "model/": "a 3D model",
    "message/": "a message",
    "image/svg": "an SVG drawing",
    "application/pdf": "a PDF",
    "application/zip": "an archive",
    "application/x-zip": "an archive",
    "application/gzip": "an archive",
    "application/x-gzip": "an archive",
    "application/x-tar": "an archive",
    "application/x-7z": "an archive",
    "application/x-rar": "an archive",
    "application/vnd.rar": "an archive",
    "application/rar": "an archive",
    "application/x-iso9660": "a disk image",
    "application/x-apple-diskimage": "a disk image",
    "application/msword": "a document",
    "application/rtf": "a document",
    "application/epub": "a book",
    "application/vnd.ms-": "an Office file",
    "application/vnd.openxmlformats": "an Office file",
    "application/vnd.oasis": "an Office file",
    "application/json": "data",
    "application/xml": "data",
    "application/sql": "data",
    "application/javascript": "a program",
    "application/x-javascript": "a program",
    "application/x-sh": "a program",
    "application/x-python": "a program",
    "application/x-msdownload": "a program",
    "application/x-msdos": "a program",
    "application/x-executable": "a program",
    "application/java-archive": "a program",
    "application/vnd.android.package": "a program",
}
Fate = tuple[str, str, str]


def declared_fate(mime_type: str, size: int | None) -> Fate | None:
    """(state, reason, message) of what is no image; unknown types are fetched, the bytes decide."""
    kind = _kind_of(mime_type)
    if kind:
        return ("skipped", "not_an_image", kind)
    if size == 0:
        return ("skipped", "empty", "0 bytes")
    return None


@lru_cache(maxsize=1000)  # a folder's files are of a few types
def _kind_of(mime_type: str) -> str | None:
    """What is no image, in a word."""
    mime_type = mime_type.lower()
    return next((kind for each, kind in _NOT_IMAGES.items() if mime_type.startswith(each)), None)


def type_of_name(name: str) -> str:
    """The type that a name's ending declares, empty for one that nobody knows."""
    return mimetypes.guess_type(f"x{PurePath(name).suffix}", strict=False)[0] or ""
