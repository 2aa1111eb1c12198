"""The database's clock agrees with this machine's, on every database."""

import time

from sqlalchemy import select

from pixharbor.db.clock import now_ms
from pixharbor.db.engine import open_database


async def test_the_database_tells_the_time_in_milliseconds(empty_url: str) -> None:
    async with open_database(empty_url) as database:
        before = time.time() * 1000
        async with database.read() as session:
            told = (await session.execute(select(now_ms()))).scalar_one()
        after = time.time() * 1000
    assert isinstance(told, int)
    assert before - 1 <= told <= after + 1


async def test_the_time_stands_still_within_a_statement_and_not_within_a_transaction(
    empty_url: str,
) -> None:
    async with open_database(empty_url) as database, database.write() as session:
        first, later = (await session.execute(select(now_ms(), now_ms() + 20_000))).one()
        assert later - first == 20_000
        told = first
        while told == first:
            told = (await session.execute(select(now_ms()))).scalar_one()
        assert told > first
