"""The Dropbox emulator as a program of its own: in a terminal, with https, and in the help."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pixharbor.cli.main import app as command_line
from pixharbor_emulators.dropbox_faults import ABOUT, NAMES, parse_fault

PAGE = Path(__file__).parents[2] / "docs" / "emulators.md"


def test_it_prints_its_address_and_the_link(album: Path) -> None:
    command = [sys.executable, "-m", "pixharbor_emulators.dropbox", str(album), "--warm"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
        finally:
            process.terminate()
            process.wait(timeout=30)
    assert re.fullmatch(
        r"http://127\.0\.0\.1:\d+/2 https://www\.dropbox\.com/scl/fo/\w+/\w+\?rlkey=\w+\S*\n", line
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--fault", "nonsense"], "known are none, rate, storm"),
        (["--fault", "storm:colour=3"], "has no such option"),
        (["--fault", "storm:much"], "'much' is not a number"),
    ],
)
def test_what_makes_no_sense_is_told_at_once(album: Path, arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(command_line, ["emulate", "dropbox", str(album), *arguments])
    assert result.exit_code == 1
    assert told in " ".join(result.output.split())


def test_a_certificate_needs_its_key(album: Path) -> None:
    arguments = ["emulate", "dropbox", str(album), "--cert", str(album / "notes.txt")]
    assert CliRunner().invoke(command_line, arguments).exit_code == 2


def test_the_help_and_the_page_tell_of_every_fault() -> None:
    told = CliRunner().invoke(command_line, ["emulate", "dropbox", "--help"]).output
    part = PAGE.read_text().partition("## Dropbox")[2].partition("\n## ")[0]
    page = dict(re.findall(r"^\| `([\w-]+)` \| ([^|]+?) \|", part, re.MULTILINE))
    assert page == ABOUT
    for name in ABOUT:
        assert re.search(rf"^\W*{name}: ", told, re.MULTILINE), name


@pytest.mark.parametrize("name", [name for name in NAMES if name != "none"])
def test_every_fault_is_known_by_its_name(name: str) -> None:
    fault = parse_fault(name)
    assert fault is not None
    assert fault.name == name
