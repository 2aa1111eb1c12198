"""Finds the programs that tests drive: named, installed, or installed now where that is allowed."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

REQUIRED = bool(os.environ.get("CI") or os.environ.get("REQUIRE_SERVICES"))


def find_program(name: str, *, package: str, lock_folder: Path) -> str:
    """The program's path: from NAME in the environment, from PATH, or from Debian's `package`.

    Without it the test is skipped with the reason; with CI or REQUIRE_SERVICES set it fails.
    """
    found = os.environ.get(name.upper()) or shutil.which(name)
    if found is None and REQUIRED and shutil.which("apt-get") and os.geteuid() == 0:
        with (lock_folder / f"{package}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one of several test processes installs
            found = shutil.which(name) or _install(name, package)
    if found:
        return found
    told = f"{name} is not here: apt-get install {package}, or set {name.upper()} to its path"
    if REQUIRED:
        pytest.fail(told)
    pytest.skip(told)


def _install(name: str, package: str) -> str | None:
    _run_quietly("apt-get", "update")
    _run_quietly("apt-get", "install", "-y", "--no-install-recommends", package)
    return shutil.which(name)


def _run_quietly(*command: str) -> None:
    """What goes wrong here is told by the program not being there afterwards."""
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
