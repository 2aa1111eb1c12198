"""PostgreSQL: which URLs lead to it, what is said when they do not, and how it comes back."""

import asyncio
from pathlib import Path

import httpx
import pytest
from harbour import running_harbour
from servers.postgres import OwnPostgres, Postgres
from sqlalchemy import text

from pixharbor.db.engine import DatabaseAway, open_database, parse_database_url
from pixharbor.errors import SettingError


async def _fails_to_open(url: str) -> str:
    with pytest.raises(SettingError) as raised:
        async with open_database(url):
            pass
    assert "canary" not in str(raised.value)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg", "postgres+x"])
def test_any_driver_suffix_is_tolerated_s1_27(scheme: str) -> None:
    url = parse_database_url(f"{scheme}://user:password@db:5432/images")
    assert url.drivername == "postgresql+psycopg"
    assert (url.host, url.port, url.database, url.password) == ("db", 5432, "images", "password")


@pytest.mark.parametrize(
    "url", ["mysql://root:canary@db/x", "postgresql://u:canary@db", "canary", "", "redis://db/0"]
)
async def test_a_url_of_another_kind_is_refused_without_its_password(url: str) -> None:
    told = await _fails_to_open(url.replace("canary", "") if "@" not in url else url)
    assert told.startswith("DATABASE_URL: cannot use ")
    assert "postgresql://user:password@host:5432/name" in told


async def test_a_missing_database_is_told_with_the_command_that_makes_it(
    postgres: Postgres,
) -> None:
    told = await _fails_to_open(f"{postgres.admin_url.rpartition('/')[0]}/not_there")
    assert 'database "not_there" does not exist. Create it with: createdb -h 127.0.0.1' in told


async def test_a_missing_user_is_told(postgres: Postgres) -> None:
    url = postgres.admin_url.replace("//postgres@", "//nobody:canary@")
    assert 'role "nobody" does not exist. Create the user, or correct it.' in (
        await _fails_to_open(url)
    )


async def test_an_encoding_that_cannot_keep_every_name_is_told(postgres: Postgres) -> None:
    url = postgres.create_database(options="ENCODING LATIN1 LOCALE 'C' LOCALE_PROVIDER libc")
    told = await _fails_to_open(url)
    postgres.drop_database(url)
    assert told.endswith("its encoding is LATIN1. Make one with: createdb -E UTF8 -T template0")


async def test_a_server_that_is_not_there_is_told() -> None:
    told = await _fails_to_open("postgresql://u:canary@127.0.0.1:1/images")
    assert told.startswith("DATABASE_URL: cannot open postgresql://u:***@127.0.0.1:1/images: ")
    assert told.endswith("Connection refused. Start PostgreSQL, or correct the host and the port.")


async def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    assert await _fails_to_open("postgresql://u@127.0.0.1/images") == (
        "DATABASE_URL: postgresql:// needs the extra: pip install 'pixharbor[postgres]'"
    )


async def test_reading_sees_one_snapshot_and_writes_nothing(postgresql_url: str) -> None:
    async with open_database(postgresql_url) as database, database.read() as reader:
        count = text("SELECT count(*) FROM governors")
        assert await reader.scalar(count) == 0
        async with database.write() as writer:
            await writer.execute(text("INSERT INTO governors VALUES ('a', 0, 0, 0, 0)"))
        assert await reader.scalar(count) == 0
        with pytest.raises(Exception, match="read-only transaction"):
            await reader.execute(text("DELETE FROM governors"))


async def test_what_the_url_says_goes_before_our_limits(postgresql_url: str) -> None:
    url = f"{postgresql_url}?application_name=mine&options=-c%20lock_timeout%3D123"
    async with open_database(url) as database, database.write() as session:
        told = [
            await session.scalar(text(f"SHOW {name}"))
            for name in ("application_name", "lock_timeout", "statement_timeout")
        ]
    assert told == ["mine", "123ms", "1min"]


async def test_a_server_killed_and_started_again_costs_only_what_was_under_way_r3(
    own_postgres: OwnPostgres,
) -> None:
    async with open_database(own_postgres.create_database()) as database:
        async with database.write() as session:
            await session.execute(text("CREATE TABLE kept (number integer)"))
            await session.execute(text("INSERT INTO kept VALUES (1)"))

        async def write_while_it_dies() -> None:
            async with database.write() as session:
                await session.execute(text("INSERT INTO kept VALUES (2)"))
                own_postgres.kill()
                await session.execute(text("INSERT INTO kept VALUES (3)"))

        async def read() -> list[int]:
            async with database.read() as session:
                return list(await session.scalars(text("SELECT number FROM kept")))

        for act in (write_while_it_dies, read):
            with pytest.raises(DatabaseAway):
                await act()
        await asyncio.to_thread(own_postgres.start)
        assert await read() == [1]


async def test_the_api_says_that_the_database_is_away_and_heals(
    own_postgres: OwnPostgres, tmp_path: Path
) -> None:
    url = own_postgres.create_database()
    async with running_harbour(tmp_path / "data", working=False, database_url=url) as harbour:

        async def look() -> httpx.Response:
            return await harbour.api.get("/images")

        assert (await look()).status_code == 200
        own_postgres.kill()
        away = await look()
        assert (away.status_code, away.json()["code"]) == (503, "database_away")
        assert (await harbour.api.get("/readyz")).status_code == 503
        await asyncio.to_thread(own_postgres.start)
        assert (await look()).status_code == 200


@pytest.mark.parametrize("query", ["q=%00", "type=a%00b"])
async def test_a_text_that_no_column_holds_is_the_callers_mistake(
    postgresql_url: str, tmp_path: Path, query: str
) -> None:
    data = tmp_path / "data"
    async with running_harbour(data, working=False, database_url=postgresql_url) as harbour:
        answer = await harbour.api.get(f"/images?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "unkeepable_value")
