"""Seconds from starting `pixharbor serve` to the first 200 of /readyz; no peer."""

import tempfile
import time
from pathlib import Path

from options import Options, read_options
from processes import free_port, starting_pixharbor, wait_until_ready
from report import Table, median, print_table, spread, verdict

AIM_SECONDS = 3.0


def measure(options: Options) -> Table:
    """Start with an empty data folder and again with the same one, `rounds` times each."""
    options.work.mkdir(parents=True, exist_ok=True)
    fresh, existing = [], []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(dir=options.work, prefix="run-") as folder:
            fresh.append(_start(Path(folder)))
            existing.append(_start(Path(folder)))
    rows = [
        (name, f"{median(seconds):.2f}", spread(seconds, 2),
         verdict(median(seconds) <= AIM_SECONDS, f"≤ {AIM_SECONDS:.0f} s"))
        for name, seconds in (("empty", fresh), ("existing", existing))
    ]  # fmt: skip
    return Table(
        "Start of `pixharbor serve`",
        f"python benchmarks/start.py --rounds {options.rounds}",
        ("data folder", "s until ready (median)", "all runs", "aim"),
        rows,
    )


def _start(data_dir: Path) -> float:
    port = free_port()
    began = time.monotonic()
    with starting_pixharbor(data_dir, port, {}) as process:
        wait_until_ready(process, port, data_dir)
        return time.monotonic() - began


if __name__ == "__main__":
    print_table(measure(read_options(__doc__)))
