"""One statement with many rows: every kind of value, on both databases."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    insert,
    select,
    update,
)

from pixharbor.db.base import UtcTime
from pixharbor.db.engine import Database, open_database
from pixharbor.db.many_rows import execute_with

THINGS = Table(
    "things",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("name", String),
    Column("at", UtcTime),
    Column("is_new", Boolean),
    Column("traits", JSON(none_as_null=True)),
)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"id": UUID(int=1), "name": "ä'\"\\ %s :x ?", "at": NOON, "is_new": True, "traits": {"a": [1]}},
    {"id": UUID(int=2), "name": None, "at": None, "is_new": None, "traits": None},
    {"id": UUID(int=3), "name": "", "at": NOON.astimezone(timezone(timedelta(hours=9))),
     "is_new": False, "traits": {}},
]  # fmt: skip


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    async with open_database(empty_url) as database:
        async with database.writing_connection() as connection:
            await connection.run_sync(THINGS.create)
        yield database


async def all_rows(database: Database) -> list[dict[str, Any]]:
    async with database.read() as session:
        rows = await session.execute(select(THINGS).order_by(THINGS.c.id))
        return [dict(row._mapping) for row in rows]


async def test_what_went_in_comes_out(database: Database) -> None:
    async with database.writing_connection() as connection:
        await execute_with(connection, insert(THINGS), ROWS)
    assert await all_rows(database) == ROWS


async def test_the_order_in_which_a_row_names_its_columns_does_not_matter(
    database: Database,
) -> None:
    statement = insert(THINGS)
    backwards = [dict(reversed(list(row.items()))) for row in ROWS[1:]]
    async with database.writing_connection() as connection:
        await execute_with(connection, statement, ROWS[:1])
        await execute_with(connection, statement, backwards)
    assert await all_rows(database) == ROWS


async def test_a_change_of_many_rows_touches_those_it_names(database: Database) -> None:
    rename = update(THINGS).where(THINGS.c.id == bindparam("of")).values(name=bindparam("new"))
    async with database.writing_connection() as connection:
        await execute_with(connection, insert(THINGS), ROWS)
        await execute_with(
            connection, rename, [{"of": UUID(int=n), "new": f"the {n}."} for n in (1, 3)]
        )
    assert [row["name"] for row in await all_rows(database)] == ["the 1.", None, "the 3."]


async def test_columns_that_are_left_out_stay_empty(database: Database) -> None:
    async with database.writing_connection() as connection:
        await execute_with(connection, insert(THINGS), [{"id": UUID(int=1)}])
    [row] = await all_rows(database)
    assert (row["name"], row["at"], row["is_new"], row["traits"]) == (None, None, None, None)
