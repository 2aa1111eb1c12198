"""Images/s from a list of web addresses on one host; peers: img2dataset, rclone.

img2dataset is installed by pip into a virtual environment of its own below --work, once.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from import_drive import FOLDER, Run, children_cpu, fresh_folder
from jobs import check_all_stored, is_finished, look_until
from make_tree import make_tree
from options import Options, read_options
from processes import Drive, MemorySampler, running_drive, running_pixharbor
from report import Table, median, print_table, spread

# What each side has under way at the host at a time; pixharbor's default of 8 is for strangers.
AT_ONCE = 64
# `rclone copyurl` is a process for each address: it gets a part of the list, and is told by rate.
COPYURL_PART = 10
RCLONE_MISSING = "rclone is not installed, so it is no peer: apt-get install rclone"
_INSTALL_SECONDS, _LONGEST_SECONDS = 900, 1800

Side = Callable[[Drive, list[str], Path], Run]


def measure(options: Options) -> Table:
    """Run all sides in turns, `rounds` times each, with one list."""
    tree = make_tree(options)
    sides: dict[str, tuple[Side, int]] = {"pixharbor": (run_pixharbor, 1)}
    notes = [
        f"{AT_ONCE} requests at a time everywhere; the host is one process on the same cores",
        "pixharbor verifies, hashes, reads headers, syncs and keeps books; the others write files",
    ]
    img2dataset = find_img2dataset(options.work)
    if isinstance(img2dataset, Path):
        sides["img2dataset"] = (lambda *given: run_img2dataset(img2dataset, *given), 1)
        notes.append("img2dataset: --resize_mode no --disable_all_reencoding, as files")
    else:
        notes.append(img2dataset)
    if shutil.which("rclone"):
        sides["rclone copy --files-from"] = (run_rclone_copy, 1)
        sides["rclone copyurl, one each"] = (run_rclone_copyurl, COPYURL_PART)
        notes.append(f"rclone copyurl: 1/{COPYURL_PART} of the list, a process for each address")
    else:
        notes.append(RCLONE_MISSING)
    rates: dict[str, list[float]] = {name: [] for name in sides}
    runs: dict[str, list[Run]] = {name: [] for name in sides}
    with running_drive(tree) as drive:
        urls = list_urls(drive, tree)
        for _ in range(options.rounds):
            for name, (side, part) in sides.items():
                few = urls[: len(urls) // part]
                run = side(drive, few, fresh_folder(options.work))
                runs[name].append(run)
                rates[name].append(len(few) / run.seconds)
    return _table(options, rates, runs, {name: part for name, (_, part) in sides.items()}, notes)


def list_urls(drive: Drive, tree: Path) -> list[str]:
    """The address of every picture, in the order of their names."""
    paths = sorted((tree / FOLDER).rglob("*.jpg"))
    return [f"{drive.url}/plain/{path.relative_to(tree).as_posix()}" for path in paths]


def find_img2dataset(work: Path) -> Path | str:
    """The program, installed if it is not there; a sentence when it cannot be had."""
    home = work / "img2dataset"
    program = home / "bin" / "img2dataset"
    if program.exists():
        return program
    python = home / "bin" / "python"
    commands = (
        [sys.executable, "-m", "venv", str(home)],
        [str(python), "-m", "pip", "install", "--quiet", "img2dataset"],
    )
    try:
        for command in commands:
            subprocess.run(command, check=True, timeout=_INSTALL_SECONDS)
        subprocess.run([str(program), "--help"], check=True, capture_output=True, timeout=120)
    except (OSError, subprocess.SubprocessError) as error:
        program.unlink(missing_ok=True)
        return f"img2dataset could not be installed ({type(error).__name__}), so it is no peer"
    return program


def run_pixharbor(drive: Drive, urls: list[str], folder: Path) -> Run:
    """Bring the list and import it, until the job says completed."""
    settings = {"ALLOW_PRIVATE_ADDRESSES": "127.0.0.1", "WEB_URLS_PER_HOST": str(AT_ONCE)}
    with (
        running_pixharbor(folder, settings) as server,
        httpx.Client(base_url=server.url, timeout=60) as api,
        MemorySampler(server) as memory,
    ):
        cpu, server_cpu, began = server.cpu_seconds(), drive.cpu_seconds(), time.monotonic()
        files = {"file": ("urls.txt", "\n".join(urls).encode())}
        kept = api.post("/api/v1/url-lists", files=files).raise_for_status().json()
        wanted = {"location": kept["location"]}
        job_id = api.post("/api/v1/imports", json=wanted).raise_for_status().json()["id"]
        job = look_until(api, job_id, is_finished)
        seconds = time.monotonic() - began
        check_all_stored(job, len(urls))
        ours, theirs = server.cpu_seconds() - cpu, drive.cpu_seconds() - server_cpu
        return Run(seconds, ours, theirs, max(memory.peak, server.memory()))


def run_img2dataset(program: Path, drive: Drive, urls: list[str], folder: Path) -> Run:
    """Download without resizing; two processes for the two cores of most such machines."""
    listed = folder / "urls.txt"
    listed.write_text("\n".join(urls))
    processes = os.cpu_count() or 1
    command = [
        *(str(program), "--url_list", str(listed), "--input_format", "txt"),
        *("--output_folder", str(folder / "out"), "--output_format", "files"),
        *("--resize_mode", "no", "--disable_all_reencoding", "True"),
        *("--processes_count", str(processes), "--thread_count", str(AT_ONCE // processes)),
        *("--number_sample_per_shard", str(-(-len(urls) // processes))),
        *("--enable_wandb", "False"),
    ]
    return _run_command(drive, command, folder / "out", len(urls))


def run_rclone_copy(drive: Drive, urls: list[str], folder: Path) -> Run:
    """One rclone for the whole list; it asks HEAD for each file before."""
    base = f"{drive.url}/plain/{FOLDER}/"
    listed = folder / "urls.txt"
    listed.write_text("\n".join(url.removeprefix(base) for url in urls))
    out = folder / "out"
    command = [
        *("rclone", "copy", "--config", "", "--transfers", str(AT_ONCE)),
        *("--checkers", str(AT_ONCE), "--files-from-raw", str(listed), "--no-traverse"),
        *("--http-url", base, ":http:", str(out)),
    ]
    return _run_command(drive, command, out, len(urls))


def run_rclone_copyurl(drive: Drive, urls: list[str], folder: Path) -> Run:
    """One rclone for each address, by xargs."""
    listed = folder / "urls.txt"
    listed.write_text("\n".join(urls))
    out = folder / "out"
    command = [
        *("xargs", "-a", str(listed), "-P", str(AT_ONCE), "-I", "{}"),
        *("rclone", "copyurl", "--config", "", "--auto-filename", "{}", str(out)),
    ]
    return _run_command(drive, command, out, len(urls))


def _run_command(drive: Drive, command: list[str], out: Path, count: int) -> Run:
    cpu, server_cpu, began = children_cpu(), drive.cpu_seconds(), time.monotonic()
    with (out.parent / "log").open("wb") as log:
        subprocess.run(
            command, check=True, timeout=_LONGEST_SECONDS, stdout=log, stderr=subprocess.STDOUT
        )
    seconds = time.monotonic() - began
    copied = sum(1 for path in out.rglob("*.jpg") if path.stat().st_size)
    if copied != count:
        raise AssertionError(f"expected {count} files of {command[0]}, got {copied}")
    return Run(seconds, children_cpu() - cpu, drive.cpu_seconds() - server_cpu)


def _table(
    options: Options,
    rates: dict[str, list[float]],
    runs: dict[str, list[Run]],
    parts: dict[str, int],
    notes: list[str],
) -> Table:
    ours = median(rates["pixharbor"])
    rows = []
    for name, each in rates.items():
        files = options.count // parts[name]
        cpu = median([run.cpu for run in runs[name]]) / files * 1e6
        ratio = "" if name == "pixharbor" else f"{ours / median(each):.2f}"
        rows.append((name, f"{median(each):,.0f}", spread(each), ratio, f"{cpu:,.0f}"))
    return Table(
        f"Import of a list of {options.count:,} addresses on one host",
        f"python benchmarks/url_list.py {options.text}",
        ("side", "images/s", "all runs", "pixharbor is … times as fast", "CPU µs an image"),
        rows,
        notes,
    )


def main() -> None:
    """Measure and print."""
    print_table(measure(read_options(__doc__)))


if __name__ == "__main__":
    main()
