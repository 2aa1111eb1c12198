"""What is logged is one line an event, whatever the names in it are."""

from collections.abc import Iterator

import pytest
import structlog

from pixharbor.logs import LogSettings, set_up_logs


@pytest.fixture(autouse=True)
def _leave_logs_as_they_were() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    set_up_logs(LogSettings(log_level="warning"))


def test_a_name_neither_acts_nor_forges_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings())
    structlog.get_logger().warning("folder.failed", path="a\x1b[2J\nfolder.failed path=b")
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "\x1b" not in told
    assert "a␛[2J␊folder.failed" in told


def test_a_traceback_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings())
    try:
        _fall("\x1b[2J")
    except ValueError:
        structlog.get_logger().exception("task.crashed")
    told = capsys.readouterr().err
    assert "\n  File " in told
    assert "ValueError: ␛[2J" in told


def _fall(why: str) -> None:
    raise ValueError(why)
