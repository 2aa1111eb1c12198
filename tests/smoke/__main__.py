"""`make smoke`: import a real public folder of Google Drive and of Dropbox, and check every byte.

Needs the internet and keys of one's own; what is not set is not run, and says so.
"""

import asyncio
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harbour import FINISHED, Harbour, running_harbour

from pixharbor.runtime import Settings
from pixharbor.sources.checksums import new_checksum

# An hour is enough for the few hundred pictures that a smoke test is about.
SECONDS: Final = 3600
FEW: Final = 1000
NOT_SET: Final = 2


@dataclass(frozen=True, slots=True)
class Trial:
    """One provider: what has to be set for it, the last of which is the folder's link."""

    source: str
    needs: tuple[str, ...]
    how: str

    @property
    def link(self) -> str:
        """The folder that the operator chose."""
        return os.environ[self.needs[-1]]

    def missing(self) -> list[str]:
        """What is not set."""
        return [name for name in self.needs if not os.environ.get(name)]


TRIALS: Final = (
    Trial(
        "google_drive",
        ("GOOGLE_API_KEY", "SMOKE_GOOGLE_DRIVE_URL"),
        "a key of console.cloud.google.com/apis/credentials, and the link of a folder that is "
        "shared with “Anyone with the link”",
    ),
    Trial(
        "dropbox",
        ("DROPBOX_APP_KEY", "DROPBOX_APP_SECRET", "SMOKE_DROPBOX_URL"),
        "key and secret of an app of dropbox.com/developers/apps, and the link of a shared folder",
    ),
)


def main() -> int:
    """Run what is set up. 0: all of it is right; 1: something is wrong; 2: nothing is set up."""
    _forget_other_settings()
    ready = [trial for trial in TRIALS if not trial.missing()]
    for trial in TRIALS:
        if missing := trial.missing():
            _say(f"{trial.source}: NOT RUN. Set {' and '.join(missing)}: {trial.how}.")
    if not ready:
        return NOT_SET
    with tempfile.TemporaryDirectory(prefix="pixharbor-smoke-") as folder:
        return max(asyncio.run(_try(trial, Path(folder) / trial.source)) for trial in ready)


def _forget_other_settings() -> None:
    """Work in a folder of its own, whatever the environment says of database and store."""
    for name in Settings.model_fields:
        if not name.startswith(("google_", "dropbox_")):
            os.environ.pop(name.upper(), None)


async def _try(trial: Trial, data_dir: Path) -> int:
    """Import twice and check; 0 when all is right."""
    began = time.monotonic()
    async with running_harbour(data_dir) as harbour:
        answer, first = await _import(harbour, trial)
        if first is None:
            _say(f"{trial.source}: FAILED. {answer}")
            return 1
        seconds = time.monotonic() - began
        images = await harbour.images()
        wrong = [problem for image in images for problem in await _check_image(harbour, image)]
        wrong += _check_job(first, len(images))
        _, again = await _import(harbour, trial)
        if again is None or again["balance"]["stored"] or again["bytes_stored"]:
            wrong.append("the same folder, imported again, fetched something again")
    _report(trial, first, seconds, wrong)
    return 1 if wrong else 0


async def _import(harbour: Harbour, trial: Trial) -> tuple[str, dict[str, Any] | None]:
    """The finished job; None, and why, when there is none. The books balance at every look."""
    request = {"source": trial.source, "location": trial.link}
    answer = await harbour.api.post("/api/v1/imports", json=request)
    if answer.is_error:
        problem = answer.json()
        return f"{problem['detail']} {problem.get('cure') or ''}", None
    ends = (*FINISHED, "paused")
    job = await harbour.until(answer.json()["id"], lambda job: job["state"] in ends, SECONDS)
    if job["state"] not in FINISHED:
        return f"The import is paused: {job['pause']['message']}", None
    return "", job


async def _check_image(harbour: Harbour, image: Mapping[str, Any]) -> list[str]:
    """Hold the bytes that pixharbor gives out against its own hash and the provider's."""
    body = await harbour.original(dict(image))
    info = (await harbour.api.get(f"/api/v1/images/{image['image_id']}/info")).json()
    name, wrong = image["name"], []
    if hashlib.sha256(body).hexdigest() != info["sha256"]:
        wrong.append(f"{name}: other bytes than were stored")
    checksum = new_checksum(info["provider_hash"])
    if checksum:
        checksum.update(body)
        agrees = checksum.hexdigest() == info["provider_hash"].partition(":")[2]
        if not agrees and not info["source_checksum_mismatch"]:
            wrong.append(f"{name}: other bytes than the provider listed")
    return wrong


def _check_job(job: Mapping[str, Any], images: int) -> Iterable[str]:
    balance = job["balance"]
    if job["state"] == "failed":
        yield f"the job failed: {job['error']['message']}"
    if not balance["stored"]:
        yield "no image was stored; choose a folder with some"
    if images < FEW and balance["stored"] != images:
        yield f"{balance['stored']} images are said to be stored, and there are {images}"
    if balance["failed"] or balance["folders"]["failed"]:
        yield f"{balance['failed']} files and {balance['folders']['failed']} folders failed"


def _report(trial: Trial, job: Mapping[str, Any], seconds: float, wrong: list[str]) -> None:
    balance = {name: count for name, count in job["balance"].items() if count}
    _say(f"{trial.source}: {'FAILED' if wrong else 'passed'}. “{job['name']}” in {seconds:.1f} s")
    _say(f"  {job['state']}, {job['bytes_stored']} bytes, {balance}")
    for reason in job["reasons"]:
        _say(f"  {reason['count']} {reason['state']}, {reason['reason']}: {reason['sentence']}")
    for problem in wrong:
        _say(f"  wrong: {problem}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
