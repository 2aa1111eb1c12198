"""What a careful script does after `rclone copy`: sha256sum, fsync, a row for each file in SQLite.

`python benchmarks/same_work.py FOLDER DATABASE [--whole-disk]`. Each part is done as fast as these
tools allow: two sha256sum at once, fsync from sixteen threads (or `sync -f` once at the end, as no
import may that knows its first files before its last), all rows in one transaction.
"""

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FSYNC_THREADS = 16


def main() -> None:
    """Do all of it for one folder."""
    folder, database = Path(sys.argv[1]), Path(sys.argv[2])
    files = [path for path in folder.rglob("*") if path.is_file()]
    sums = _sha256sums(folder, files)
    if "--whole-disk" in sys.argv:
        subprocess.run(["sync", "-f", str(folder)], check=True)
    else:
        folders = {path.parent for path in files} | {folder}
        with ThreadPoolExecutor(FSYNC_THREADS) as threads:
            list(threads.map(_fsync, [*files, *folders]))
    _write_rows(database, files, sums)


def _sha256sums(folder: Path, files: list[Path]) -> dict[str, str]:
    """Hash by coreutils' sha256sum, on every core."""
    names = "\0".join(str(path) for path in files).encode()
    command = ["xargs", "-0", "-n", "500", "-P", str(os.cpu_count()), "sha256sum"]
    printed = subprocess.run(command, input=names, cwd=folder, capture_output=True, check=True)
    pairs = (line.split("  ", 1) for line in printed.stdout.decode().splitlines())
    return {name: digest for digest, name in pairs}


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)  # a folder, too
    os.fsync(descriptor)
    os.close(descriptor)


def _write_rows(database: Path, files: list[Path], sums: dict[str, str]) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE images (path TEXT PRIMARY KEY, size INTEGER, sha256 TEXT)")
    rows = [(str(path), path.stat().st_size, sums[str(path)]) for path in files]
    with connection:
        connection.executemany("INSERT INTO images VALUES (?, ?, ?)", rows)
    connection.close()


if __name__ == "__main__":
    main()
