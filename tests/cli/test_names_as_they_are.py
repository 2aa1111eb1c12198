"""What is printed is what it is called: a name is never taken for a style."""

from typing import Any

import pytest

from pixharbor.cli.console import complain
from pixharbor.cli.plan import print_plan
from pixharbor.cli.progress import print_balance
from pixharbor.errors import BadInput

NAMES = ("2019 [final]", "[/x]", ":cat:", "[link=https://evil.example]here[/link]")


@pytest.mark.parametrize("name", NAMES)
def test_an_error_names_a_file_as_it_is_called(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    complain(BadInput(f"{name} is not JSON.", cure=f"Give {name} as downloaded."))
    told = capsys.readouterr().err
    assert f"Error: {name} is not JSON." in told
    assert f"Give {name} as downloaded." in told


@pytest.mark.parametrize("name", NAMES)
def test_a_balance_sheet_names_folders_and_reasons_as_they_are(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_balance(failing_job(name))
    told = capsys.readouterr().err
    assert told.count(name) == 3
    assert "1 could not be listed" in told


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_names_folders_and_types_as_they_are(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    types = [{"type": name, "files": 1, "bytes": 1}]
    plan = {"files": 1, "bytes": 1, "types": types, "files_without_size": 0, "quota": None}
    print_plan(failing_job(name) | {"plan": plan})
    told = capsys.readouterr()
    assert name in told.out
    assert name in told.err


def test_a_name_commands_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    name = "\x1b]0;yours\x07\x1b[2J\x9b2Jcat\r.jpg"
    print_balance(failing_job(name))
    complain(BadInput(f"{name} is not JSON."))
    told = capsys.readouterr().err
    assert not {"\x1b", "\x07", "\x9b", "\r"} & set(told)
    assert "␛]0;yours" in told
    assert "cat" in told


def failing_job(name: str) -> dict[str, Any]:
    """A job in whose answer `name` stands wherever a provider's words may stand."""
    fates = ("stored", "duplicate", "skipped", "failed", "gone", "cancelled", "pending")
    reason = {"state": "failed", "count": 1, "reason": "odd", "sentence": name, "cure": ""}
    return {
        "id": "1", "state": "partial", "bytes_stored": 0, "reasons": [reason],
        "balance": dict.fromkeys(fates, 0)
        | {"listed": 1, "failed": 1, "folders": {"listed": 1, "failed": 1}},
        "at_source": {"gone": 0, "back": 0, "superseded": 0},
        "failed_folders": [{"path": name, "message": "is away"}],
        "error": {"message": name, "cure": ""},
    }  # fmt: skip


def test_folders_that_the_answer_does_not_name_are_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    job = failing_job("closed")
    job["balance"]["folders"]["failed"] = 24
    print_balance(job)
    assert "And 23 more: pixharbor jobs report 1" in capsys.readouterr().err
