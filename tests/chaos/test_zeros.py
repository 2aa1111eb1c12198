"""The count of `make chaos` can count: each kind of harm, done on purpose, is found, alone."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import pytest
from chaos.album import Album, write_album
from chaos.books import Books
from chaos.stacks import Folder
from chaos.zeros import count_zeros
from harbour import Harbour, running_harbour
from sqlalchemy import text
from uuid_utils.compat import uuid7

from pixharbor.jobs.states import JobState
from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive

FILES = 12
Harm = Callable[[Harbour, list[Path]], Awaitable[object]]


async def run(harbour: Harbour, *statements: str) -> None:
    async with harbour.runtime.database.write() as session:
        for statement in statements:
            await session.execute(text(statement), {"id": uuid7().hex})


async def nothing(harbour: Harbour, objects: list[Path]) -> None:
    """No harm at all."""


async def lose_a_file(harbour: Harbour, objects: list[Path]) -> None:
    """Its row, its object, its item, and every count of it."""
    name = objects[0].name.partition(".")[0]
    await run(
        harbour,
        "UPDATE provider_files SET image_id = NULL",
        "UPDATE image_counts SET images = images - 1",
        f"DELETE FROM items WHERE image_id IN (SELECT id FROM images WHERE sha256 = '{name}')",
        f"DELETE FROM images WHERE sha256 = '{name}'",
        "UPDATE tasks SET stored = stored - 1, listed = listed - 1"
        " WHERE id = (SELECT id FROM tasks WHERE stored > 0 LIMIT 1)",
    )
    objects[0].unlink()


async def delete_an_object(harbour: Harbour, objects: list[Path]) -> None:
    objects[0].unlink()


async def leave_an_object_over(harbour: Harbour, objects: list[Path]) -> None:
    objects[0].with_name("left-over.jpg").write_bytes(objects[0].read_bytes())


async def flip_a_bit(harbour: Harbour, objects: list[Path]) -> None:
    body = bytearray(objects[0].read_bytes())
    body[40] ^= 1
    objects[0].write_bytes(body)


async def exchange_two_objects(harbour: Harbour, objects: list[Path]) -> None:
    first, second = (path.read_bytes() for path in objects[:2])
    objects[0].write_bytes(second)
    objects[1].write_bytes(first)


async def store_a_file_twice(harbour: Harbour, objects: list[Path]) -> None:
    """As if the unique index of contents were not there."""
    columns = (
        "owner, name, name_folded, size, mime_type, format, orientation, sha256, source,"
        " provider_id, source_path, storage_key, source_checksum_mismatch, created_at"
    )
    await run(
        harbour,
        "DROP INDEX uq_images_content",
        f"INSERT INTO images (id, {columns}) SELECT :id, {columns} FROM images LIMIT 1",
        "UPDATE image_counts SET images = images + 1",
    )


async def count_one_more(harbour: Harbour, objects: list[Path]) -> None:
    await run(
        harbour,
        "UPDATE tasks SET stored = stored + 1"
        " WHERE id = (SELECT id FROM tasks WHERE stored > 0 LIMIT 1)",
    )


async def fail_an_item(harbour: Harbour, objects: list[Path]) -> None:
    await run(
        harbour,
        "UPDATE items SET state = 'failed' WHERE seq = 1",
        "UPDATE tasks SET stored = stored - 1, failed = failed + 1"
        " WHERE name = 'imports.fetch_chunk' AND lo = 1",
    )


def open_harbour(folder: Path, drive: RunningGoogleDrive) -> AbstractAsyncContextManager[Harbour]:
    return running_harbour(
        folder / "data",
        storage_reserve=0,
        google_drive_api_url=drive.api_url,
        google_api_key="key",
    )


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (nothing, {}),
        (lose_a_file, {"lost": 1}),
        (delete_an_object, {"missing": 1}),
        (leave_an_object_over, {"orphans": 1}),
        (flip_a_bit, {"wrong_bytes": 1}),
        (exchange_two_objects, {"wrong_bytes": 2}),
        (store_a_file_twice, {"doubled": 2, "miscounted": 1}),  # as a content and as a file
        (count_one_more, {"miscounted": 1}),
        (fail_an_item, {"unsettled": 1, "miscounted": 1}),
    ],
)
async def test_the_count_finds_what_was_done(
    tmp_path: Path, harm: Harm, found: dict[str, int]
) -> None:
    album = write_album(tmp_path / "drive", FILES)
    async with (
        running_google_drive(album.folder) as drive,
        open_harbour(tmp_path, drive) as harbour,
    ):
        job = await harbour.run(drive.folder_link)
        assert job["state"] == JobState.COMPLETED
        await harm(harbour, sorted((tmp_path / "data/objects").rglob("*.jpg")))
        assert await count(harbour, album, UUID(job["id"]), tmp_path) == found


async def test_an_image_of_what_was_not_served_is_a_stranger(tmp_path: Path) -> None:
    album = write_album(tmp_path / "drive", FILES)
    async with (
        running_google_drive(album.folder) as drive,
        open_harbour(tmp_path, drive) as harbour,
    ):
        job = await harbour.run(drive.folder_link)
        fewer = Album(album.folder, frozenset(sorted(album.hashes)[1:]), album.bytes)
        counted = await count(harbour, fewer, UUID(job["id"]), tmp_path)
    assert counted == {"strangers": 1, "wrong_bytes": 1}


async def count(harbour: Harbour, album: Album, job_id: UUID, folder: Path) -> dict[str, int]:
    """What is not zero."""
    books = Books(harbour.runtime.database)
    objects = Folder(folder / "data" / "objects")
    zeros = await count_zeros(album.hashes, books, objects, [await books.sample(job_id)])
    assert zeros.hold == (not any(asdict(zeros).values()))
    return {name: count for name, count in asdict(zeros).items() if count}
