"""Let pictures into the sandbox by the memory they will need, not by their number."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from pixharbor.imaging import formats
from pixharbor.imaging.formats import Format
from pixharbor.imaging.inspect import Header

_MIB: Final = 1024 * 1024
_ENCODING: Final = 16 * _MIB  # for the small result and the decoder's own tables

# Bytes per pixel at the peak of a decode to 320 px, measured with 24 megapixels (libvips 8.18.7,
# Pillow 13, pi-heif 1.4) and rounded up.
_PER_PIXEL: Final[dict[Format, float]] = {
    formats.JPEG: 0.5,
    formats.PNG: 2,
    formats.GIF: 6,
    formats.WEBP: 5,
    formats.AVIF: 10,
    formats.HEIC: 6,
    formats.TIFF: 9,
    formats.BMP: 5,
    formats.ICO: 9,
    formats.JP2: 20,
    formats.PSD: 9,
}
_PER_PIXEL_INTERLACED: Final = 8.5  # progressive JPEG without subsampling 6.5, 16-bit PNG 8.5


def estimate_memory(header: Header, source: bytes | Path) -> int:
    """Estimate the bytes that decoding this picture takes at its peak."""
    per_pixel = _PER_PIXEL_INTERLACED if header.interlaced else _PER_PIXEL.get(header.format, 9)
    held = len(source) if isinstance(source, bytes) else 0
    return int((header.width or 0) * (header.height or 0) * per_pixel) + held + _ENCODING


class MemoryBudget:
    """A number of bytes that jobs share; whoever finds too few left waits."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def hold(self, amount: int) -> AsyncIterator[None]:
        """Hold `amount` bytes for a while; one that needs more than all waits to be alone."""
        amount = min(amount, self._total)
        async with self._changed:
            await self._changed.wait_for(lambda: self._free >= amount)
            self._free -= amount
        try:
            yield
        finally:
            await asyncio.shield(self._give_back(amount))

    async def _give_back(self, amount: int) -> None:
        async with self._changed:
            self._free += amount
            self._changed.notify_all()
