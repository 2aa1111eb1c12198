"""Folders of this machine: what is listed, what is opened, and what nobody gets at."""

import asyncio
import errno
import os
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harbour import until

from pixharbor.db.engine import Database
from pixharbor.errors import Fate, SettingError
from pixharbor.sources import local_folder_list, local_folder_read
from pixharbor.sources.base import (
    FileChanged,
    FileRefused,
    FileVanished,
    FolderMissing,
    FolderRefused,
    LinkNotUnderstood,
    Location,
    ProviderFailed,
    Source,
    SourceError,
    SourceFile,
    SourceNotConfigured,
    SourcePage,
    Unreachable,
)
from pixharbor.sources.local_folder import PAGE_NAMES, LocalFolder, open_local_folder
from pixharbor.sources.local_folder_open import explained
from pixharbor.sources.local_folder_paths import LocalFolderSettings

LONG_AGO = 1_700_000_000


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    return folder


@pytest.fixture
async def source(album: Path, database: Database) -> AsyncIterator[Source]:
    settings = LocalFolderSettings(
        local_folder_roots=str(album), storage_url=f"file://{album}/store"
    )
    async with open_local_folder(settings, database) as opened:
        yield opened


def put(path: Path, body: bytes = b"bytes", *, age: float | None = None) -> Path:
    """A file that was written long ago, or `age` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    written = LONG_AGO if age is None else time.time() - age
    os.utime(path, (written, written))
    return path


async def pages(source: Source, at: Location, cursor: str | None = None) -> list[SourcePage]:
    return [page async for page in source.list_pages(at, cursor)]


async def listed(source: Source, place: Path) -> dict[str, SourceFile]:
    found = await pages(source, source.locate(str(place)))
    return {file.name: file for page in found for file in page.files}


async def bytes_of(source: Source, file: SourceFile) -> bytes:
    async with source.open(file) as chunks:
        return b"".join([chunk async for chunk in chunks])


def open_files() -> list[str]:
    """The descriptors of this process, where the system tells them."""
    return [entry.name for entry in os.scandir("/dev/fd")]


async def test_files_and_folders_are_listed_with_what_is_known_of_them(
    source: Source, album: Path
) -> None:
    put(album / "b.jpg", b"12345")
    put(album / "a.heic", b"123")
    put(album / "2024" / "inner.jpg")
    (page,) = await pages(source, source.locate(str(album)))
    assert [(file.name, file.path, file.size) for file in page.files] == [
        ("a.heic", "a.heic", 3),
        ("b.jpg", "b.jpg", 5),
    ]
    assert {file.fate for file in page.files} == {None}
    assert page.files[0].modified_at is not None
    assert page.files[0].modified_at.timestamp() == LONG_AGO
    (folder,) = page.folders
    (inner,) = (await pages(source, folder))[0].files
    assert inner.path == "2024/inner.jpg"
    assert await bytes_of(source, inner) == b"bytes"


async def test_a_file_can_be_named_by_itself(source: Source, album: Path) -> None:
    put(album / "one.jpg")
    put(album / "two.jpg")
    at = source.locate(f"file://{album}/one.jpg")
    assert (await source.check(at)).kind == "file"
    (page,) = await pages(source, at)
    assert [file.name for file in page.files] == ["one.jpg"]
    assert await bytes_of(source, page.files[0]) == b"bytes"


@pytest.mark.parametrize(
    "link", ["photos", "./photos", "/a/../b", "file://other/photos", "/\0", ""]
)
def test_what_is_no_whole_path_is_not_understood(link: str) -> None:
    with pytest.raises(LinkNotUnderstood, match="looks like /photos/2024"):
        LocalFolder(["/"], None).locate(link)


def test_without_roots_the_setting_is_named() -> None:
    with pytest.raises(SourceNotConfigured) as refused:
        LocalFolder([], None).locate("/photos")
    assert (refused.value.status, refused.value.code) == (503, "local_folders_not_allowed")
    assert "LOCAL_FOLDER_ROOTS" in refused.value.cure


@pytest.mark.parametrize("path", ["/etc", "/photos2", "/photo", "/"])
def test_outside_of_the_roots_all_is_refused_alike_x5(path: str) -> None:
    with pytest.raises(FolderRefused) as refused:
        LocalFolder(["/photos"], None).locate(path)
    assert (refused.value.status, refused.value.fate) == (403, Fate.STOP)


async def test_a_root_must_be_a_whole_path(database: Database) -> None:
    with pytest.raises(SettingError, match="LOCAL_FOLDER_ROOTS: cannot use 'photos'"):
        async with open_local_folder(LocalFolderSettings(local_folder_roots="photos"), database):
            pass


async def test_links_lead_nowhere_however_they_are_named_x5(
    source: Source, album: Path, tmp_path: Path
) -> None:
    put(tmp_path / "secret" / "key.jpg", b"secret")
    (album / "folder").symlink_to(tmp_path / "secret")
    (album / "file.jpg").symlink_to(tmp_path / "secret" / "key.jpg")
    (album / "round").symlink_to(album)
    files = await listed(source, album)
    assert {file.fate and file.fate[:2] for file in files.values()} == {("skipped", "not_an_image")}
    assert files.keys() == {"folder", "file.jpg", "round"}
    for through in (album / "folder", album / "folder" / "key.jpg", album / "file.jpg"):
        with pytest.raises(FolderRefused, match="link"):
            await source.check(source.locate(str(through)))
    with pytest.raises(FileRefused, match="link"):
        await bytes_of(source, files["file.jpg"])


async def test_a_folder_swapped_for_a_link_after_the_listing_is_not_followed_x5(
    source: Source, album: Path, tmp_path: Path
) -> None:
    put(album / "2024" / "a.jpg")
    put(tmp_path / "secret" / "a.jpg", b"bytes")
    (page,) = await pages(source, source.locate(str(album)))
    (file,) = (await pages(source, page.folders[0]))[0].files
    (album / "2024").rename(album / "elsewhere")
    (album / "2024").symlink_to(tmp_path / "secret")
    with pytest.raises(FileRefused, match="link"):
        await bytes_of(source, file)
    with pytest.raises(FolderRefused, match="link"):
        await pages(source, page.folders[0])


async def test_a_row_that_names_a_place_outside_its_root_is_refused_x5(
    source: Source, album: Path, tmp_path: Path
) -> None:
    put(tmp_path / "secret.jpg")
    outside = SourceFile(f"{tmp_path}/secret.jpg", "a", "a", 5, resource_key=str(album))
    with pytest.raises(FolderRefused):
        await bytes_of(source, outside)


async def test_pipes_sockets_and_litter_are_left_out_with_a_reason(
    source: Source, album: Path
) -> None:
    os.mkfifo(album / "pipe.jpg")
    for name in ("Thumbs.db", ".hidden.jpg", "._a.jpg", "@eaDir/a.jpg/SYNO.jpg", ".git/a.jpg"):
        put(album / name)
    put(album / "store" / "own.jpg")
    put(album / "film.mp4")
    put(album / "nothing.jpg", b"")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(album / "socket.jpg"))
        (page,) = await pages(source, source.locate(str(album)))
    assert page.folders == []
    told = {file.name: file.fate for file in page.files}
    assert told == {
        "pipe.jpg": ("skipped", "not_an_image", "a pipe"),
        "socket.jpg": ("skipped", "not_an_image", "a socket"),
        "film.mp4": ("skipped", "not_an_image", "a video"),
        "nothing.jpg": ("skipped", "empty", "0 bytes"),
        "Thumbs.db": ("skipped", "filtered", "Left out: Windows' thumbnails."),
        "@eaDir": ("skipped", "filtered", "Left out: thumbnails of a Synology."),
        ".git": ("skipped", "filtered", "Left out: hidden, for its name begins with a dot."),
        ".hidden.jpg": ("skipped", "filtered", "Left out: hidden, for its name begins with a dot."),
        "._a.jpg": ("skipped", "filtered", "Left out: what macOS keeps beside a file."),
        "store": ("skipped", "filtered", "Left out: pixharbor keeps its own pictures here."),
    }


async def test_a_file_swapped_for_a_pipe_does_not_hang_x5(source: Source, album: Path) -> None:
    put(album / "a.jpg")
    file = (await listed(source, album))["a.jpg"]
    (album / "a.jpg").unlink()
    os.mkfifo(album / "a.jpg")
    with pytest.raises(FileRefused, match="become a pipe"):
        async with asyncio.timeout(10):
            await bytes_of(source, file)


async def test_the_own_store_is_not_imported(source: Source, album: Path) -> None:
    put(album / "store" / "own.jpg")
    with pytest.raises(FolderRefused, match="keeps its own pictures"):
        await source.check(source.locate(f"{album}/store"))


async def test_names_that_are_no_utf8_keep_their_bytes(source: Source, album: Path) -> None:
    (album / os.fsdecode(b"caf\xe9")).mkdir()
    for name in (b"caf\xe9/\xff%41.jpg", b"50%25.jpg", b"50%.jpg", b"\xc3\xa4.jpg"):
        put(album / os.fsdecode(name), name)
    (page,) = await pages(source, source.locate(str(album)))
    (inner,) = (await pages(source, page.folders[0]))[0].files
    assert inner.path == r"caf\xE9/\xFF%41.jpg"
    files = [*page.files, inner]
    for file in files:
        f"{file.id} {file.name} {file.path}".encode()  # every database keeps it
    assert len({file.id for file in files}) == 4
    assert {await bytes_of(source, file) for file in files} == {
        b"caf\xe9/\xff%41.jpg", b"50%25.jpg", b"50%.jpg", b"\xc3\xa4.jpg"
    }  # fmt: skip


async def test_a_large_folder_comes_page_by_page_and_goes_on_in_the_middle(
    source: Source, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_folder_list, "WINDOW_NAMES", PAGE_NAMES + 500)
    count = 2 * PAGE_NAMES + 345
    for number in range(count):
        (album / f"{number:05}.jpg").touch()
    at = source.locate(str(album))
    found = await pages(source, at)
    names = [file.name for page in found for file in page.files]
    assert names == [f"{number:05}.jpg" for number in range(count)]
    assert max(len(page.files) for page in found) == PAGE_NAMES
    assert found[-1].next_cursor is None

    (album / "00000.jpg").unlink()  # gone, and one has come, since the first page
    (album / f"{PAGE_NAMES:05}a.jpg").touch()
    rest = await pages(source, at, found[0].next_cursor)
    assert len([file for page in rest for file in page.files]) == count - PAGE_NAMES + 1


async def test_no_folder_is_as_empty_as_an_empty_one(source: Source, album: Path) -> None:
    assert await pages(source, source.locate(str(album))) == [SourcePage([], [], None)]


async def test_what_is_not_there_and_what_may_not_be_read_is_told(
    source: Source, album: Path
) -> None:
    with pytest.raises(FolderMissing, match="nowhere"):
        await source.check(source.locate(f"{album}/nowhere"))
    put(album / "a.jpg")
    file = (await listed(source, album))["a.jpg"]
    (album / "a.jpg").unlink()
    with pytest.raises(FileVanished, match="gone"):
        await bytes_of(source, file)


async def test_a_file_that_changed_since_it_was_listed_says_what_it_is_now(
    source: Source, album: Path
) -> None:
    put(album / "a.jpg", b"before")
    file = (await listed(source, album))["a.jpg"]
    put(album / "a.jpg", b"after that", age=100)
    with pytest.raises(FileChanged) as changed:
        await bytes_of(source, file)
    assert changed.value.now.size == 10
    assert await bytes_of(source, changed.value.now) == b"after that"


async def test_a_file_that_grows_while_it_is_read_is_not_taken_half(
    source: Source, album: Path
) -> None:
    put(album / "a.jpg", b"x" * (2 << 20))
    file = (await listed(source, album))["a.jpg"]

    async def read_while_it_grows() -> None:
        async with source.open(file) as chunks:
            async for _ in chunks:
                with (album / "a.jpg").open("ab") as growing:
                    growing.write(b"y")

    with pytest.raises(FileChanged, match="keeps changing"):
        await read_while_it_grows()


async def test_a_file_that_is_being_written_is_read_when_its_writer_rests(
    source: Source, album: Path
) -> None:
    path = put(album / "a.jpg", b"first half, ", age=0)
    file = (await listed(source, album))["a.jpg"]
    before = open_files()
    reading = asyncio.create_task(bytes_of(source, file))

    async def opened() -> bool | None:
        return len(open_files()) > len(before) or None

    await until(opened)
    with path.open("ab") as writing:
        writing.write(b"second half")
    with pytest.raises(FileChanged) as changed:
        await reading
    assert await bytes_of(source, changed.value.now) == b"first half, second half"


async def test_a_file_that_is_written_to_all_the_time_is_not_waited_for_without_end(
    source: Source, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_folder_read, "MOST_WAITS", 2)
    path = put(album / "a.jpg", age=0)
    file = (await listed(source, album))["a.jpg"]

    async def write() -> None:
        while True:
            path.touch()
            await asyncio.sleep(0.05)

    writing = asyncio.create_task(write())
    with pytest.raises(FileChanged, match="keeps changing"):
        async with asyncio.timeout(20):
            await bytes_of(source, file)
    writing.cancel()


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.EIO, ProviderFailed), (errno.ESTALE, ProviderFailed), (errno.EHOSTDOWN, Unreachable)],
)
def test_a_disk_that_fails_is_asked_again(number: int, kind: type[SourceError]) -> None:
    with pytest.raises(kind) as failed, explained("/photos/a.jpg", "file"):
        raise OSError(number, os.strerror(number))
    assert failed.value.fate is Fate.RETRY
    assert "a.jpg" in failed.value.message


async def test_a_time_that_no_calendar_has_is_no_time(source: Source, album: Path) -> None:
    put(album / "a.jpg")
    os.utime(album / "a.jpg", (2**40, 2**40))
    file = (await listed(source, album))["a.jpg"]
    assert await bytes_of(source, file) == b"bytes"
