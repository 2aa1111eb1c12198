"""Share of Google's quota that an import uses, and refusals it causes; the peer is the limit."""

from collections import Counter
from typing import Any

import httpx
from import_drive import FOLDER, fresh_folder
from jobs import check_all_stored, is_finished, look_until, start_import
from make_tree import make_tree
from options import Options, read_options
from processes import Drive, drive_settings, running_drive, running_pixharbor
from report import Table, print_table, verdict

# Google's limits of 2026 in units a minute, times SCALE: 10,000 pictures then need 74 s, which is
# more than the 60 s that Google counts in, so the run is short and yet long enough to be refused.
SCALE = 5
USER, PROJECT = 325_000 * SCALE, 1_000_000 * SCALE
DOWNLOAD_UNITS = 200
PART_SECONDS = 10


def measure(options: Options) -> Table:
    """Import once from an emulator that refuses what is over the quota."""
    tree = make_tree(options)
    with running_drive(tree, "--fault", f"quota:user={USER},project={PROJECT}") as drive:
        entries, counts = _import(options, drive)
    at = sorted(entry["at"] for entry in entries if entry["kind"] == "download"
                and entry["status"] == 200)  # fmt: skip
    seconds = at[-1] - at[0]
    share = (len(at) - 1) * DOWNLOAD_UNITS / (USER / 60 * seconds)
    refused = counts["refused_by_quota"]
    rows = [
        ("share of the allowed downloads used", f"{share:.1%}", verdict(share >= 0.95, "≥ 95 %")),
        ("403 for the quota", f"{refused}", verdict(refused == 0, "0")),
        ("fullest 60 s, share of the limit", f"{counts['most_units_in_60_s'] / USER:.1%}",
         "≤ 100 %"),
        (f"slowest {PART_SECONDS} s, share of the limit", f"{_slowest(at, PART_SECONDS):.1%}", ""),
    ]  # fmt: skip
    notes = [f"{len(at):,} downloads in {seconds:.1f} s, one run, quota of 2026 times {SCALE}"]
    if seconds < 60:
        notes.append("Too short to be refused anything: Google counts in 60 s. Take more pictures")
    return Table(
        "Google's quota, enforced by the emulator",
        f"python benchmarks/quota.py --count {options.count}",
        ("figure", "measured", "aim"),
        rows,
        notes,
    )


def _import(options: Options, drive: Drive) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Import to the end; answers the emulator's log and totals."""
    profile = f"user={USER},project={PROJECT}"
    folder = fresh_folder(options.work)
    with (
        running_pixharbor(folder, drive_settings(drive, profile)) as server,
        httpx.Client(base_url=server.url, timeout=60) as api,
    ):
        job = look_until(api, start_import(api, drive.link(FOLDER)), is_finished, every=0.5)
        check_all_stored(job, options.count)
    with httpx.Client(base_url=drive.url, timeout=60) as emulator:
        return emulator.get("/_emulator/log").json(), emulator.get("/_emulator/counts").json()


def _slowest(at: list[float], seconds: int) -> float:
    """The smallest share that was used in any whole part of so many seconds."""
    whole = int((at[-1] - at[0]) / seconds)
    parts = Counter(int((each - at[0]) / seconds) for each in at)
    fewest = min((parts[index] for index in range(whole)), default=len(at))
    return fewest * DOWNLOAD_UNITS / (USER / 60 * seconds)


if __name__ == "__main__":
    print_table(measure(read_options(__doc__)))
