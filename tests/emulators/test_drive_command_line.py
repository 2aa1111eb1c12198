"""The emulator as a program of its own."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from pixharbor_emulators.google_drive import create_app, main

SOURCES = Path(__file__).parents[2] / "src"


async def test_it_says_where_it_listens_serves_and_ends_on_a_signal(album: Path) -> None:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pixharbor_emulators.google_drive"),
        *(str(album), "--fault", "truncated", "--fault", "slow:seconds=0", "--warm"),
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
    )
    assert program.stdout
    api_url, folder_link = (await program.stdout.readline()).decode().split()
    app = create_app(album)
    assert folder_link == app.folder_link
    app.close()
    async with httpx.AsyncClient(trust_env=False) as client:
        url = f"{api_url}/files/{app.tree.file_id('a.jpg')}"
        answer = await client.get(url, params={"key": "k", "alt": "media"})
    assert len(answer.content) == 22_500
    program.send_signal(signal.SIGTERM)
    await asyncio.wait_for(program.wait(), 10)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["/no/such/folder"], "No such file"), ([".", "--fault", "hail"], "unknown fault 'hail'")],
)
def test_a_wrong_command_line_is_told_in_a_sentence(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err
