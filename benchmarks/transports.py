"""Images/s through each transport on PostgreSQL; the embedded one of the same run is the peer."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import tests_on_path  # noqa: F401 - before `servers`, which lies in tests/
from import_drive import FOLDER, fresh_folder
from jobs import check_all_stored, is_finished, look_until, start_import
from make_tree import make_tree
from options import Options, read_options
from processes import Drive, drive_settings, running_drive, running_pixharbor
from report import Table, median, print_table, spread, verdict
from servers.kafka import KafkaServer
from servers.postgres import Postgres, running_postgres
from servers.rabbitmq import RabbitServer
from servers.redis import RedisServer

# Each transport may cost this part of the embedded one's speed.
WORST_RATIO = 0.85


# Each server, and the address of its kind on the port that it has taken.
SERVERS: dict[str, tuple[type[RedisServer | RabbitServer | KafkaServer], str]] = {
    "redis": (RedisServer, "redis://127.0.0.1:{port}/0"),
    "celery+redis": (RedisServer, "celery+redis://127.0.0.1:{port}/0"),
    "celery+amqp": (RabbitServer, "celery+amqp://guest:guest@127.0.0.1:{port}//"),
    "kafka": (KafkaServer, "kafka://127.0.0.1:{port}"),
}
TRANSPORTS = ("embedded", *SERVERS)


@contextmanager
def running_transport(name: str, folder: Path) -> Iterator[str]:
    """Start the transport's server, if it has one; gives TRANSPORT_URL."""
    if name not in SERVERS:
        yield f"{name}:"
        return
    kind, url = SERVERS[name]
    server = kind(folder)
    server.start()
    try:
        yield url.format(port=server.port)
    finally:
        server.stop()


def measure(options: Options) -> Table:
    """Import the folder through every transport in turns, `rounds` times each."""
    rates: dict[str, list[float]] = {name: [] for name in TRANSPORTS}
    with ExitStack() as stack:
        drive = stack.enter_context(running_drive(make_tree(options)))
        postgres = stack.enter_context(running_postgres(hurried=False))
        for _ in range(options.rounds):
            for name in TRANSPORTS:
                folder = fresh_folder(options.work)
                with running_transport(name, folder) as url:
                    rates[name].append(_import(drive, postgres, folder, url, options.count))
    return _table(options, rates)


def _import(drive: Drive, postgres: Postgres, folder: Path, url: str, count: int) -> float:
    database = postgres.create_database()
    settings = {"TRANSPORT_URL": url, "DATABASE_URL": database, **drive_settings(drive)}
    with (
        running_pixharbor(folder, settings) as server,
        httpx.Client(base_url=server.url, timeout=60) as api,
    ):
        # Kafka's group waits 3 s for more members when its first one comes: that is no transport's
        # speed, and a server that has been up for a minute has it behind it.
        look_until(api, start_import(api, drive.link("small/00")), is_finished)
        began = time.monotonic()
        job = look_until(api, start_import(api, drive.link(FOLDER)), is_finished)
        seconds = time.monotonic() - began
        check_all_stored(job, count)
    postgres.drop_database(database)
    return count / seconds


def _table(options: Options, rates: dict[str, list[float]]) -> Table:
    embedded = median(rates["embedded"])
    ratios = {name: median(each) / embedded for name, each in rates.items()}
    return Table(
        f"Import of {options.count:,} pictures to local files and PostgreSQL, by transport",
        f"python benchmarks/transports.py {options.text}",
        ("transport", "images/s (median)", "all runs", "÷ embedded"),
        [
            (name, f"{median(each):,.0f}", spread(each), f"{ratios[name]:.2f}")
            for name, each in rates.items()
        ],
        [
            verdict(min(ratios.values()) >= WORST_RATIO, f"Aim ≥ {WORST_RATIO} of embedded's"),
            "fsync on; servers, emulator and pixharbor on the same cores",
        ],
    )


if __name__ == "__main__":
    print_table(measure(read_options(__doc__)))
