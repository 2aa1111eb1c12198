"""Every hour: delete what lies on the shelf and no job names, left by a process that was killed."""

import time
from typing import Final

import structlog
from sqlalchemy import select

from pixharbor.imports.shelf import PREFIX, key_of
from pixharbor.jobs.models import Job
from pixharbor.jobs.put_away import wants_shelf
from pixharbor.storage.base import Store
from pixharbor.unit_of_work import Work

log = structlog.get_logger()

SWEEP_SECONDS: Final = 3600
# Older than any upload whose job is not written down yet.
LEFTOVER_SECONDS: Final = 24 * 3600


async def sweep_shelf(work: Work, store: Store) -> None:
    """Any process may, at any moment: what it deletes is too old for anybody to be bringing it."""
    lying = {key_of(name): name async for name in store.keys(PREFIX)}
    old = {key: name for key, name in lying.items() if key and _is_old(key)}
    if not old:
        return
    async with work.read() as session:
        named = set(await session.scalars(select(Job.resource_key).where(wants_shelf())))
    left = [name for key, name in old.items() if key not in named]
    await store.delete_many(left)
    log.info("shelf.swept", archives=len(left))


def _is_old(key: str) -> bool:
    """By the key itself: a UUID of version 7 begins with the milliseconds of its making."""
    return int(key[:12], 16) / 1000 < time.time() - LEFTOVER_SECONDS
