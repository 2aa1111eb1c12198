"""R16: one import of a million tiny pictures through Celery, Redis and PostgreSQL; no peer.

Compares the cost of an item with that of an import of a hundredth of the size in the same run, and
draws the memory of every process over the million: `python benchmarks/million.py`.
"""

import argparse
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import tests_on_path  # noqa: F401 - before `servers`, which lies in tests/
from curves import Curve, draw
from import_drive import fresh_folder
from jobs import check_all_stored, is_finished, start_import
from options import WORK
from processes import HERE, Drive, Program, drive_settings, running_drive, running_pixharbor
from report import Table, keep_table, print_table, verdict
from servers.postgres import running_postgres
from transports import TRANSPORTS, running_transport

MILLION = 1_000_000
FILES_A_FOLDER = 1000
SECONDS_BETWEEN_LOOKS = 2.0
LIMIT_MIB = 250
PLOT = HERE / "million.svg"
RESULT = HERE / "MILLION.md"


@dataclass
class Run:
    """What one import cost: seconds, CPU seconds, and MiB of each process at each look."""

    count: int
    seconds: float = 0
    cpu: float = 0
    memory: defaultdict[str, list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @property
    def microseconds(self) -> float:
        """CPU of all of pixharbor's processes for one item."""
        return self.cpu / self.count * 1e6

    def peak(self) -> float:
        """The most that one process held, in MiB."""
        return max(size for curve in self.memory.values() for _, size in curve)


def measure(count: int, work: Path, transport: str) -> Table:
    """Import a hundredth, then all of it."""
    with running_postgres(hurried=False) as postgres:
        runs = []
        for size in (max(count // 100, FILES_A_FOLDER), count):
            folder = fresh_folder(work)
            with (
                running_drive(make_tiny_pictures(work, size)) as drive,
                running_transport(transport, folder) as url,
            ):
                database = postgres.create_database()
                runs.append(_import(drive, folder, url, database, size))
                print(f"{size:,} in {runs[-1].seconds:,.0f} s", flush=True)
    return _table(transport, *runs)


def make_tiny_pictures(work: Path, count: int) -> Path:
    """A folder of GIFs of one pixel, each with a comment of its own; made once, then kept."""
    tree = work / f"gifs-{count}"
    if not (tree / "complete").exists():
        for index in range(count):
            path = tree / "pictures" / f"{index // FILES_A_FOLDER:03}" / f"{index:07}.gif"
            if index % FILES_A_FOLDER == 0:
                path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_gif(b"%d" % index))
        (tree / "complete").touch()
    return tree


def _gif(comment: bytes) -> bytes:
    """A whole GIF89a: screen of 1x1 with two colours, a comment, one picture, the end."""
    return (
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
         b"\x21\xfe" + bytes([len(comment)]) + comment + b"\x00"
        + b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"
    )  # fmt: skip


def _import(drive: Drive, folder: Path, url: str, database: str, count: int) -> Run:
    settings = {"TRANSPORT_URL": url, "DATABASE_URL": database, **drive_settings(drive)}
    run = Run(count)
    with (
        running_pixharbor(folder, settings) as server,
        httpx.Client(base_url=server.url, timeout=60) as api,
    ):
        cpu, began = server.cpu_seconds(), time.monotonic()
        job_id = start_import(api, drive.link("pictures"))
        while True:
            job = api.get(f"/api/v1/jobs/{job_id}").raise_for_status().json()
            _look(server, job["balance"]["stored"], run)
            if is_finished(job):
                break
            time.sleep(SECONDS_BETWEEN_LOOKS)  # more looks over HTTP would be measured too
        run.seconds, run.cpu = time.monotonic() - began, server.cpu_seconds() - cpu
        check_all_stored(job, count)
    return run


def _look(server: Program, stored: int, run: Run) -> None:
    for process in server.tree():
        with suppress(psutil.NoSuchProcess):
            role = "API" if process == server.process else f"process {process.pid}"
            run.memory[role].append((stored, process.memory_info().rss / 2**20))


def _table(transport: str, small: Run, large: Run) -> Table:
    dearer = large.microseconds / small.microseconds
    draw(
        PLOT,
        [Curve(role, points) for role, points in sorted(large.memory.items())],
        title=f"Memory of each process while {large.count:,} pictures come in ({transport})",
        x="pictures stored", y="MiB",
    )  # fmt: skip
    return Table(
        f"{large.count:,} tiny pictures through {transport} and PostgreSQL",
        f"python benchmarks/million.py --count {large.count} --transport {transport}",
        ("pictures", "items/s", "CPU µs/item", "largest process, MiB"),
        [
            (
                f"{run.count:,}", f"{run.count / run.seconds:,.0f}", f"{run.microseconds:.0f}",
                f"{run.peak():.0f}",
            )
            for run in (small, large)
        ],
        [
            verdict(dearer <= 1.1, f"Aim: ≤ 1.1 of the small import's cost ({dearer:.2f})"),
            verdict(large.peak() <= LIMIT_MIB, f"Aim: each process ≤ {LIMIT_MIB} MiB"),
            f"![Memory of every process over the whole import]({PLOT.name})",
        ],
    )  # fmt: skip


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=MILLION)
    asked.add_argument("--transport", choices=TRANSPORTS, default="celery+redis")
    given = asked.parse_args()
    table = measure(given.count, WORK, given.transport)
    print_table(table)
    if given.count == MILLION:
        keep_table(table, RESULT)
