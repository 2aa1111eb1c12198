"""Start an import over the API and look at it until it is as wanted."""

import time
from collections.abc import Callable
from typing import Any

import httpx

FINISHED = ("completed", "partial", "failed", "cancelled")
LONGEST_SECONDS = 900.0


def start_import(api: httpx.Client, link: str) -> str:
    """POST the link as S0 shows it; answers the job's id."""
    source = "dropbox" if "dropbox.com" in link else "google-drive"
    answer = api.post(f"/import/{source}", json={"folder_url": link})
    answer.raise_for_status()
    return str(answer.json()["task_id"])


def look_until(
    api: httpx.Client, job_id: str, holds: Callable[[dict[str, Any]], bool], every: float = 0.1
) -> dict[str, Any]:
    """Look at the job every so many seconds. Raises TimeoutError."""
    ends = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < ends:
        job: dict[str, Any] = api.get(f"/api/v1/jobs/{job_id}").raise_for_status().json()
        if holds(job):
            return job
        time.sleep(every)  # between two looks over HTTP: it has no event to wait for
    raise TimeoutError(f"job {job_id} took longer than {LONGEST_SECONDS:.0f} s")


def is_finished(job: dict[str, Any]) -> bool:
    """Whether nothing of the job is left to do."""
    return job["state"] in FINISHED


def check_all_stored(job: dict[str, Any], count: int) -> None:
    """A figure counts only when every picture came in. Raises AssertionError."""
    balance = job["balance"]
    if job["state"] != "completed" or balance["stored"] != count:
        raise AssertionError(f"expected {count} stored, got {job['state']}: {balance}")
