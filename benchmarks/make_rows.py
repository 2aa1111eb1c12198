"""A library of a million images, and the job of a million items that could have brought it."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from pixharbor.db.analyze import analyze_new_tables
from pixharbor.db.base import Base
from pixharbor.db.engine import Database, open_database
from pixharbor.db.insert_rows import insert_rows
from pixharbor.db.migrate import migrate
from pixharbor.images.models import Image, ImageCount
from pixharbor.jobs.models import Item, Job, Task
from pixharbor.jobs.states import JobState

BATCH = 10_000
CHUNK = 250
JOBS = 100  # of the images; the items are all of one more, the big one
BIG = UUID(int=JOBS)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
APART = timedelta(seconds=10)  # so that a million images come in within four months


def make_rows(url: str, count: int) -> None:
    """Fill an empty database; one that is full already stays as it is."""
    asyncio.run(_make(url, count))


async def _make(url: str, count: int) -> None:
    async with open_database(url) as database:
        await migrate(database)
        async with database.read() as session:
            if await session.scalar(select(func.count()).select_from(Task)):
                return
        async with database.write() as session:
            session.add_all(_job(number, count) for number in range(JOBS + 1))
        await _insert(database, Image, count, lambda number: _image(number, count))
        await _insert(database, ImageCount, JOBS, lambda number: _image_count(number, count))
        await _insert(database, Item, count, _item)
        await _insert(database, Task, count // CHUNK, _task)
        async with database.write() as session:
            await analyze_new_tables(session)  # as the worker does


async def _insert(
    database: Database, model: type[Base], count: int, row: Callable[[int], dict[str, Any]]
) -> None:
    for start in range(0, count, BATCH):
        rows = [row(number) for number in range(start, min(start + BATCH, count))]
        async with database.write() as session:
            await insert_rows(session, model, rows)


def _job(number: int, count: int) -> Job:
    return Job(
        id=UUID(int=number),
        owner=1,
        kind="import",
        state=JobState.COMPLETED,
        source="google_drive",
        location="https://drive.google.com/drive/folders/abc",
        place=str(number),
        options={},
        created_at=FIRST,
        next_seq=count + 1,
    )


def _image(number: int, count: int) -> dict[str, Any]:
    """Named in the order they came, as cameras do; a tenth are PNG, a fifth from Dropbox."""
    kind = "jpeg" if number % 10 else "png"
    sha256 = hashlib.sha256(b"%d" % number).hexdigest()
    return {
        "id": uuid7(),
        "owner": 1,
        "name": f"IMG_{number:07}.jpg",
        "name_folded": f"img_{number:07}.jpg",
        "size": 45_000,
        "mime_type": f"image/{kind}",
        "format": kind,
        "width": 100 + number % 4000,
        "height": 3000,
        "frames": 1,
        "orientation": 1,
        "taken_at": (FIRST + APART * number).replace(tzinfo=None).isoformat(),
        "camera": "Camera",
        "sha256": sha256,
        "source": "google_drive" if number % 5 else "dropbox",
        "provider_id": f"file-{number}",
        "source_path": f"folder/IMG_{number:07}.jpg",
        "job_id": UUID(int=number * JOBS // count),
        "storage_key": f"originals/1/{sha256[:2]}/{sha256}.jpg",
        "source_checksum_mismatch": False,
        "created_at": FIRST + APART * number,
    }


def _image_count(number: int, count: int) -> dict[str, Any]:
    return {
        "owner": 1,
        "source": "google_drive",
        "job_id": UUID(int=number),
        "images": count // JOBS,
    }


def _item(number: int) -> dict[str, Any]:
    """One in a hundred has failed."""
    failed = number % 100 == 0
    return {
        "job_id": BIG,
        "seq": number + 1,
        "provider_id": f"file-{number}",
        "name": f"IMG_{number:07}.jpg",
        "path": f"folder/IMG_{number:07}.jpg",
        "size": 45_000,
        "mime_type": "image/jpeg",
        "state": "failed" if failed else "stored",
        "reason": "checksum" if failed else None,
        "attempts": 1,
    }


# What a task has when nobody says: insert_rows takes rows as they are.
_OF_A_TASK: Final = {
    column.name: column.default.arg
    for column in Task.__table__.columns
    if column.default is not None and column.default.is_scalar
}


def _task(number: int) -> dict[str, Any]:
    return _OF_A_TASK | {
        "id": uuid7(),
        "name": "imports.fetch_chunk",
        "queue": "import",
        "owner": 1,
        "job_id": BIG,
        "lo": number * CHUNK + 1,
        "hi": (number + 1) * CHUNK,
        "state": "done",
        "listed": CHUNK,
        "stored": CHUNK - CHUNK // 100,
        "failed": CHUNK // 100,
        "bytes_stored": 45_000 * CHUNK,
    }
