"""Before step 3: which version of each file is kept, so that a host is asked only for another."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.imports.filters import filters_of
from pixharbor.imports.pending_items import KeptVersion, PendingItem
from pixharbor.imports.settle_known import find_known, settle_unchanged
from pixharbor.jobs.models import Job
from pixharbor.jobs.states import ItemState


async def with_kept_versions(
    session: AsyncSession, job: Job, items: Sequence[PendingItem]
) -> Sequence[PendingItem]:
    """The items of a Conditional source, each with its version; one question for all of them."""
    known = await find_known(session, job, [item.provider_id for item in items])
    filters = filters_of(job.options)

    def kept(item: PendingItem) -> KeptVersion | None:
        row = known.get(item.provider_id)
        if row is None or row.version is None:
            return None
        fate = settle_unchanged(row, filters)
        return None if fate.state == ItemState.PENDING else KeptVersion(row.version, fate)

    return [item._replace(kept=kept(item)) for item in items]
