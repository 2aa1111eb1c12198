"""Lists of images: every filter finds what it says, newest first, and by way of an index."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pixharbor.db.engine import Database, open_database
from pixharbor.db.insert_rows import insert_rows
from pixharbor.images import read_images
from pixharbor.images.models import Image
from pixharbor.images.purge_trash import expired
from pixharbor.images.read_images import ImageFilter, list_images, list_trash

Ask = Callable[[AsyncSession], Awaitable[object]]
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


def image(number: int, **given: Any) -> dict[str, Any]:
    name = given.get("name", f"IMG_{number:04}.jpg")
    return {
        "id": uuid7(),
        "owner": 1,
        "name": name,
        "name_folded": name.casefold(),
        "size": 1,
        "mime_type": "image/jpeg",
        "format": "jpeg",
        "width": number,
        "orientation": 1,
        "taken_at": f"2020-01-01T00:{number % 60:02}:00",
        "sha256": f"{number:064}",
        "source": "google_drive",
        "provider_id": str(number),
        "source_path": name,
        "job_id": UUID(int=1),
        "storage_key": str(number),
        "source_checksum_mismatch": False,
        "created_at": FIRST + timedelta(seconds=number),
    } | given


async def add(database: Database, *images: dict[str, Any]) -> None:
    async with database.write() as session:
        await insert_rows(session, Image, images)


async def found(database: Database, **wanted: Any) -> list[str]:
    async with database.read() as session:
        return [image.name for image in await listed(session, **wanted)]


async def listed(session: AsyncSession, limit: int = 100, **wanted: Any) -> list[Image]:
    before = wanted.pop("before", None)
    return list(
        await list_images(
            session, 1, ImageFilter(**wanted), before=before, skip=0, limit=limit
        )
    )  # fmt: skip


@pytest.mark.parametrize("common", [10_000, 2])
async def test_names_are_found_by_their_beginning_whatever_their_case_and_language(
    database: Database, monkeypatch: pytest.MonkeyPatch, common: int
) -> None:
    monkeypatch.setattr(read_images, "COMMON", common)
    names = ["img_1", "IMG_2", "Img-3", "img 4", "imh", "im", "Straße", "STRASSE 2", "Äpfel", "a'"]
    names += ["img_%", "İstanbul", "日本.jpg", "img_\U0010fffe"]
    await add(database, *(image(number, name=name) for number, name in enumerate(names)))
    assert await found(database, prefix="img_") == ["img_\U0010fffe", "img_%", "IMG_2", "img_1"]
    assert await found(database, prefix="IMG") == [
        *("img_\U0010fffe", "img_%", "img 4", "Img-3", "IMG_2", "img_1")
    ]
    assert await found(database, prefix="strass") == ["STRASSE 2", "Straße"]
    assert await found(database, prefix="ä") == ["Äpfel"]
    assert await found(database, prefix="日") == ["日本.jpg"]
    assert await found(database, prefix="A'") == ["a'"]
    assert await found(database, prefix="img_%x") == []


async def test_a_deleted_image_is_in_no_list_and_every_filter_holds(database: Database) -> None:
    rows = [
        image(1),
        image(2, source="dropbox"),
        image(3, job_id=UUID(int=2)),
        image(4, format="png", mime_type="image/png"),
        image(5, width=None),
        image(6, taken_at=None),
        image(7, owner=2),
        image(8),
    ]
    await add(database, *rows)
    async with database.write() as session:
        await session.execute(
            update(Image).where(Image.sha256 == f"{8:064}").values(deleted_at=FIRST)
        )

    async def numbers(**wanted: Any) -> list[int]:
        return [int(name[4:8]) for name in await found(database, **wanted)]

    assert await numbers() == [6, 5, 4, 3, 2, 1]
    assert await numbers(source="dropbox") == [2]
    assert await numbers(job_id=UUID(int=2)) == [3]
    assert await numbers(type="png") == await numbers(type="image/png") == [4]
    assert await numbers(type="image/nothing") == []
    assert await numbers(min_width=4) == [6, 4]
    assert await numbers(taken_after=datetime(2020, 1, 1, 0, 3)) == [5, 4]  # noqa: DTZ001 - as cameras have it
    assert await numbers(prefix="IMG_000", min_width=2, source="google_drive") == [6, 4, 3]
    assert await numbers(before=(FIRST + timedelta(seconds=3), 99)) == [3, 2, 1]


INDEXES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "ix_images_newest"),
    "a cursor": ({"before": (FIRST + timedelta(seconds=2000), 2000)}, "ix_images_newest"),
    "source": ({"source": "dropbox"}, "ix_images_source"),
    "job": ({"job_id": UUID(int=5)}, "ix_images_job"),
    "type": ({"type": "png"}, "ix_images_newest"),
    "width": ({"min_width": 4990}, "ix_images_newest"),
    "taken": ({"taken_after": FIRST}, "ix_images_newest"),
    "a rare name": ({"prefix": "img_1234"}, "ix_images_name"),
    "a common name": ({"prefix": "img_"}, "ix_images_newest"),
}


@pytest.mark.parametrize("wanted", INDEXES)
async def test_every_filter_goes_by_an_index(
    database_url: str, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    monkeypatch.setattr(read_images, "COMMON", 1000)
    if database_url.startswith("postgresql"):
        # It would rather read the few rows that we have time to make.
        database_url += "?options=-c%20enable_seqscan%3Doff"
    async with open_database(database_url) as database:
        await add(
            database, *(image(n, job_id=UUID(int=n % 10), source="upload") for n in range(5000))
        )
        async with database.write() as session:
            if database.dialect == "postgresql":
                await session.execute(text("ANALYZE images"))
        asked, index = INDEXES[wanted]
        plan = await plan_of(database, lambda session: listed(session, **asked))
    assert index in plan, plan


async def list_half(session: AsyncSession) -> object:
    return await list_trash(session, 1, before=(FIRST + timedelta(seconds=3), 9), limit=100)


async def find_expired(session: AsyncSession) -> object:
    return await session.scalar(expired(FIRST + timedelta(seconds=3)).limit(1))


@pytest.mark.parametrize("ask", [list_half, find_expired])
async def test_the_trash_is_read_by_an_index_of_its_own(database: Database, ask: Ask) -> None:
    in_trash = [image(n, deleted_at=FIRST + timedelta(seconds=n)) for n in range(8)]
    async with database.write() as session:
        await session.execute(insert(Image), in_trash)
        await insert_rows(session, Image, [image(n) for n in range(10, 3000)])
    async with database.write() as session:
        if database.dialect == "postgresql":
            await session.execute(text("ANALYZE images"))
    async with database.read() as session:
        trashed = await list_trash(session, 1, before=None, limit=3)
        assert [int(found.name[4:8]) for found in trashed] == [7, 6, 5]
    plan = await plan_of(database, ask)
    assert "ix_images_trash" in plan, plan


async def plan_of(database: Database, ask: Ask) -> str:
    """How the database answers the last statement of a question."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    engine = database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    async with database.read() as session:
        await ask(session)
        event.remove(engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN " if database.dialect == "sqlite" else "EXPLAIN "
        connection = await session.connection()
        rows = await connection.exec_driver_sql(explain + asked[-1][0], asked[-1][1])
        return "\n".join(str(row[-1]) for row in rows)
