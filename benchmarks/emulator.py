"""Downloads/s of 45 kB that the Drive emulator serves on one core, asked by wrk from the others."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import psutil
from make_tree import make_tree
from options import Options, read_options
from processes import Drive, running_drive
from report import Table, median, print_table, spread, verdict

AIM = 6_000
SECONDS = 4
CONNECTIONS = 32
MISSING = "not run: wrk is not installed (apt-get install wrk)"
_SCRIPT = """
local paths, next = {{}}, 0
for line in io.lines("{paths}") do paths[#paths + 1] = line end
request = function()
  next = next % #paths + 1
  return wrk.format("GET", paths[next])
end
done = function(summary)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.status + e.timeout
  print("summary", summary.requests, summary.bytes, summary.duration, failed)
end
"""


def measure(options: Options) -> Table:
    """Download all pictures again and again for a few seconds, `rounds` times."""
    columns = ("what", "downloads/s (median)", "all runs", "MB/s")
    title = "The Drive emulator by itself, on one core"
    command = f"python benchmarks/emulator.py {options.text}"
    if not shutil.which("wrk"):
        return Table(title, command, columns, [("alt=media", MISSING, "", "")])
    tree = make_tree(options)
    with running_drive(tree) as drive, tempfile.TemporaryDirectory() as folder:
        drive.process.cpu_affinity([0])
        script = _write_script(Path(folder), tree, drive)
        asked = [_ask(drive, script) for _ in range(options.rounds)]
    rates = [rate for rate, _ in asked]
    rate, volume = median(rates), median([volume for _, volume in asked]) / 1e6
    rows = [("alt=media", f"{rate:,.0f}", spread(rates), f"{volume:,.0f}")]
    return Table(title, command, columns, rows, [verdict(rate >= AIM, f"Aim ≥ {AIM:,}/s")])


def _write_script(folder: Path, tree: Path, drive: Drive) -> Path:
    """Tell wrk to go round all pictures."""
    names = [path.relative_to(tree).as_posix() for path in (tree / "pictures").rglob("*.jpg")]
    paths = [f"/drive/v3/files/{drive.folder_id(name)}?alt=media&key=wrk" for name in names]
    (folder / "paths").write_text("\n".join(paths))
    script = folder / "round.lua"
    script.write_text(_SCRIPT.format(paths=folder / "paths"))
    return script


def _ask(drive: Drive, script: Path) -> tuple[float, float]:
    """Run wrk once; answers downloads and bytes a second. Raises AssertionError for any but 200."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script), drive.url]
    asking = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    cores = os.cpu_count() or 1
    if cores > 1:
        psutil.Process(asking.pid).cpu_affinity(list(range(1, cores)))
    printed, _ = asking.communicate(timeout=SECONDS + 30)
    found = re.search(r"^summary\s+(\d+)\s+(\d+)\s+(\d+)\s+0$", printed, re.MULTILINE)
    if found is None:
        raise AssertionError(printed)
    requests, sent, microseconds = map(int, found.groups())
    return requests / microseconds * 1e6, sent / microseconds * 1e6


if __name__ == "__main__":
    print_table(measure(read_options(__doc__)))
