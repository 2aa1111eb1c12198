"""Let go of what a source keeps on its shelf for imports, when none of them wants it any more."""

from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import ColumnElement, and_, exists, or_, select

from pixharbor.jobs.models import Job
from pixharbor.jobs.states import FINISHED, JobState
from pixharbor.sources.accounts import SourcesOfJobs
from pixharbor.sources.base import Location
from pixharbor.sources.shelf import Shelving
from pixharbor.storage.base import StoreError
from pixharbor.unit_of_work import Work

log = structlog.get_logger()

# So long a dry run can be made the import that it planned. An older listing tells too little about
# the source of today.
PLAN_HOLDS: Final = timedelta(days=1)
# One that is made it in the last moment is written down a moment later.
_STARTING: Final = timedelta(minutes=10)


def wants_shelf() -> ColumnElement[bool]:
    """Whether a job may still read what lies on the shelf for it."""
    is_plan = and_(
        Job.options["dry_run"].as_boolean(),
        Job.state.in_((JobState.COMPLETED, JobState.PARTIAL)),
        Job.finished_at > datetime.now(UTC) - PLAN_HOLDS - _STARTING,
    )
    return or_(Job.state.not_in(FINISHED), is_plan)


async def put_away(location: Location, sources: SourcesOfJobs, *, work: Work) -> None:
    """An import of this place has ended, or was never written down.

    A store that is away does not matter: imports/sweep_shelf.py finds what stays there.
    """
    source = await sources.look_up(location.source, None)
    if not isinstance(source, Shelving):
        return
    same = and_(Job.source == location.source, Job.resource_key == location.resource_key)
    async with work.read() as session:
        if await session.scalar(select(exists().where(same, wants_shelf()))):
            return
    try:
        await source.put_away(location)
    except (StoreError, OSError) as error:
        log.warning("shelf.not_cleared", key=location.resource_key, error=str(error))


def place_of(job: Job) -> Location:
    """The place of a job, as its source knows what it keeps for it."""
    return Location(job.source, job.place, resource_key=job.resource_key)
