"""The database's clock agrees with this machine's, on every database."""

import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from pixharbor.db.clock import now_ms
from pixharbor.db.engine import open_database


async def test_the_database_tells_the_time_in_milliseconds(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path}/clock.db") as database:
        before = time.time() * 1000
        async with database.read() as session:
            told = (await session.execute(select(now_ms()))).scalar_one()
        after = time.time() * 1000
    assert isinstance(told, int)
    assert before - 1 <= told <= after + 1


async def test_the_time_stands_still_within_a_statement(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path}/clock.db") as database, database.read() as s:
        first, later = (await s.execute(select(now_ms(), now_ms() + 20_000))).one()
    assert later - first == 20_000


def test_postgresql_is_asked_for_the_time_of_the_statement() -> None:
    said = str(select(now_ms()).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert said.startswith(
        "SELECT CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)"
    )
