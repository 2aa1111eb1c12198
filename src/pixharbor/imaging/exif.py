"""What a header wants from EXIF: how to turn the picture, when it was taken, and with what."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from pixharbor.imaging.exif_tags import (
    DATE_TIME_ORIGINAL,
    MAKE,
    MODEL,
    OFFSET_TIME_ORIGINAL,
    ORIENTATION,
)

_ORIENTATIONS: Final = range(1, 9)
_UNPRINTABLE: Final = re.compile(r"[^ -~\u00a0-\uffff]")
_CAMERA_LENGTH: Final = 100  # characters; no camera has a longer name, and it lands in a column


class Capture(NamedTuple):
    """How a picture came about. `taken_at` is naive unless the camera wrote its offset."""

    orientation: int = 1
    taken_at: datetime | None = None
    camera: str | None = None


def read_capture(tags: Mapping[int, Any]) -> Capture:
    """Read what is there; a tag that makes no sense counts as missing."""
    return Capture(read_orientation(tags), _taken_at(tags), _camera(tags))


def read_orientation(tags: Mapping[int, Any]) -> int:
    """How the picture has to be turned (1-8), 1 when EXIF does not say or makes no sense."""
    value = tags.get(ORIENTATION)
    return value if isinstance(value, int) and value in _ORIENTATIONS else 1


def _taken_at(tags: Mapping[int, Any]) -> datetime | None:
    """Read "2024:05:04 12:34:56" and, where the camera wrote it, "+02:00"."""
    text = _clean(tags.get(DATE_TIME_ORIGINAL))
    if not text:
        return None
    moment = f"{text[:10].replace(':', '-')}T{text[11:19]}"
    for offset in (_clean(tags.get(OFFSET_TIME_ORIGINAL)), ""):
        try:
            return datetime.fromisoformat(moment + offset)
        except ValueError:
            continue
    return None


def _camera(tags: Mapping[int, Any]) -> str | None:
    """Join maker and model; most models repeat the maker ("NIKON CORPORATION", "NIKON D750")."""
    make, model = _clean(tags.get(MAKE)), _clean(tags.get(MODEL))
    repeated = bool(make) and model.casefold().startswith(make.split()[0].casefold())
    return (model if repeated else f"{make} {model}").strip()[:_CAMERA_LENGTH] or None


def _clean(value: object) -> str:
    """Cameras pad with spaces and NULs, and some write rubbish behind the first NUL."""
    if not isinstance(value, str):
        return ""
    return " ".join(_UNPRINTABLE.sub(" ", value.partition("\0")[0]).split())
