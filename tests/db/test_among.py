"""Whether a text is among many: on both databases, by an index, whatever the texts hold."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, select
from sqlalchemy.dialects import sqlite

from pixharbor.db.among import among
from pixharbor.db.engine import Database, open_database

NAMES = ["", "a", "ä'\"\\ %s :x ?", "[1]", "null", "日本", "👩‍🚀"]
THINGS = Table("things", MetaData(), Column("name", String, primary_key=True))
FIND = select(THINGS.c.name).where(among(THINGS.c.name, "names"))


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    async with open_database(empty_url) as database:
        async with database.writing_connection() as connection:
            await connection.run_sync(THINGS.create)
            await connection.execute(insert(THINGS), [{"name": name} for name in NAMES])
        yield database


@pytest.mark.parametrize(
    "names", [[], ["a"], ["none of them"], NAMES, [*NAMES, "another"] * 500], ids=len
)
async def test_those_that_are_among_them_are_found_once(
    database: Database, names: list[str]
) -> None:
    async with database.read() as session:
        found = (await session.scalars(FIND, {"names": names})).all()
    assert sorted(found) == sorted(set(names) & set(NAMES))


async def test_its_opposite_leaves_them_out(database: Database) -> None:
    others = select(THINGS.c.name).where(~among(THINGS.c.name, "names"))
    async with database.read() as session:
        found = (await session.scalars(others, {"names": ["a", "日本"]})).all()
    assert sorted(found) == sorted(set(NAMES) - {"a", "日本"})


async def test_sqlite_looks_them_up_in_the_index(tmp_path: Path) -> None:
    asked = str(FIND.compile(dialect=sqlite.dialect()))
    async with (
        open_database(f"sqlite:///{tmp_path}/things.db") as database,
        database.writing_connection() as connection,
    ):
        await connection.run_sync(THINGS.create)
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ('["a"]',))
        assert plan.all()[0][-1].startswith("SEARCH things USING COVERING INDEX")
