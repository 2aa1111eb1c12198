"""From one worker process to two, importing from a source that takes its time to answer."""

import time

import httpx
from import_drive import FOLDER, fresh_folder
from jobs import check_all_stored, is_finished, look_until, start_import
from make_tree import make_tree
from options import Options, read_options
from processes import Drive, drive_settings, running_drive, running_pixharbor
from report import Table, median, print_table, spread, verdict

# What the source waits before each answer. A process has 64 downloads under way,
# so it cannot have more than 64 / 0.25 = 256 files a second, a quarter of what two cores do: here
# the processes are the limit, and neither emulator nor disk.
WAIT_SECONDS = 0.25


def measure(options: Options) -> Table:
    """Import with one process and with two in turns, `rounds` times each."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    with running_drive(make_tree(options), "--fault", f"slow:seconds={WAIT_SECONDS}") as drive:
        for _ in range(options.rounds):
            for processes, each in rates.items():
                each.append(_import(drive, options, processes))
    return _table(options, rates)


def _import(drive: Drive, options: Options, processes: int) -> float:
    settings = {"WORKER_COUNT": str(processes), **drive_settings(drive)}
    with (
        running_pixharbor(fresh_folder(options.work), settings) as server,
        httpx.Client(base_url=server.url, timeout=60) as api,
    ):
        began = time.monotonic()
        job = look_until(api, start_import(api, drive.link(FOLDER)), is_finished)
        seconds = time.monotonic() - began
        check_all_stored(job, options.count)
    return options.count / seconds


def _table(options: Options, rates: dict[int, list[float]]) -> Table:
    one, two = median(rates[1]), median(rates[2])
    return Table(
        f"One worker process and two: {options.count:,} pictures from a slow source",
        f"python benchmarks/scaling.py {options.text}",
        ("worker processes", "images/s (median)", "all runs", "÷ one"),
        [
            (str(number), f"{median(each):,.0f}", spread(each), f"{median(each) / one:.2f}")
            for number, each in rates.items()
        ],
        [
            verdict(two >= 1.8 * one, "Aim ≥ 1.8 with the second process"),
            (
                f"The source waits {WAIT_SECONDS} s before each answer; without it the two cores "
                "are the limit, which emulator, disk and the first process fill between them"
            ),
        ],
    )


if __name__ == "__main__":
    print_table(measure(read_options(__doc__)))
