"""What doctor says of the database."""

import re

import pytest
from servers.postgres import GIVEN, OwnPostgres
from sqlalchemy import text

from pixharbor.db.describe import describe_database
from pixharbor.db.engine import open_database
from pixharbor.db.migrate import NEWEST


async def test_a_healthy_database_is_one_line(database_url: str) -> None:
    async with open_database(database_url) as database:
        says = (await describe_database(database)).partition("; but: ")[0]
    if database.dialect == "sqlite":
        assert re.fullmatch(rf"SQLite 3\.\S+ in /.*/rows\.db, schema {NEWEST}", says)
    else:
        wanted = (
            r"PostgreSQL \d+\.\d+ .*at postgresql://postgres@127\.0\.0\.1:\d+/\w+, "
            rf"\d+ of \d+ connections taken, schema {NEWEST}"
        )
        assert re.fullmatch(wanted, says)


async def test_an_empty_and_an_old_schema_are_told(empty_url: str) -> None:
    async with open_database(empty_url) as database:
        assert "schema none yet (made at the first start)" in await describe_database(database)
        async with database.write() as session:
            await session.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
            await session.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
        assert f"needs schema {NEWEST}: run pixharbor migrate" in await describe_database(database)


@pytest.mark.skipif(GIVEN is not None, reason="the server of TEST_POSTGRES_URL may do as it likes")
async def test_postgresql_is_told_what_is_dangerous_of_it(
    postgresql_url: str, own_postgres: OwnPostgres
) -> None:
    async with open_database(postgresql_url) as hurried:
        assert "its fsync is off" in await describe_database(hurried)
    async with open_database(own_postgres.create_database()) as careful:
        assert "but:" not in await describe_database(careful)
