"""How large a picture may be, told from its header before anything is decoded."""

from typing import Literal

from pydantic import ByteSize, Field
from pydantic_settings import BaseSettings

from pixharbor.imaging.inspect import Header

MIB = 1024 * 1024


class ImagingSettings(BaseSettings):
    """The settings of this edge. Sizes in bytes also read "256 MiB"."""

    limit_file_bytes: ByteSize = Field(default=ByteSize(256 * MIB), gt=0)
    """LIMIT_FILE_BYTES: the largest original, enforced on the stream."""
    limit_pixels: int = Field(default=100_000_000, gt=0)
    """LIMIT_PIXELS: the largest picture or frame."""
    limit_frames: int = Field(default=256, gt=0)
    """LIMIT_FRAMES: the longest animation."""
    limit_memory: ByteSize = Field(default=ByteSize(512 * MIB), ge=128 * MIB)
    """LIMIT_MEMORY: for all pictures that are being decoded at once, and for each of the decoding
    processes. Below 128 MiB no decoder starts."""


def check_limits(
    header: Header, settings: ImagingSettings
) -> Literal["too_many_pixels", "too_many_frames"] | None:
    """Return the reason why this picture is refused, None when it is not."""
    if (header.width or 0) * (header.height or 0) > settings.limit_pixels:
        return "too_many_pixels"
    if (header.frames or 0) > settings.limit_frames:
        return "too_many_frames"
    return None
