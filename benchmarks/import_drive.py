"""Images/s from a Drive folder into local files and SQLite; peers: rclone, rclone + same work."""

import atexit
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx
from jobs import check_all_stored, is_finished, look_until, start_import
from make_tree import make_tree
from options import Options, read_options
from processes import (
    HERE,
    Drive,
    MemorySampler,
    Program,
    drive_settings,
    running_drive,
    running_pixharbor,
)
from report import Table, median, print_table, spread, verdict

FOLDER = "pictures"
RCLONE_MISSING = "rclone is not installed, so there is no peer: apt-get install rclone"
# Each look is work for the server, and the job itself says when it was finished.
LOOK_SECONDS = 0.5
_MIB = 1 << 20
_LONGEST_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Run:
    """One import by one side. CPU in seconds: the importer's and the server's; memory in bytes.

    `early` and `late` are the memory at a tenth of the pictures and at the end, and `late_once` is
    the latter with shared pages counted once; 0 for peers.
    """

    seconds: float
    cpu: float
    server_cpu: float
    peak: int = 0
    early: int = 0
    late: int = 0
    late_once: int = 0


def measure(options: Options) -> Table:
    """Run all sides in turns, `rounds` times each."""
    tree = make_tree(options)
    sides: dict[str, Callable[[Drive, Path, int], Run]] = {"pixharbor": run_pixharbor}
    if shutil.which("rclone"):
        sides |= {
            "rclone copy": run_rclone,
            "rclone + same work": run_rclone_same_work,
            "the same, one sync": partial(run_rclone_same_work, whole_disk=True),
        }
    runs: dict[str, list[Run]] = {name: [] for name in sides}
    with running_drive(tree) as drive:
        for _ in range(options.rounds):
            for name, side in sides.items():
                runs[name].append(side(drive, fresh_folder(options.work), options.count))
    return _table(options, runs)


def fresh_folder(work: Path) -> Path:
    """An empty folder, gone when the program ends; what others wrote is on the disk already.

    Not sooner: ext4 looks at every inode that was freed in the last minutes before it gives out
    a new one, so that deleting 10,000 files between two runs would triple the next one's cost.
    """
    folder = Path(tempfile.mkdtemp(dir=work, prefix="run-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.sync()
    return folder


def run_pixharbor(drive: Drive, folder: Path, count: int) -> Run:
    """Import the big folder of the emulated Drive."""
    return run_import(drive, drive_settings(drive), drive.link(FOLDER), folder, count)


def run_import(
    provider: Program, settings: Mapping[str, str], link: str, folder: Path, count: int
) -> Run:
    """Import over the API, from POST until the job says completed."""
    early = 0
    with (
        running_pixharbor(folder, settings) as server,
        httpx.Client(base_url=server.url, timeout=60) as api,
        MemorySampler(server) as memory,
    ):
        cpu, server_cpu, began = server.cpu_seconds(), provider.cpu_seconds(), time.time()
        job_id = start_import(api, link)
        look_until(api, job_id, lambda job: job["balance"]["stored"] >= count / 10, LOOK_SECONDS)
        early = server.memory()
        job = look_until(api, job_id, is_finished, LOOK_SECONDS)
        seconds = datetime.fromisoformat(job["finished_at"]).timestamp() - began
        check_all_stored(job, count)
        return Run(
            seconds,
            server.cpu_seconds() - cpu,
            provider.cpu_seconds() - server_cpu,
            max(memory.peak, server.memory()),
            early,
            server.memory(),
            server.memory_counted_once(),
        )


def run_rclone(drive: Drive, folder: Path, count: int) -> Run:
    """Copy the same files from the same server process over plain HTTP: no hash, no fsync."""
    return _run_commands(drive, folder, count, [_rclone(drive, folder)])


def run_rclone_same_work(
    drive: Drive, folder: Path, count: int, *, whole_disk: bool = False
) -> Run:
    """Copy, then make it as safe and as known as an import does: same_work.py."""
    after = [sys.executable, str(HERE / "same_work.py"), str(folder), f"{folder}/rows.db"]
    if whole_disk:
        after.append("--whole-disk")
    return _run_commands(drive, folder, count, [_rclone(drive, folder), after])


def _rclone(drive: Drive, folder: Path) -> list[str]:
    source = ["--http-url", f"{drive.url}/plain/{FOLDER}/", ":http:"]
    # An empty configuration: nobody's own settings and no notice about a missing file.
    return ["rclone", "copy", "--config", "", "--transfers", "32", "--checkers", "32", *source,
            str(folder)]  # fmt: skip


def _run_commands(drive: Drive, folder: Path, count: int, commands: list[list[str]]) -> Run:
    cpu, server_cpu, began = children_cpu(), drive.cpu_seconds(), time.monotonic()
    for command in commands:
        subprocess.run(command, check=True, timeout=_LONGEST_SECONDS)
    seconds = time.monotonic() - began
    run = Run(seconds, children_cpu() - cpu, drive.cpu_seconds() - server_cpu)
    copied = sum(1 for path in folder.rglob("*.jpg") if path.stat().st_size)
    if copied != count:
        raise AssertionError(f"expected {count} files, got {copied}")
    return run


def children_cpu() -> float:
    """User and system time of all children that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _table(options: Options, runs: dict[str, list[Run]]) -> Table:
    count = options.count
    rates = {name: [count / run.seconds for run in each] for name, each in runs.items()}
    ours = median(rates["pixharbor"])
    rows = []
    for name, each in runs.items():
        rate = median(rates[name])
        cpu = median([run.cpu for run in each]) / count * 1e6
        server = median([run.server_cpu for run in each]) / count * 1e6
        ratio = "" if name == "pixharbor" else f"{ours / rate:.2f}"
        rows.append(
            (name, f"{rate:,.0f}", spread(rates[name]), ratio, f"{cpu:.0f}", f"{server:.0f}")
        )
    return Table(
        f"Import of {count:,} pictures from Google Drive (emulated) to local files and SQLite",
        f"python benchmarks/import_drive.py {options.text}",
        ("who", "images/s (median)", "all runs", "pixharbor ÷ this", "own CPU µs/image",
         "source server's CPU µs/image"),
        rows,
        _notes(ours, runs),
    )  # fmt: skip


def _notes(rate: float, runs: dict[str, list[Run]]) -> list[str]:
    own = runs["pixharbor"]
    peak, early, late, once = (
        median([getattr(run, name) for run in own]) / _MIB
        for name in ("peak", "early", "late", "late_once")
    )
    memory = (
        f"pixharbor's memory (RSS of the process and its children) in MiB: peak {peak:.0f}, "
        f"at a tenth of the pictures {early:.0f}, at the end {late:.0f}; then {once:.0f} with "
        "pages that they share counted once (PSS)"
    )
    notes = [
        verdict(rate >= 1500, "Aim ≥ 1,500 images/s"),
        memory,
        verdict(peak <= 350 and late <= early * 1.2, "Aim ≤ 350 MiB with the sandbox, and flat"),
    ]
    if len(runs) == 1:
        return [*notes, RCLONE_MISSING]
    asked = subprocess.run(["rclone", "version"], capture_output=True, text=True, check=True)
    return [*notes, f"Peer: {asked.stdout.splitlines()[0]}, --transfers 32 --checkers 32"]


if __name__ == "__main__":
    print_table(measure(read_options(__doc__)))
