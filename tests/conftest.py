"""What every test shares: quiet logs, and databases with the newest schema, one for each test."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.postgres import OwnPostgres, Postgres, any_postgres, running_postgres

from pixharbor.db.engine import open_database
from pixharbor.db.migrate import migrate
from pixharbor.logs import LogSettings, set_up_logs


@pytest.fixture(autouse=True, scope="session")
def quiet_logs() -> None:
    """Keep the output of a failing test readable."""
    set_up_logs(LogSettings(log_level="warning"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own: the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A migrated SQLite file of the test's own."""
    shutil.copyfile(migrated_file, tmp_path / "rows.db")
    return f"sqlite:///{tmp_path}/rows.db"


@pytest.fixture
def postgresql_url(postgres: Postgres, migrated_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    url = postgres.create_database(template=migrated_template)
    yield url
    postgres.drop_database(url)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server that all tests of this process share."""
    with any_postgres() as server:
        yield server


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    """A server of the test's own, to be killed; its disk is waited for as in earnest."""
    with running_postgres(hurried=False) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the newest schema, to be copied: a migration takes 100 ms."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres: Postgres) -> Iterator[str]:
    """The same on PostgreSQL, as a template."""
    url = postgres.create_database()
    _migrate(url)
    yield url
    postgres.drop_database(url)


def _migrate(url: str) -> None:
    async def make() -> None:
        async with open_database(url) as database:
            await migrate(database)

    asyncio.run(make())
