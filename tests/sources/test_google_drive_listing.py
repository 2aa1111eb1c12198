"""Listing folders of Google Drive: every page, every level, every shortcut, every key."""

import hashlib
from pathlib import Path

import pytest
from emulators.discovery_schema import request_problems
from emulators.drive_caller import declare
from sources.conftest import Drive, OpenDrive

from pixharbor.sources.base import FolderMissing, FolderRefused, Location, SourceInfo, StaleCursor


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(path.encode())


async def walk(drive: Drive) -> list[str]:
    """Follow every folder once, as the import does."""
    found: list[str] = []
    frontier, visited = [drive.root], {drive.root}
    while frontier:
        for page in await drive.pages(frontier.pop()):
            found += [file.path for file in page.files]
            frontier += [folder for folder in page.folders if folder not in visited]
            visited.update(page.folders)
    return sorted(found)


async def test_a_folder_of_many_pages_is_listed_to_its_end_t4(
    album: Path, serving: OpenDrive
) -> None:
    names = [f"{number}.jpg" for number in range(2300)]
    write(album, *names)
    async with serving() as drive:
        pages = await drive.pages()
        assert [len(page.files) for page in pages] == [1000, 1000, 300]
        assert sorted(file.name for page in pages for file in page.files) == sorted(names)
        assert drive.emulator.counts.lists == 3
        assert drive.emulator.counts.gets == 1


async def test_a_listing_goes_on_from_where_it_stood(album: Path, serving: OpenDrive) -> None:
    write(album, *(f"{number}.jpg" for number in range(1500)))
    async with serving() as drive:
        first, second = await drive.pages()
        again = await drive.pages(cursor=first.next_cursor)
        assert again == [second]


async def test_pages_without_files_do_not_end_a_listing(album: Path, serving: OpenDrive) -> None:
    write(album, "a.jpg", "b.jpg")
    async with serving(faults=["empty-pages"]) as drive:
        files = [file.name for page in await drive.pages() for file in page.files]
        assert sorted(files) == ["a.jpg", "b.jpg"]


async def test_a_page_token_that_google_forgot_says_so(album: Path, serving: OpenDrive) -> None:
    write(album, "a.jpg")
    async with serving() as drive:
        with pytest.raises(StaleCursor):
            await drive.pages(cursor="~!!~made-up")


async def test_an_empty_folder_is_one_empty_page(serving: OpenDrive) -> None:
    async with serving() as drive:
        page = await drive.page()
        assert (page.files, page.folders, page.next_cursor) == ([], [], None)


async def test_sub_folders_come_back_as_places_with_their_path_t5(
    album: Path, serving: OpenDrive
) -> None:
    write(album, "a.jpg", "trip/b.jpg", "trip/day 1/c.jpg", "trip/day 1/d.jpg")
    async with serving() as drive:
        page = await drive.page()
        assert page.folders == [drive.at("trip")]
        assert page.folders[0].path == "trip"
        assert await walk(drive) == ["a.jpg", "trip/b.jpg", "trip/day 1/c.jpg", "trip/day 1/d.jpg"]


async def test_same_names_stay_two_files_t6(album: Path, serving: OpenDrive) -> None:
    write(album, "1.jpg", "2.jpg")
    declare(album, files={"1.jpg": {"name": "IMG_1.jpg"}, "2.jpg": {"name": "IMG_1.jpg"}})
    async with serving() as drive:
        files = (await drive.page()).files
        assert [file.name for file in files] == ["IMG_1.jpg"] * 2
        assert len({file.id for file in files}) == 2


async def test_a_file_comes_with_all_that_the_listing_knows_s0_16(
    album: Path, serving: OpenDrive
) -> None:
    write(album, "a.jpg")
    async with serving() as drive:
        file = await drive.file("a.jpg")
        assert (file.size, file.mime_type, file.fate) == (5, "image/jpeg", None)
        assert file.checksum == "sha256:" + hashlib.sha256(b"a.jpg").hexdigest()
        assert file.modified_at is not None
        assert drive.emulator.counts.gets == 1  # of the folder: no question for each file


async def test_trashed_files_are_not_listed(album: Path, serving: OpenDrive) -> None:
    write(album, "a.jpg", "old.jpg")
    declare(album, trashed=["old.jpg"])
    async with serving() as drive:
        assert [file.name for file in (await drive.page()).files] == ["a.jpg"]


async def test_google_documents_are_told_at_once(album: Path, serving: OpenDrive) -> None:
    declare(album, documents=[{"path": "Plan"}])
    async with serving() as drive:
        file = await drive.file("Plan")
        assert file.fate == ("skipped", "not_binary", "a Google document")


async def test_a_shortcut_is_the_file_that_it_leads_to(album: Path, serving: OpenDrive) -> None:
    write(album, "deep/a.jpg")
    declare(album, shortcuts=[{"path": "best", "target": "deep/a.jpg"}])
    async with serving() as drive:
        (file,) = (await drive.page()).files
        assert (file.id, file.name, file.path) == (
            drive.emulator.file_id("deep/a.jpg"),
            "a.jpg",
            "best",
        )
        assert file.size == len("deep/a.jpg")
        assert await drive.bytes_of(file) == b"deep/a.jpg"


async def test_a_shortcut_to_a_folder_is_a_place_even_when_it_makes_a_loop(
    album: Path, serving: OpenDrive
) -> None:
    write(album, "trip/a.jpg")
    declare(album, shortcuts=[{"path": "trip/up", "target": ""}])
    async with serving() as drive:
        (up,) = (await drive.page(drive.at("trip"))).folders
        assert up == drive.root
        assert up.path == "trip/up"
        assert await walk(drive) == ["trip/a.jpg"]


async def test_a_shortcut_to_nothing_is_gone(album: Path, serving: OpenDrive) -> None:
    write(album, "old.jpg")
    declare(
        album,
        trashed=["old.jpg"],
        shortcuts=[
            {"path": "dangling", "target": "1NoSuchFileAnywhere"},
            {"path": "to trash", "target": "old.jpg"},
        ],
    )
    async with serving() as drive:
        files = (await drive.page()).files
        assert {file.name: file.fate and file.fate[:2] for file in files} == {
            "dangling": ("gone", "vanished"),
            "to trash": ("gone", "vanished"),
        }
        assert len({file.id for file in files}) == 2


async def test_many_shortcuts_keep_their_order(album: Path, serving: OpenDrive) -> None:
    names = [f"{number:02}.jpg" for number in range(20)]
    write(album, *(f"deep/{name}" for name in names))
    declare(album, shortcuts=[{"path": f"to {n}", "target": f"deep/{n}"} for n in names])
    async with serving() as drive:
        files = (await drive.page()).files
        assert [file.path for file in files] == [f"to {file.name}" for file in files]
        assert len(files) == 20


async def test_resource_keys_open_folders_files_and_shortcuts(
    album: Path, serving: OpenDrive
) -> None:
    write(album, "a.jpg", "trip/b.jpg")
    declare(
        album,
        folders={"": {"resourceKey": "0-rootrootrootrootrootr1"}, "trip": {"resourceKey": "0-t"}},
        files={"a.jpg": {"resourceKey": "0-a"}, "trip/b.jpg": {"resourceKey": "0-b"}},
        shortcuts=[{"path": "best", "target": "trip/b.jpg"}],
    )
    async with serving() as drive:
        assert drive.root.resource_key == "0-rootrootrootrootrootr1"
        page = await drive.page()
        assert {file.name: file.fate for file in page.files} == {"a.jpg": None, "b.jpg": None}
        assert [await drive.bytes_of(file) for file in page.files] == [b"a.jpg", b"trip/b.jpg"]
        (below,) = (await drive.page(page.folders[0])).files
        assert await drive.bytes_of(below) == b"trip/b.jpg"


async def test_without_its_resource_key_a_folder_is_missing(
    album: Path, serving: OpenDrive
) -> None:
    declare(album, folders={"": {"resourceKey": "0-rootrootrootrootrootr1"}})
    async with serving() as drive:
        with pytest.raises(FolderMissing):
            await drive.source.check(drive.at(""))


async def test_a_shared_drive_is_read_like_any_folder(album: Path, serving: OpenDrive) -> None:
    write(album, "a.jpg", "trip/b.jpg")
    declare(album, shared_drive="0AKxbCdEfGUk9PVA")
    async with serving() as drive:
        assert (await drive.source.check(drive.root)).kind == "folder"
        assert await walk(drive) == ["a.jpg", "trip/b.jpg"]
        assert await drive.bytes_of(await drive.file("a.jpg")) == b"a.jpg"


async def test_one_parent_is_asked_for_in_each_search(album: Path, serving: OpenDrive) -> None:
    write(album, *(f"{number}/a.jpg" for number in range(5)))
    async with serving(faults=["partial-multi-parent"]) as drive:
        assert len(await walk(drive)) == 5


async def test_every_question_is_one_that_google_s_own_schema_allows(
    album: Path, serving: OpenDrive
) -> None:
    write(album, *(f"{number}.jpg" for number in range(1001)), "trip/b.jpg")
    declare(album, shortcuts=[{"path": "best", "target": "trip/b.jpg"}])
    async with serving() as drive:
        await drive.source.check(drive.root)
        first, _ = await drive.pages()
        await drive.bytes_of(first.files[0])
        asked = drive.emulator.log.entries()
        assert {entry.kind for entry in asked} == {"get", "list", "download"}
        for entry in asked:
            assert request_problems(f"http://x{entry.path}?{entry.query.decode()}") == []
            assert entry.range == b""


async def test_a_link_to_one_file_is_a_page_with_that_file(album: Path, serving: OpenDrive) -> None:
    write(album, "trip/a.jpg")
    async with serving() as drive:
        ref = drive.emulator.file_id("trip/a.jpg")
        for kind in ("file", "unknown", "folder"):
            place = Location("google_drive", ref, kind)
            assert await drive.source.check(place) == SourceInfo("a.jpg", "file")
            (file,) = (await drive.page(place)).files
            assert (file.id, file.path) == (ref, "a.jpg")


async def test_a_link_to_a_shortcut_leads_on(album: Path, serving: OpenDrive) -> None:
    write(album, "trip/a.jpg")
    declare(
        album,
        shortcuts=[{"path": "one", "target": "trip/a.jpg"}, {"path": "all", "target": "trip"}],
    )
    async with serving() as drive:
        one = Location("google_drive", drive.emulator.file_id("one"), "unknown")
        assert await drive.source.check(one) == SourceInfo("one", "file")
        assert [file.path for file in (await drive.page(one)).files] == ["one"]
        every = Location("google_drive", drive.emulator.file_id("all"), "unknown")
        assert await drive.source.check(every) == SourceInfo("all", "folder")
        (folder,) = (await drive.page(every)).folders
        assert [file.path for file in (await drive.page(folder)).files] == ["all/a.jpg"]


async def test_a_place_is_checked_with_one_cheap_question(album: Path, serving: OpenDrive) -> None:
    async with serving() as drive:
        assert await drive.source.check(drive.root) == SourceInfo("album", "folder")
        assert drive.emulator.counts.units == 5


async def test_a_folder_that_is_not_there_is_missing_s0_53(serving: OpenDrive) -> None:
    async with serving() as drive:
        nowhere = Location("google_drive", "1NoSuchFolderAnywhere000000000000")
        with pytest.raises(FolderMissing) as caught:
            await drive.source.check(nowhere)
        assert "1NoSuchFolderAnywhere" in caught.value.message
        with pytest.raises(FolderMissing):
            await drive.pages(nowhere)


async def test_a_folder_in_the_trash_is_missing(album: Path, serving: OpenDrive) -> None:
    write(album, "old/a.jpg")
    declare(album, trashed=["old"])
    async with serving() as drive:
        with pytest.raises(FolderMissing, match="trash"):
            await drive.source.check(drive.at("old"))


@pytest.mark.parametrize(
    ("fault", "error"), [("forbidden", FolderRefused), ("private", FolderMissing)]
)
async def test_a_sub_folder_that_answers_no_is_named_t3(
    album: Path, serving: OpenDrive, fault: str, error: type[Exception]
) -> None:
    write(album, "trip/a.jpg")
    declare(album, folders={"trip": {"fault": fault}})
    async with serving() as drive:
        with pytest.raises(error, match="trip"):
            await drive.pages(drive.at("trip"))
