"""Pause an import that its source or its store stops: why it waits, and until when if known."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.connections.keep_connection import reconnected_since
from pixharbor.jobs.control import pause
from pixharbor.jobs.models import Job
from pixharbor.sources.base import SourceError
from pixharbor.storage.base import StoreError

# A store that was full or away is tried again by itself after this long.
STORE_PAUSE = timedelta(seconds=30)


async def pause_import(session: AsyncSession, job: Job, error: SourceError | StoreError) -> None:
    """Write it down, unless what was wrong has been put right meanwhile. The job is active."""
    if isinstance(error, StoreError):
        message, until = f"{error.message} {error.cure}", datetime.now(UTC) + STORE_PAUSE
        await pause(session, job, reason=error.code, message=message, until=until)
    elif not await reconnected_since(session, job, error):
        await pause(session, job, reason=error.reason, message=error.message, until=error.until)
