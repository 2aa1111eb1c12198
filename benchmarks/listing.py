"""Items/s at which a Drive folder is listed into the database, downloads held back; no peer."""

import time
from pathlib import Path

import httpx
from import_drive import fresh_folder
from jobs import look_until, start_import
from options import Options, read_options
from processes import Drive, drive_settings, running_drive, running_pixharbor
from report import Table, median, print_table, spread, verdict

FOLDERS = 20
AIM = 20_000
# Five times the pictures: 50,000 by default, because at the aim 10,000 would take half a second.
TIMES_COUNT = 5


def measure(options: Options) -> Table:
    """List `rounds` times, after one that does not count: the emulator renders its entries then."""
    count = options.count * TIMES_COUNT
    tree = make_tiny_files(options.work, count)
    with running_drive(tree, "--hold") as drive:
        _list(options, drive, count)
        rates = [count / _list(options, drive, count) for _ in range(options.rounds)]
    rows = [(f"{count:,}", f"{median(rates):,.0f}", spread(rates))]
    notes = [
        verdict(median(rates) >= AIM, f"Aim ≥ {AIM:,} items/s"),
        "From POST until the job leaves `listing`; the emulator has the same cores",
    ]
    return Table(
        f"Listing {count:,} files in {FOLDERS} folders",
        f"python benchmarks/listing.py {options.text}",
        ("files", "items/s (median)", "all runs"),
        rows,
        notes,
    )


def make_tiny_files(work: Path, count: int) -> Path:
    """A folder of tiny files named like pictures; made once, then kept."""
    tree = work / f"tiny-{count}"
    if (tree / "complete").exists():
        return tree
    for index in range(count):
        path = tree / "pictures" / f"{index % FOLDERS:02}" / f"picture-{index:06}.jpg"
        if index < FOLDERS:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{index}\n")
    (tree / "complete").touch()
    return tree


def _list(options: Options, drive: Drive, count: int) -> float:
    """Let a fresh pixharbor list the folder; answers the seconds."""
    folder = fresh_folder(options.work)
    with (
        running_pixharbor(folder, drive_settings(drive)) as server,
        httpx.Client(base_url=server.url, timeout=60) as api,
    ):
        began = time.monotonic()
        job_id = start_import(api, drive.link("pictures"))
        # Each look is work for the cores that list: by default there are few of them.
        job = look_until(api, job_id, lambda job: job["state"] not in ("queued", "listing"))
        seconds = time.monotonic() - began
    if job["balance"]["listed"] != count:
        raise AssertionError(f"expected {count} listed, got {job['balance']}")
    return seconds


if __name__ == "__main__":
    print_table(measure(read_options(__doc__)))
