"""Small pictures made on the spot, each with bytes of its own."""

import io
from pathlib import Path

from PIL import Image


def picture(number: int, *, format: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:  # noqa: A002 - Pillow's word
    """A picture whose bytes and colours belong to `number` alone."""
    image = Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, number % 256))
    image.putpixel((0, 0), (number >> 16 & 255, number >> 8 & 255, number & 255))
    data = io.BytesIO()
    image.save(data, format, **({"comment": str(number)} if format == "JPEG" else {}))
    return data.getvalue()


def write_pictures(folder: Path, count: int, *, first: int = 0) -> list[bytes]:
    """Write `count` different JPEGs into a folder; answers their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    bodies = [picture(first + number) for number in range(count)]
    for number, body in enumerate(bodies):
        (folder / f"picture-{first + number:05}.jpg").write_bytes(body)
    return bodies
