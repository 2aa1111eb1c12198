"""Whether what failed in a job can be tried again."""

from pixharbor.errors import Conflict
from pixharbor.jobs.models import Job
from pixharbor.jobs.put_away import place_of
from pixharbor.jobs.states import FINISHED, JobState
from pixharbor.sources.base import Source
from pixharbor.sources.shelf import Shelving


def refuse_retry(job: Job, source: Source | None, *, folders_failed: int) -> Conflict | None:
    """Why another try could change nothing, or only for the worse: to be raised; None: it could.

    `folders_failed` are those that would be listed again.
    """
    if job.state == JobState.CANCELLED:
        return Conflict("A cancelled job is not retried: import again.", code="job_cancelled")
    if job.state not in FINISHED or not isinstance(source, Shelving):
        return None
    if job.options.get("dry_run"):  # it fetches nothing, and its archive waits for the run
        return None
    # What lay on the shelf for it is put away; listing the place once more may bring it again.
    if folders_failed and source.brings(place_of(job)):
        return None
    return Conflict(
        "The archive was deleted when its import ended.",
        code="archive_deleted",
        cure="Import it again: what is stored already is recognised.",
    )
