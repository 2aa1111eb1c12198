"""Files whose names claim another format: the bytes decide, for the item, the job and the store."""

import io
from pathlib import Path

import pytest
from flows.conftest import Port
from imaging.sample_pictures import HEIC, encode, quarters
from pictures import picture, write_pictures
from PIL import Image

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
MOV = b"\0\0\0\x14ftypqt  \0\0\x02\0qt  " + bytes(2000)


def mpo() -> bytes:
    """Two pictures in one file, as cameras with two lenses write them."""
    return encode(quarters(), "MPO", save_all=True, append_images=[quarters(32, 24)])


def animation(frames: int) -> bytes:
    """A GIF of so many different frames."""
    first, *rest = [Image.new("L", (16, 16), shade * 20) for shade in range(frames)]
    data = io.BytesIO()
    first.save(data, "GIF", save_all=True, append_images=rest)
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "form", "mime_type"),
    [
        ("holiday.jpg", HEIC, "heic", "image/heic"),
        ("holiday.png", HEIC, "heic", "image/heic"),
        ("two-lenses.jpg", mpo(), "jpeg", "image/jpeg"),
        ("two-lenses.png", mpo(), "jpeg", "image/jpeg"),
        ("drawn.webp", picture(3, format="PNG"), "png", "image/png"),
    ],
)
async def test_a_picture_under_another_formats_name_is_stored_as_what_it_is(
    port: Port, tree: Path, name: str, body: bytes, form: str, mime_type: str
) -> None:
    (tree / name).write_bytes(body)
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["reasons"], job["balance"]["stored"]) == ("completed", [], 1)
        (item,) = await harbour.items(job["id"])
        assert (item["name"], item["state"], item["reason"]) == (name, "stored", None)
        (image,) = await harbour.images()
        info = (await harbour.api.get(f"/api/v1/images/{image['image_id']}/info")).json()
        assert (info["name"], info["format"], info["mime_type"]) == (name, form, mime_type)
        assert await harbour.original(image) == body


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("drawing.jpg", SVG, "SVG"),
        ("drawing.png", SVG, "SVG"),
        ("film.jpg", MOV, "video"),
        ("film.png", MOV, "video"),
    ],
)
async def test_a_film_or_a_drawing_under_a_pictures_name_is_skipped_and_the_rest_is_stored(
    port: Port, tree: Path, name: str, body: bytes, told: str
) -> None:
    bodies = write_pictures(tree, 1)
    (tree / name).write_bytes(body)
    async with port() as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["stored"], job["balance"]["skipped"]) == (
            "completed", 1, 1
        )  # fmt: skip
        (item,) = await harbour.items(job["id"], state="skipped")
        assert (item["name"], item["reason"], item["attempts"]) == (name, "not_an_image", 1)
        assert told in item["message"]
        (image,) = await harbour.images()
        assert [await harbour.original(image)] == bodies


async def test_an_animation_of_too_many_frames_is_skipped_and_one_of_few_is_stored(
    port: Port, tree: Path
) -> None:
    (tree / "long.gif").write_bytes(animation(6))
    (tree / "short.gif").write_bytes(animation(5))
    async with port(limit_frames=5) as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["stored"], job["balance"]["skipped"]) == (
            "completed", 1, 1
        )  # fmt: skip
        (item,) = await harbour.items(job["id"], state="skipped")
        assert (item["name"], item["reason"]) == ("long.gif", "too_many_frames")
        assert item["message"]
        (image,) = await harbour.images()
        assert await harbour.original(image) == animation(5)
