"""Say why an active job stands still: something is tried again and again, and nobody sees it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from pixharbor.jobs.models import Job
from pixharbor.jobs.states import ACTIVE
from pixharbor.unit_of_work import Work

# A note says itself again while its ground lasts; without that it is forgotten after this long.
NOTE_SECONDS = 10


async def note_trouble(work: Work, job_id: UUID, note: str, *, seconds: float = 0) -> None:
    """Let the job's answers show the note, for `seconds` and a little longer."""
    until = datetime.now(UTC) + timedelta(seconds=seconds + NOTE_SECONDS)
    async with work() as unit:
        await unit.session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state.in_(ACTIVE))
            .values(note=note, note_until=until)
        )
