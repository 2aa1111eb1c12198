"""Failpoints: they kill the process that is told to die, at the step it is told, and no other."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pixharbor import failpoints

STEPS = """
import sys
from pixharbor.failpoints import reached
for number in range(1, 10):
    print(number, flush=True)
    reached("claimed")
    reached("listed")
"""


def last_number(failpoint: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How far a process came that passes two steps nine times, and its exit code."""
    monkeypatch.setenv("FAILPOINT", failpoint)
    ran = subprocess.run(
        [sys.executable, "-c", STEPS], capture_output=True, text=True, check=False, timeout=60
    )
    return int(ran.stdout.split()[-1]), ran.returncode


def test_the_process_dies_at_the_seventh_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    assert last_number("claimed:7", monkeypatch) == (7, -9)


def test_with_a_fuse_one_process_dies_and_takes_it_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fuse = tmp_path / "fuse"
    fuse.touch()
    assert last_number(f"listed:2@{fuse}", monkeypatch) == (2, -9)
    assert not fuse.exists()
    assert last_number(f"listed:2@{fuse}", monkeypatch) == (9, 0)


def test_without_the_variable_a_step_does_nothing() -> None:
    assert failpoints.reached is failpoints._go_on


@pytest.mark.parametrize("given", ["claimed", "claimed:", "nowhere:1", "claimed:-1"])
def test_a_misspelt_failpoint_is_refused(given: str) -> None:
    arm: Callable[[str], object] = failpoints.arm
    with pytest.raises(ValueError, match="expected STEP:TIMES"):
        arm(given)
