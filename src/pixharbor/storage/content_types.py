"""What browsers are told about an object: its type, and whether to show it or to save it."""

from urllib.parse import quote

# Pictures that browsers show; anything else is downloaded, never run on the store's origin.
SHOWN = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}
# Types that browsers may know and that are no danger, but nothing to show in a tab.
KEPT = {"heic": "image/heic", "tif": "image/tiff", "bmp": "image/bmp", "jp2": "image/jp2"}

HARMLESS = frozenset((*SHOWN.values(), *KEPT.values()))
UNKNOWN = "application/octet-stream"

# The bytes under a content-addressed key never change.
FOR_EVER = "max-age=31536000, immutable"
# File systems end here too; a link that holds the name must stay below servers' limits.
NAME_BYTES = 255


def harmless_type(mime_type: str) -> str:
    """The type itself when no browser runs it as a program, else the one that is only saved."""
    return mime_type if mime_type in HARMLESS else UNKNOWN


def type_of(key: str) -> str:
    """The type that the key's extension stands for."""
    extension = _extension(key)
    return SHOWN.get(extension) or KEPT.get(extension) or UNKNOWN


def disposition_of(key: str) -> str:
    """Whether a browser shows the object (`inline`) or saves it (`attachment`)."""
    return "inline" if _extension(key) in SHOWN else "attachment"


def content_disposition(key: str, name: str, *, save: bool = False) -> str:
    """The header with which a browser shows the object, or saves it, as `name` (RFC 6266).

    With `save` it is saved, whatever it is.
    """
    kept = _shortened(name)
    encoded = quote(kept, safe="", errors="replace")
    told = f'filename="{kept}"' if encoded == kept else f"filename*=UTF-8''{encoded}"
    return f"{'attachment' if save else disposition_of(key)}; {told}"


def _extension(key: str) -> str:
    return key.rpartition("/")[2].rpartition(".")[2]


def _shortened(name: str) -> str:
    """At most NAME_BYTES long, with what makes it a picture: the end after the last dot."""
    if len(name.encode(errors="replace")) <= NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > 10:  # noqa: PLR2004 - longer than any extension
        stem, dot, extension = name, "", ""
    end = f"{dot}{extension}".encode(errors="replace")
    start = stem.encode(errors="replace")[: NAME_BYTES - len(end)]
    return (start + end).decode(errors="ignore")
