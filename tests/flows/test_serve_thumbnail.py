"""Flow 2: GET …/thumbnail → found, or made in the sandbox and kept → 307 to a signed link."""

import asyncio
import io
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from flows.conftest import Port
from harbour import Harbour, until
from imaging import sandbox_jobs
from pictures import picture, write_pictures
from PIL import Image as Pillow
from sqlalchemy import delete, select, update

from pixharbor.images.models import Image, ProviderFile, Variant
from pixharbor.jobs.models import Item
from pixharbor.storage.base import NewObject

# An id that nothing has.
NOBODY = "01a00000-0000-7000-8000-000000000000"


async def fetch(harbour: Harbour, url: str) -> tuple[int, int]:
    """The size of the WebP that the thumbnail's address leads to."""
    answer = await harbour.api.get(url, follow_redirects=True)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    with Pillow.open(io.BytesIO(answer.content)) as shown:
        assert shown.format == "WEBP"
        return shown.size


async def kept(harbour: Harbour) -> list[str]:
    """The recipes of the variants that are kept."""
    async with harbour.runtime.work.read() as session:
        return sorted(await session.scalars(select(Variant.recipe)))


async def test_a_thumbnail_is_made_at_the_first_request_and_kept_for_the_next(
    port: Port, tree: Path
) -> None:
    Pillow.new("RGB", (2400, 1200), "teal").save(tree / "wide.jpg")
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        assert await kept(harbour) == []
        (image,) = await harbour.images()
        small = image["thumbnail_url"]
        assert await fetch(harbour, small) == (320, 160)
        assert await fetch(harbour, small) == (320, 160)
        assert await kept(harbour) == ["thumbnail:320"]
        assert await fetch(harbour, f"{small.partition('?')[0]}?size=1600") == (1600, 800)
        assert await kept(harbour) == ["thumbnail:1600", "thumbnail:320"]
        info = (await harbour.api.get(f"/api/v1/images/{image['image_id']}/info")).json()
        told = [(made["recipe"], made["width"], made["mime_type"]) for made in info["variants"]]
        assert told == [
            ("thumbnail:320", 320, "image/webp"),
            ("thumbnail:1600", 1600, "image/webp"),
        ]
        assert all(made["size"] > 0 for made in info["variants"])


async def test_many_who_ask_at_once_get_the_same_thumbnail(port: Port, tree: Path) -> None:
    write_pictures(tree, 1)
    async with port() as (harbour, drive):
        image = await harbour.run_for_image(drive.folder_link)
        asked = [harbour.api.get(image["thumbnail_url"]) for _ in range(20)]
        answers = await asyncio.gather(*asked)
        assert {answer.status_code for answer in answers} == {307}
        paths = {answer.headers["location"].partition("?")[0] for answer in answers}
        assert len(paths) == len(await kept(harbour)) == 1


async def test_a_portrait_that_lies_on_its_side_is_shown_upright(port: Port, tree: Path) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees
    Pillow.new("RGB", (640, 320), "plum").save(tree / "portrait.jpg", exif=exif)
    async with port() as (harbour, drive):
        image = await harbour.run_for_image(drive.folder_link)
        assert await fetch(harbour, image["thumbnail_url"]) == (160, 320)


async def test_a_picture_that_cannot_be_decoded_says_so_and_harms_no_other(
    port: Port, tree: Path
) -> None:
    good = picture(1)
    (tree / "cut.jpg").write_bytes(good[: len(good) // 2])
    write_pictures(tree, 1, first=5)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        by_name = {image["name"]: image for image in await harbour.images()}
        cut = by_name.pop("cut.jpg")
        for _ in range(2):
            answer = await harbour.api.get(cut["thumbnail_url"])
            assert (answer.status_code, answer.json()["code"]) == (422, "image_damaged")
        (whole,) = by_name.values()
        assert await fetch(harbour, whole["thumbnail_url"])


@pytest.mark.parametrize(
    ("size", "limits", "code"),
    [
        ((64, 48), {"limit_pixels": 1000}, "too_many_pixels"),
        ((8000, 6000), {"limit_memory": 128 << 20}, "too_much_memory"),
    ],
)
async def test_a_picture_beyond_a_limit_is_shown_once_that_is_raised(
    port: Port, tree: Path, size: tuple[int, int], limits: dict[str, int], code: str
) -> None:
    Pillow.new("RGB", size, "teal").save(tree / "large.tif", compression="tiff_deflate")
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
    async with port(**limits) as (harbour, _):
        (image,) = await harbour.images()
        answer = await harbour.api.get(image["thumbnail_url"])
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert (await harbour.images())[0]["damaged"] is False
    async with port() as (harbour, _):
        assert await fetch(harbour, image["thumbnail_url"])


async def test_a_picture_on_which_the_decoder_died_is_tried_again(port: Port, tree: Path) -> None:
    Pillow.effect_noise((6000, 6000), 90).save(tree / "noise.png", compress_level=1)
    async with port() as (harbour, drive):
        image = await harbour.run_for_image(drive.folder_link)
        decoder = psutil.Process(await harbour.runtime.sandbox.run(sandbox_jobs.process_id))
        idle = decoder.cpu_times().user
        asking = asyncio.create_task(harbour.api.get(image["thumbnail_url"]))

        async def is_at_it() -> bool | None:
            return decoder.cpu_times().user > idle + 0.1 or None

        await until(is_at_it)
        decoder.kill()
        answer = await asking
        assert (answer.status_code, answer.json()["code"]) == (422, "image_crashed")
        assert await fetch(harbour, image["thumbnail_url"]) == (320, 320)


async def test_an_image_that_is_purged_while_its_thumbnail_is_made_leaves_no_object(
    port: Port, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pictures(tree, 1)
    async with port() as (harbour, drive):
        image = await harbour.run_for_image(drive.folder_link)
        store, put_many = harbour.runtime.store, harbour.runtime.store.put_many

        async def put_and_purge(objects: Sequence[NewObject]) -> None:
            await put_many(objects)
            async with harbour.runtime.work() as unit:
                await unit.session.execute(update(ProviderFile).values(image_id=None))
                await unit.session.execute(update(Item).values(image_id=None))
                await unit.session.execute(delete(Image))

        monkeypatch.setattr(store, "put_many", put_and_purge)
        answer = await harbour.api.get(image["thumbnail_url"])
        assert (answer.status_code, answer.json()["code"]) == (404, "image_not_found")
        assert {key async for key in store.keys("variants/")} == set()


@pytest.mark.parametrize(
    ("way", "status", "code"),
    [
        ("{id}/thumbnail?size=100", 422, "unknown_size"),
        (f"{NOBODY}/thumbnail", 404, "image_not_found"),
    ],
)
async def test_what_there_is_no_thumbnail_of_is_told(
    port: Port, tree: Path, way: str, status: int, code: str
) -> None:
    write_pictures(tree, 1)
    async with port() as (harbour, drive):
        image = await harbour.run_for_image(drive.folder_link)
        answer = await harbour.api.get(f"/api/v1/images/{way.format(id=image['image_id'])}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
