"""files.list and files.get: queries, pages, fields, and what only a sidecar can say."""

import os
from pathlib import Path
from typing import Any

import pytest
from emulators.conftest import OpenCaller
from emulators.drive_caller import declare

SHORTCUT = "application/vnd.google-apps.shortcut"


def error_of(answer: dict[str, Any]) -> tuple[str, str]:
    entry = answer["error"]["errors"][0]
    return entry["reason"], entry.get("location", "")


async def test_pages_join_to_the_whole_folder_however_large_the_page_is_t4(
    tmp_path: Path, calling: OpenCaller
) -> None:
    for n in range(250):
        (tmp_path / f"{n:03}.jpg").write_bytes(b"x")
    async with calling(tmp_path) as drive:
        whole = [f"{n:03}.jpg" for n in range(250)]
        for size in ("1000", "100", "249", "7"):
            files = await drive.children(pageSize=size)
            assert [file["name"] for file in files] == whole
        assert len((await drive.search(pageSize="5000")).json()["files"]) == 251  # coerced
        assert len((await drive.search()).json()["files"]) == 100  # the default


async def test_without_fields_only_the_small_default_comes(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album) as drive:
        answer = (await drive.search(pageSize="2")).json()
        assert answer.keys() == {"kind", "nextPageToken", "incompleteSearch", "files"}
        assert answer["files"][0].keys() == {"kind", "id", "name", "mimeType"}


async def test_only_the_selected_keys_come_even_for_the_page_token(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album) as drive:
        answer = (await drive.search(pageSize="2", fields="files(id, size)")).json()
        assert answer.keys() == {"files"}
        answer = (await drive.get("a.jpg", fields="imageMediaMetadata/width,capabilities")).json()
        assert answer.keys() == {"capabilities"}  # random bytes have no width


async def test_a_file_is_described_in_full(album: Path, calling: OpenCaller) -> None:
    from PIL import Image  # noqa: PLC0415 - only here

    Image.new("RGB", (80, 60)).save(album / "real.png")
    async with calling(album) as drive:
        answer = (await drive.get("real.png", fields="*")).json()
        size = (album / "real.png").stat().st_size
        assert answer["size"] == str(size)
        assert answer["mimeType"] == "image/png"
        assert answer["imageMediaMetadata"] == {"width": 80, "height": 60, "rotation": 0}
        assert answer["parents"] == [drive.drive.file_id("")]
        folder = (await drive.get("trip", fields="*")).json()
        assert folder["mimeType"] == "application/vnd.google-apps.folder"
        assert folder.keys().isdisjoint({"size", "md5Checksum", "sha256Checksum"})


@pytest.mark.parametrize(
    ("parameters", "reason", "location"),
    [
        ({"fields": "files(id,title)"}, "invalidParameter", "fields"),
        ({"fields": "items(id)"}, "invalidParameter", "fields"),
        ({"fields": "files(id"}, "invalidParameter", "fields"),
        ({"pageToken": "made up"}, "invalid", "pageToken"),
        ({"pageToken": "~!!~MTAuYWJj"}, "invalid", "pageToken"),
        ({"pageSize": "many"}, "invalidParameter", "pageSize"),
        ({"pageSize": "0"}, "invalidParameter", "pageSize"),
        ({"q": "name = "}, "invalid", "q"),
        ({"q": "title = 'x'"}, "invalid", "q"),
        ({"q": "name = 'x' and"}, "invalid", "q"),
        ({"q": "(name = 'x'"}, "invalid", "q"),
        ({"q": "name = 'x"}, "invalid", "q"),
        ({"q": "name < 'x'"}, "invalid", "q"),
        ({"q": "trashed = maybe"}, "invalid", "q"),
        ({"q": "modifiedTime > 'yesterday'"}, "invalid", "q"),
        ({"orderBy": "beauty"}, "invalid", "orderBy"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_400(
    album: Path, calling: OpenCaller, parameters: dict[str, str], reason: str, location: str
) -> None:
    async with calling(album) as drive:
        answer = await drive.search(**parameters)
        assert (answer.status_code, *error_of(answer.json())) == (400, reason, location)


async def test_a_page_token_belongs_to_its_search_and_outlives_a_restart(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album) as drive:
        token = (await drive.search("trashed=false", pageSize="2")).json()["nextPageToken"]
        elsewhere = await drive.search("trashed=true", pageSize="2", pageToken=token)
        assert error_of(elsewhere.json()) == ("invalid", "pageToken")
        second = await drive.names("trashed=false", pageSize="2", pageToken=token)
    async with calling(album) as drive:
        assert await drive.names("trashed=false", pageSize="2", pageToken=token) == second


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("name = 'A.JPG'", {"a.jpg"}),
        ("name != 'a.jpg' and mimeType contains 'image/'", {"empty.jpg", "📷 b.png"}),
        ("name contains 'note'", {"notes.txt"}),
        ("name contains 'otes'", set()),
        ("mimeType='image/png' or mimeType='text/plain'", {"📷 b.png", "notes.txt"}),
        ("not (mimeType contains 'image/') and not name='album'", {"trip", "day 1", "notes.txt"}),
        ("trashed = true", set()),
        ("name = 'it\\'s \\\\ here.jpg'", {"it's \\ here.jpg"}),
        ("modifiedTime > '2001-01-01T00:00:00' and name = 'a.jpg'", {"a.jpg"}),
        ("modifiedTime < '2001-01-01T00:00:00Z'", set()),
        ("sharedWithMe", set()),
        ("starred = false and fullText contains 'png'", {"📷 b.png"}),
        ("'somebody@example.org' in owners", set()),
    ],
)
async def test_the_query_language_finds_what_google_would(
    album: Path, calling: OpenCaller, q: str, names: set[str]
) -> None:
    if "here" in q:
        (album / "it's \\ here.jpg").touch()
    async with calling(album) as drive:
        assert set(await drive.names(q)) == names


async def test_two_parents_may_be_asked_at_once(album: Path, calling: OpenCaller) -> None:
    async with calling(album) as drive:
        trip, day = drive.drive.file_id("trip"), drive.drive.file_id("trip/day 1")
        q = f"('{trip}' in parents or '{day}' in parents) and trashed=false"
        assert set(await drive.names(q)) == {"a.jpg", "day 1", "📷 b.png"}


async def test_sorting_works_but_not_with_full_text(album: Path, calling: OpenCaller) -> None:
    async with calling(album) as drive:
        images = "mimeType contains 'image/' or mimeType = 'text/plain'"
        assert await drive.names(images, orderBy="quotaBytesUsed desc,name") == [
            "📷 b.png",
            "a.jpg",
            "a.jpg",
            "notes.txt",
            "empty.jpg",
        ]
        refused = await drive.search("fullText contains 'x'", orderBy="name")
        assert refused.status_code == 403
        assert "Sorting is not supported" in refused.json()["error"]["message"]


async def test_an_unknown_folder_is_not_found(album: Path, calling: OpenCaller) -> None:
    async with calling(album) as drive:
        for folder in ("1" + "x" * 32, "root"):  # a key has no root of its own
            answer = await drive.search(f"'{folder}' in parents")
            assert (answer.status_code, *error_of(answer.json())) == (404, "notFound", "fileId")


async def test_ids_look_like_googles_and_outlive_a_restart_and_a_move(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album) as drive:
        ids = [drive.drive.file_id(path) for path in ("", "a.jpg", "trip/a.jpg")]
        assert all(len(each) == 33 and each.startswith("1") for each in ids)
        assert len(set(ids)) == 3
    async with calling(move_elsewhere(album)) as drive:
        assert [drive.drive.file_id(path) for path in ("", "a.jpg", "trip/a.jpg")] == ids


def move_elsewhere(album: Path) -> Path:
    target = album.parent / "elsewhere" / album.name
    target.parent.mkdir()
    return album.rename(target)


async def test_a_sidecar_declares_names_that_no_disk_holds_t6(
    album: Path, calling: OpenCaller
) -> None:
    wild = ["a/b\0c.jpg", "..", "x" * 1500, "\u202egpj.exe"]
    for n in range(4):
        (album / f"{n}.jpg").write_bytes(os.urandom(10))
    twins = {"trip/a.jpg": {"name": "twin.jpg"}, "trip/day 1/📷 b.png": {"name": "twin.jpg"}}
    declare(album, files={f"{n}.jpg": {"name": name} for n, name in enumerate(wild)} | twins)
    async with calling(album) as drive:
        names = [file["name"] for file in await drive.children()]
        assert set(wild) < set(names)
        assert ".drive.json" not in names
        assert await drive.names("name = 'twin.jpg'") == ["twin.jpg", "twin.jpg"]


async def test_a_sidecar_replaces_or_removes_what_is_listed(
    album: Path, calling: OpenCaller
) -> None:
    declare(
        album, files={"a.jpg": {"md5Checksum": "0" * 32, "size": None, "mimeType": "video/mp4"}}
    )
    async with calling(album) as drive:
        answer = (await drive.get("a.jpg", fields="size,md5Checksum,mimeType")).json()
        assert answer == {"md5Checksum": "0" * 32, "mimeType": "video/mp4"}


async def test_shortcuts_lead_to_files_folders_and_nowhere(
    album: Path, calling: OpenCaller
) -> None:
    declare(
        album,
        files={"a.jpg": {"resourceKey": "0-key"}},
        shortcuts=[
            {"path": "to a", "target": "a.jpg"},
            {"path": "trip/loop", "target": "trip"},
            {"path": "dangling", "target": "1gone"},
        ],
    )
    async with calling(album) as drive:
        fields = "nextPageToken,files(name,mimeType,size,shortcutDetails)"
        root = {file["name"]: file for file in await drive.children(fields=fields)}
        trip = {file["name"]: file for file in await drive.children("trip", fields=fields)}
        assert root["to a"] == {
            "name": "to a",
            "mimeType": SHORTCUT,
            "shortcutDetails": {
                "targetId": drive.drive.file_id("a.jpg"),
                "targetMimeType": "image/jpeg",
                "targetResourceKey": "0-key",
            },
        }
        assert trip["loop"]["shortcutDetails"]["targetId"] == drive.drive.file_id("trip")
        assert root["dangling"]["shortcutDetails"]["targetId"] == "1gone"


async def test_trashed_files_come_unless_the_query_leaves_them_out_s0_15(
    album: Path, calling: OpenCaller
) -> None:
    declare(album, trashed=["a.jpg", "trip"])
    async with calling(album) as drive:
        root = drive.drive.file_id("")
        assert "a.jpg" in await drive.names(f"'{root}' in parents")
        assert set(await drive.names("trashed=true")) == {"a.jpg", "trip", "day 1", "📷 b.png"}
        assert {file["name"] for file in await drive.children()} == {"empty.jpg", "notes.txt"}


async def test_a_shared_drive_shows_nothing_unless_it_is_asked_for(
    album: Path, calling: OpenCaller
) -> None:
    declare(album, shared_drive="0AShared")
    async with calling(album) as drive:
        both = {"supportsAllDrives": "true", "includeItemsFromAllDrives": "true"}
        assert await drive.children() == []
        assert len(await drive.children(**both)) == 4
        assert (await drive.get("a.jpg")).status_code == 404
        asked = await drive.get("a.jpg", supportsAllDrives="true", fields="driveId")
        assert asked.json() == {"driveId": "0AShared"}


async def test_a_resource_key_opens_what_is_not_found_without_it(
    album: Path, calling: OpenCaller
) -> None:
    declare(album, folders={"": {"resourceKey": "0-root"}})
    async with calling(album) as drive:
        assert drive.drive.folder_link.endswith("?resourcekey=0-root")
        root = drive.drive.file_id("")
        q = f"'{root}' in parents"
        assert (await drive.search(q)).status_code == 404
        drive.client.headers["X-Goog-Drive-Resource-Keys"] = f"1other/0-x,{root}/0-root"
        assert len(await drive.names(q)) == 4


async def test_a_rescan_sees_what_changed_and_keeps_the_ids(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album) as drive:
        fields = "files(id,name,md5Checksum)"
        before = {file["name"]: file for file in await drive.children(fields=fields)}
        (album / "a.jpg").write_bytes(b"other bytes")
        (album / "new.jpg").write_bytes(b"new")
        drive.drive.rescan()
        after = {file["name"]: file for file in await drive.children(fields=fields)}
        assert after.keys() - before.keys() == {"new.jpg"}
        assert after["a.jpg"]["id"] == before["a.jpg"]["id"]
        assert after["a.jpg"]["md5Checksum"] != before["a.jpg"]["md5Checksum"]


@pytest.mark.parametrize(
    ("sidecar", "complaint"),
    [
        ({"filez": {}}, "unknown key 'filez'"),
        ({"files": {"a.jpg": {"fault": "trunkated"}}}, "unknown file fault 'trunkated'"),
        ({"files": {"trip/a.jpg": {"id": "1x"}, "a.jpg": {"id": "1x"}}}, "have one id"),
    ],
)
async def test_a_sidecar_that_makes_no_sense_is_told_at_the_start(
    album: Path, calling: OpenCaller, sidecar: dict[str, object], complaint: str
) -> None:
    declare(album, **sidecar)
    with pytest.raises(ValueError, match=complaint):
        async with calling(album):
            pass
