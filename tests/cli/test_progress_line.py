"""The line behind the progress bar: times are told as everywhere else."""

from typing import Any

from pixharbor.cli.progress import _describe


def test_the_time_to_go_is_told_in_units_and_the_limit_in_the_apis_words() -> None:
    job: dict[str, Any] = {
        "balance": {"listed": 600_000, "pending": 599_990, "failed": 0},
        "bytes_stored": 0,
        "images_per_second": 27.0,
        "eta_seconds": 22_231.4,
        "quota": {"sentence": "at Google's limit this needs 6 h 10 min"},
        "pause": None,
    }
    told = _describe(job)
    assert "6 h 10 min to go" in told
    assert told.endswith("at Google's limit this needs 6 h 10 min")
