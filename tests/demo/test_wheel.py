"""The wheel: built from this tree, installed by itself, it shows the demo far from the sources."""

import asyncio
import os
import re
import sys
from pathlib import Path

from server import free_port

import pixharbor

ROOT = Path(__file__).parents[2]
WHERE = "import pixharbor; print(pixharbor.__file__)"


async def run(*command: str | Path, cwd: Path, **settings: str) -> str:
    """Run a command to its end; answers what it said."""
    running = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=os.environ | settings,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said = (await running.communicate())[0].decode()
    assert running.returncode == 0, said
    return said


async def test_the_wheel_alone_shows_the_demo_and_its_page_s0_62(tmp_path: Path) -> None:
    """Its dependencies are those of this environment: that the lock has them all, CI shows."""
    assert (Path(pixharbor.__file__).parent / "page" / "index.html").is_file(), "run make page"
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path)
    built = await run(*build, cwd=ROOT, PIXHARBOR_SKIP_PAGE="1")
    wheel = tmp_path / built.split()[-1]
    installed = tmp_path / "installed"
    install = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index")
    await run(*install, "--target", installed, wheel, cwd=tmp_path)
    alone = {"PYTHONPATH": str(installed), "HOME": str(tmp_path), "DATA_DIR": str(tmp_path / "d")}
    assert str(installed) in await run(sys.executable, "-c", WHERE, cwd=tmp_path, **alone)
    demo = (sys.executable, "-m", "pixharbor.cli.main", "demo", "--exit")
    said = await run(*demo, "--port", str(free_port()), cwd=tmp_path, **alone)
    assert re.search(r"63\s*=\s*55 \+ 1 \+ 4 \+ 2 \+ 1 \+ 0 \+ 0", said), said
    assert (installed / "pixharbor" / "page" / "index.html").is_file()
