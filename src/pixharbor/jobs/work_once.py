"""Idempotency keys: the same request, sent again within a day, gets the job it made before."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.errors import BadInput
from pixharbor.jobs.models import IdempotencyKey

KEEP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The caller's Idempotency-Key, for one owner and route, and what was asked with it."""

    owner: int
    route: str
    key: str
    body: bytes

    @property
    def body_sha256(self) -> str:
        """Tells a repeated request from another one with a borrowed key."""
        return hashlib.sha256(self.body).hexdigest()


async def job_of_request(session: AsyncSession, request_key: RequestKey | None) -> UUID | None:
    """The job that this request made before. Raises BadInput when the key was for another body."""
    if request_key is None:
        return None
    known = await session.get(
        IdempotencyKey, (request_key.owner, request_key.route, request_key.key)
    )
    if known is None or known.created_at < datetime.now(UTC) - KEEP:
        return None
    if known.body_sha256 != request_key.body_sha256:
        raise BadInput(
            "This Idempotency-Key was used for another request.",
            code="idempotency_key_reused",
            cure="Send a new key with every new request.",
        )
    return known.job_id


async def remember_request(
    session: AsyncSession, request_key: RequestKey | None, job_id: UUID
) -> None:
    """Keep the answer, in the transaction that makes the job; forget what is older than a day."""
    if request_key is None:
        return
    await session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.created_at < datetime.now(UTC) - KEEP)
    )
    await session.merge(
        IdempotencyKey(
            owner=request_key.owner,
            route=request_key.route,
            key=request_key.key,
            body_sha256=request_key.body_sha256,
            job_id=job_id,
            created_at=datetime.now(UTC),
        )
    )
