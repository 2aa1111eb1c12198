"""Lists among a million images and items, on SQLite and PostgreSQL, over HTTP; no peer."""

import argparse
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg
import tests_on_path  # noqa: F401 - before `servers`, which lies in tests/
from make_rows import APART, BIG, FIRST, JOBS, make_rows
from options import WORK, Options
from processes import HERE, running_pixharbor
from report import Table, keep_table, percentile, print_table, verdict
from servers.postgres import running_postgres

from pixharbor.db.wire import pack_cursor

MILLION = 1_000_000
RESULT = HERE / "MILLION-ROWS.md"
AIM_MS = 50
REQUESTS = 300  # of each kind, after a tenth of that which does not count
SEED = 20260501
FIRST_PAGE, FAR_PAGE = "first page", "a page anywhere, by cursor"


def measure(options: Options, count: int = MILLION, requests: int = REQUESTS) -> Table:
    """Fill both databases, and ask each for one page after another while nothing else runs."""
    folder = options.work / f"million-rows-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    found = {"SQLite": _measure(f"sqlite:///{folder}/rows.db", folder, count, requests)}
    with running_postgres(hurried=False) as postgres:
        url = postgres.create_database()
        make_rows(url, count)
        _settle(url)
        found["PostgreSQL"] = _measure(url, folder, count, requests)
    return _table(found, count, requests)


def _settle(url: str) -> None:
    """What PostgreSQL does behind a million new rows by and by, done before anything is asked."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM")
        connection.execute("CHECKPOINT")


def _measure(url: str, folder: Path, count: int, requests: int) -> dict[str, list[float]]:
    """Milliseconds of each answer, by kind of request."""
    make_rows(url, count)
    with (
        running_pixharbor(folder / "data", {"DATABASE_URL": url}) as server,
        httpx.Client(base_url=server.url, timeout=60) as api,
    ):
        found = {}
        for name, path in _requests(count).items():
            for _ in range(requests // 10):
                api.get(path())
            found[name] = [_ask(api, path()) for _ in range(requests)]
    shutil.rmtree(folder / "data")
    return found


def _requests(count: int) -> dict[str, Callable[[], str]]:
    """A path of each kind; those with a cursor lead somewhere else each time."""
    chance = random.Random(SEED)

    def anywhere() -> str:
        number = chance.randrange(count)
        return pack_cursor((FIRST + APART * number).isoformat(), number)

    def any_item() -> str:
        return pack_cursor(chance.randrange(count))

    items = f"/api/v1/jobs/{BIG}/items"
    return {
        FIRST_PAGE: lambda: "/images",
        FAR_PAGE: lambda: f"/images?cursor={anywhere()}",
        "page 100, by number": lambda: "/images?page=100",
        "of one source, anywhere": lambda: f"/images?source=dropbox&cursor={anywhere()}",
        "of one job": lambda: f"/images?job={BIG.int - JOBS // 2:032x}",
        "of one type, anywhere": lambda: f"/images?type=png&cursor={anywhere()}",
        "at least so wide, anywhere": lambda: f"/images?min_width=3000&cursor={anywhere()}",
        "a name that a thousand begin with": lambda: "/images?q=img_0123",
        "a name that all begin with": lambda: "/images?q=IMG_",
        "a width that none has": lambda: "/images?min_width=9000",
        "the job of a million items": lambda: f"/api/v1/jobs/{BIG}",
        "its items, anywhere": lambda: f"{items}?cursor={any_item()}",
        "its failed items, anywhere": lambda: f"{items}?state=failed&cursor={any_item()}",
    }


def _ask(api: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    api.get(path).raise_for_status()
    return (time.perf_counter() - began) * 1000


def _table(found: dict[str, dict[str, list[float]]], count: int, requests: int) -> Table:
    rows = [
        (
            name,
            *(
                f"{percentile(times[name], share):.1f}"
                for times in found.values()
                for share in (0.5, 0.99)
            ),
        )
        for name in _requests(count)
    ]
    notes = [
        verdict(
            max(percentile(times[page], 0.99) for page in (FIRST_PAGE, FAR_PAGE)) <= AIM_MS,
            f"Aim: first and far pages p99 ≤ {AIM_MS} ms on {name}",
        )
        for name, times in found.items()
    ]
    notes.append(f"Pages of 100; {requests} requests of each kind, one after the other")
    notes.append("No index can say that nothing is so wide: that walks all of one, not the rows")
    return Table(
        f"Lists among {count:,} images and {count:,} items",
        f"python benchmarks/million_rows.py --rows {count} --requests {requests}",
        ("request", *(f"{name} p{share} ms" for name in found for share in (50, 99))),
        rows,
        notes,
    )


def _main() -> None:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    asked.add_argument("--rows", type=int, default=MILLION, help="images, and items of one job")
    asked.add_argument("--requests", type=int, default=REQUESTS, help="of each kind")
    asked.add_argument("--work", type=Path, default=WORK, help="where the databases lie")
    given = asked.parse_args()
    table = measure(Options(work=given.work), given.rows, given.requests)
    print_table(table)
    if given.rows == MILLION:
        keep_table(table, RESULT)


if __name__ == "__main__":
    _main()
