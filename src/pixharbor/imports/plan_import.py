"""The end of a dry run: what an import would bring, counted by what its listing says."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.jobs.models import Item
from pixharbor.jobs.states import ItemState

# Kinds of file that are told one by one; the rest is told together.
TOLD_TYPES: Final = 20


async def plan_import(session: AsyncSession, job_id: UUID) -> dict[str, Any]:
    """What is still to be fetched: files, bytes, and both by the types that the source declares."""
    files, size = func.count(), func.coalesce(func.sum(Item.size), 0)
    rows = await session.execute(
        select(Item.mime_type, files, size, func.count(Item.size))
        .where(Item.job_id == job_id, Item.state == ItemState.PENDING)
        .group_by(Item.mime_type)
        .order_by(files.desc(), Item.mime_type)
    )
    types = [
        {"type": mime_type or "unknown", "files": count, "bytes": int(total or 0), "sized": sized}
        for mime_type, count, total, sized in rows
    ]
    whole = _sum_up("all", types)
    rest = types[TOLD_TYPES:]
    told = types[:TOLD_TYPES] + ([_sum_up("other", rest)] if rest else [])
    return {
        "files": whole["files"],
        "bytes": whole["bytes"],
        "files_without_size": whole["files"] - whole["sized"],
        "types": [{name: row[name] for name in ("type", "files", "bytes")} for row in told],
    }


def _sum_up(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    sums = {key: sum(row[key] for row in rows) for key in ("files", "bytes", "sized")}
    return {"type": name, **sums}
