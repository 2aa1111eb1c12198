"""Filters of an import, over the API: what is left out is an item with the filter's name."""

from pathlib import Path
from typing import Any

import pytest
from emulators.drive_caller import declare
from flows.conftest import Port
from harbour import Harbour
from pictures import picture, write_pictures


async def run(harbour: Harbour, link: str, **filters: Any) -> dict[str, Any]:
    answer = await harbour.api.post("/api/v1/imports", json={"location": link, "filters": filters})
    assert answer.status_code == 202, answer.text
    assert answer.json()["filters"] != {}
    return await harbour.finish(answer.json()["id"])


async def test_files_that_the_listing_leaves_out_are_never_fetched(port: Port, tree: Path) -> None:
    write_pictures(tree, 3)
    (tree / "flat.png").write_bytes(picture(7, format="PNG"))
    async with port() as (harbour, drive):
        job = await run(harbour, drive.folder_link, types=["png"])
        assert drive.counts.downloads == 1
        assert (job["balance"]["stored"], job["balance"]["skipped"]) == (1, 3)
        items = await harbour.items(job["id"], reason="filtered")
        assert {item["message"] for item in items} == {
            "Left out by the filter types: this is a JPEG picture."
        }


async def test_what_only_the_bytes_tell_is_left_out_after_one_download_and_no_second(
    port: Port, tree: Path
) -> None:
    (tree / "small.jpg").write_bytes(picture(1, size=(20, 30)))
    unknown = {"small.jpg": {"imageMediaMetadata": None}}
    declare(tree, files=unknown)
    (tree / "large.jpg").write_bytes(picture(2, size=(200, 300)))
    (tree / "truly.png").write_bytes(picture(3))  # by its bytes a JPEG of 64 x 48
    wide = {"min_width": 100, "types": ["jpeg", "png"]}
    async with port() as (harbour, drive):
        job = await run(harbour, drive.folder_link, **wide)
        assert (job["balance"]["stored"], job["balance"]["skipped"]) == (1, 2)
        items = {item["name"]: item["message"] for item in await harbour.items(job["id"])}
        assert items["small.jpg"] == "Left out by the filter min_width: it is 20 pixels wide."
        fetched = drive.counts.downloads
        again = await run(harbour, drive.folder_link, **wide)
        assert drive.counts.downloads == fetched
        assert (again["balance"]["duplicate"], again["balance"]["skipped"]) == (1, 2)
        rest = await harbour.run(drive.folder_link)  # without filters they come in after all
        assert (rest["balance"]["stored"], rest["balance"]["duplicate"]) == (2, 1)


async def test_drive_tells_widths_so_that_small_pictures_are_never_fetched(
    port: Port, tree: Path
) -> None:
    (tree / "small.jpg").write_bytes(picture(1, size=(20, 300)))
    (tree / "low.jpg").write_bytes(picture(2, size=(300, 20)))
    (tree / "large.jpg").write_bytes(picture(3, size=(200, 300)))
    (tree / "turned.jpg").write_bytes(picture(4, size=(300, 20)))
    turned = {"imageMediaMetadata": {"width": 300, "height": 20, "rotation": 1}}
    declare(tree, files={"turned.jpg": turned})
    async with port() as (harbour, drive):
        job = await run(harbour, drive.folder_link, min_width=100, min_height=100)
        assert (job["balance"]["stored"], job["balance"]["skipped"]) == (1, 3)
        assert drive.counts.downloads == 2  # the large one, and the one of which Drive is unsure


async def test_max_depth_ends_the_walk(port: Port, tree: Path) -> None:
    write_pictures(tree, 1)
    write_pictures(tree / "a", 1, first=1)
    write_pictures(tree / "a" / "b", 1, first=2)
    async with port() as (harbour, drive):
        job = await run(harbour, drive.folder_link, max_depth=1)
        assert job["balance"]["stored"] == 2
        assert job["balance"]["folders"] == {"listed": 2, "failed": 0}


async def test_names_sizes_and_times_are_told_by_the_listing(port: Port, tree: Path) -> None:
    write_pictures(tree, 2)
    (tree / "old.jpg").write_bytes(picture(9))
    (tree / "large.jpg").write_bytes(picture(10, size=(600, 600)))
    times = {"old.jpg": {"modifiedTime": "2001-01-01T00:00:00.000Z"}}
    declare(tree, files=times)
    async with port() as (harbour, drive):
        job = await run(
            harbour,
            drive.folder_link,
            exclude=["*-00001.jpg"],
            max_size="3 kB",
            modified_after="2002-01-01",
        )
        assert (job["balance"]["stored"], job["balance"]["skipped"]) == (1, 3)
        left_out = {item["name"]: item["message"] for item in await harbour.items(job["id"])}
        assert "exclude: it matches *-00001.jpg" in left_out["picture-00001.jpg"]
        assert "modified_after: it was modified on 2001-01-01" in left_out["old.jpg"]
        assert "max_size" in left_out["large.jpg"]
        assert drive.counts.downloads == 1


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"min_widht": 3}, "there is no filter “min_widht”; known are types"),
        ({"types": ["docx"]}, "“docx” is no type of image"),
    ],
)
async def test_an_unknown_filter_is_refused_by_its_name(
    port: Port, filters: dict[str, Any], told: str
) -> None:
    async with port() as (harbour, drive):
        answer = await harbour.api.post(
            "/api/v1/imports", json={"location": drive.folder_link, "filters": filters}
        )
        assert answer.status_code == 422
        assert told in answer.json()["detail"]
