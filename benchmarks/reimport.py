"""Seconds for importing a Drive folder again in which nothing has changed; no peer."""

import io
import time
from pathlib import Path

import httpx
from import_drive import fresh_folder
from jobs import check_all_stored, is_finished, look_until, start_import
from options import Options, read_options
from PIL import Image
from processes import Drive, drive_settings, running_drive, running_pixharbor
from report import Table, median, print_table, spread, verdict

FOLDERS = 20
AIM_SECONDS, AIM_FILES = 60, 100_000
# Ten times the pictures, 100,000 by default: they are small, and nothing of them is fetched again.
TIMES_COUNT = 10


def measure(options: Options) -> Table:
    """Import once, then `rounds` times again."""
    count = options.count * TIMES_COUNT
    tree = make_small_pictures(options.work, count)
    with running_drive(tree) as drive:
        seconds, downloads = _import_again(options, drive, count)
    allowed = AIM_SECONDS * count / AIM_FILES
    aim = f"≤ {allowed:.0f} s ({AIM_SECONDS} for {AIM_FILES:,})"
    rows = [
        ("seconds (median)", f"{median(seconds):.1f}", verdict(median(seconds) <= allowed, aim)),
        ("all runs", spread(seconds), ""),
        ("files/s", f"{count / median(seconds):,.0f}", ""),
        ("downloads", f"{downloads}", verdict(downloads == 0, "0")),
    ]
    notes = ["From POST until the job is completed; the emulator has the same cores"]
    return Table(
        f"Importing {count:,} unchanged files again, from {FOLDERS} folders",
        f"python benchmarks/reimport.py {options.text}",
        ("figure", "measured", "aim"),
        rows,
        notes,
    )


def make_small_pictures(work: Path, count: int) -> Path:
    """Pictures of 16 x 16, each with bytes of its own; made once, then kept."""
    tree = work / f"small-{count}"
    if (tree / "complete").exists():
        return tree
    data = io.BytesIO()
    Image.new("RGB", (16, 16), "teal").save(data, "JPEG")
    start, rest = data.getvalue()[:2], data.getvalue()[2:]
    for index in range(count):
        path = tree / "pictures" / f"{index % FOLDERS:02}" / f"picture-{index:06}.jpg"
        if index < FOLDERS:
            path.parent.mkdir(parents=True, exist_ok=True)
        comment = f"{index:08}".encode()
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment
        path.write_bytes(start + segment + rest)
    (tree / "complete").touch()
    return tree


def _import_again(options: Options, drive: Drive, count: int) -> tuple[list[float], int]:
    """The seconds of each re-import, and the downloads of all of them together."""
    folder, seconds = fresh_folder(options.work), []
    with (
        running_pixharbor(folder, drive_settings(drive)) as server,
        httpx.Client(base_url=server.url, timeout=60) as api,
        httpx.Client(base_url=drive.url, timeout=60) as emulator,
    ):
        link = drive.link("pictures")
        check_all_stored(look_until(api, start_import(api, link), is_finished, every=0.5), count)
        before = _downloads(emulator)
        for _ in range(options.rounds):
            began = time.monotonic()
            job = look_until(api, start_import(api, link), is_finished)
            seconds.append(time.monotonic() - began)
            if job["state"] != "completed" or job["balance"]["duplicate"] != count:
                raise AssertionError(f"expected {count} unchanged, got {job['balance']}")
        return seconds, _downloads(emulator) - before


def _downloads(emulator: httpx.Client) -> int:
    return int(emulator.get("/_emulator/counts").json()["downloads"])


if __name__ == "__main__":
    print_table(measure(read_options(__doc__)))
