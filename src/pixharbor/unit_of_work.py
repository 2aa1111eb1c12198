"""The unit of work: one request or task is one transaction; wake-ups are sent after the commit."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import groupby
from operator import itemgetter

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.engine import Database
from pixharbor.errors import Unavailable
from pixharbor.failpoints import reached
from pixharbor.transports.base import Publisher, WakeUp

log = structlog.get_logger()


class UnitOfWork:
    """A transaction, and the wake-ups that are sent once it is committed.

    `window` is the transport's: how many tasks of a job may be announced for each process.
    """

    def __init__(self, session: AsyncSession, window: int) -> None:
        self.session = session
        self.window = window
        self._wake_ups: list[tuple[str, WakeUp]] = []

    def wake(self, queue: str, wake_up: WakeUp) -> None:
        """Send this when the transaction has been committed, and not otherwise."""
        self._wake_ups.append((queue, wake_up))

    def by_queue(self) -> dict[str, list[WakeUp]]:
        """What is to be sent, in the order it was added."""
        ordered = sorted(self._wake_ups, key=itemgetter(0))
        return {
            queue: [wake_up for _, wake_up in group]
            for queue, group in groupby(ordered, key=itemgetter(0))
        }


class Work:
    """Opens units of work on a database and a transport; what the steps are given.

    An `urgent` one is for requests: a person waits, so it goes before background work.
    """

    def __init__(self, database: Database, transport: Publisher, *, urgent: bool = False) -> None:
        self._database = database
        self._transport = transport
        self._urgent = urgent

    @asynccontextmanager
    async def __call__(self, *, durable: bool = False) -> AsyncIterator[UnitOfWork]:
        """Begin; commit and send at the end of the block, or undo if it raises.

        `durable` is for rows that name bytes which are durable already (Database.write).
        """
        async with self._database.write(durable=durable, urgent=self._urgent) as session:
            unit = UnitOfWork(session, self._transport.window)
            yield unit
        reached("committed")
        # A crash or a queue server away between commit and publish loses nothing: the reconciler
        # announces what nobody has heard of again (jobs/resume_stalled.py).
        for queue, wake_ups in unit.by_queue().items():
            try:
                await self._transport.publish(queue, wake_ups)
            except Unavailable as error:
                log.warning("publish.failed", queue=queue, error=error.message)
            reached("published")

    def read(self, *, briefly: bool = False) -> AbstractAsyncContextManager[AsyncSession]:
        """A session for questions alone; it never waits for a writer (Database.read)."""
        return self._database.read(briefly=briefly)
