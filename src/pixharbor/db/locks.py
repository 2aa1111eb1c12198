"""Locks by name, for what no row stands for yet: a request that comes twice, say."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def lock_names(session: AsyncSession, *names: str) -> None:
    """Until this transaction ends, nobody else gets past here with one of these names.

    SQLite needs none of it: its transaction is the only one that writes.
    """
    if (await session.connection()).dialect.name == "postgresql":
        for name in sorted(names):  # one order: no deadlocks
            await session.execute(select(func.pg_advisory_xact_lock(_key(name))))


async def share_name(session: AsyncSession, name: str) -> None:
    """Until this transaction ends, nobody gets past lock_names with this name; others share it."""
    if (await session.connection()).dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock_shared(_key(name))))


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
