"""The command line as a whole: every command is there, and none carries what the others use."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from pixharbor.cli.main import COMMANDS, HIDDEN, app

CLI = CliRunner()


def test_the_help_names_every_command() -> None:
    told = CLI.invoke(app, ["--help"], env={"TERMINAL_WIDTH": "100"}).output
    assert "A self-hosted harbour for images." in told
    assert {name for name in COMMANDS if f"│ {name} " in told} == COMMANDS.keys() - HIDDEN


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_how_it_is_used(name: str) -> None:
    told = CLI.invoke(app, [name, "--help"])
    assert told.exit_code == 0, told.output
    assert f"Usage: pixharbor {name}" in told.output


def test_a_misspelt_command_is_answered_with_the_nearest() -> None:
    told = CLI.invoke(app, ["job"])
    assert told.exit_code == 2
    assert "No such command 'job'. Did you mean 'jobs'?" in told.output


def test_a_server_does_not_carry_what_other_commands_use() -> None:
    look = (
        "import sys; from pixharbor.cli import main; main._load('serve'); "
        "print(*{module.partition('.')[0] for module in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, check=True, text=True
    ).stdout.split()
    assert "uvicorn" in loaded
    assert not {"PIL", "httpx", "pixharbor_emulators"} & set(loaded)
