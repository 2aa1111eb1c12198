"""Copies what is committed from SQLite's log into its database, beside the writers."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog

log = structlog.get_logger()

# So many commits of a process are behind one checkpoint: some 20 MB where a folder is listed.
COMMITS = 8
# Pages of the log at which a commit makes the checkpoint itself: 64 MB, where all others are late.
PAGES_AT_MOST = 16_000


class Checkpoints:
    """Begins one after every few commits, in a thread.

    SQLite itself makes them within a commit, and waits for the disk twice: 40 to 100 ms in which
    nobody else can write, a sixth of the time that a listing takes.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._commits = 0
        self._under_way: asyncio.Task[None] | None = None

    def committed(self) -> None:
        """Count a commit."""
        self._commits += 1
        if self._commits >= COMMITS and (self._under_way is None or self._under_way.done()):
            self._commits = 0
            self._under_way = asyncio.create_task(asyncio.to_thread(self._copy))

    async def finish(self) -> None:
        """Wait for the one that is under way."""
        if self._under_way:
            await self._under_way

    def _copy(self) -> None:
        """As far as no reader needs the older pages; what is left waits for the next time."""
        try:
            with closing(sqlite3.connect(self._database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            log.warning("database.no_checkpoint", says=str(error))
