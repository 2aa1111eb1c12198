"""What runs or was kept is never lost to a second start, and no command listens to the world."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import httpx
import pytest
from harbour import until
from server import free_port


async def start(folder: Path, *words: str, **settings: str) -> asyncio.subprocess.Process:
    """Start a command of pixharbor on `folder`."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pixharbor.cli.main", *words,
        env=os.environ | {"DATA_DIR": str(folder)} | settings, cwd=folder.parent,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def refused(folder: Path, *words: str, **settings: str) -> str:
    """What a command says that ends at once, as one that may not start does."""
    process = await start(folder, *words, **settings)
    _, told = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1, told
    return " ".join(told.decode().split())


async def test_a_second_demo_leaves_the_running_one_alone(tmp_path: Path) -> None:
    port = free_port()
    first = await start(tmp_path / "data", "demo", "--port", str(port))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as api:

            async def kept() -> int | None:
                try:
                    return (await api.get("/images")).json()["total"] or None
                except httpx.TransportError:
                    return None

            before = await until(kept)
            for other in (port, free_port()):
                told = await refused(tmp_path / "data", "demo", "--exit", "--port", str(other))
                assert "a demo is running" in told
                assert "Ctrl-C" in told
            after = await kept()
            assert after is not None
            assert after >= before
    finally:
        first.terminate()
        await asyncio.wait_for(first.communicate(), 60)


async def test_a_demo_whose_port_is_taken_keeps_what_the_last_one_brought(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "demo" / "pixharbor.db"
    kept.parent.mkdir(parents=True)
    kept.write_text("rows")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        told = await refused(tmp_path / "data", "demo", "--exit", "--port", port)
    assert f"PORT: {port} is taken" in told
    assert kept.read_text() == "rows"


@pytest.mark.parametrize("command", ["demo", "serve"])
async def test_no_command_listens_to_the_world_without_accounts(
    tmp_path: Path, command: str
) -> None:
    port = str(free_port())
    told = await refused(tmp_path / "data", command, HOST="0.0.0.0", PORT=port)
    assert "HOST: 0.0.0.0 can be reached from outside" in told
    assert "ALLOW_INSECURE=1" in told
