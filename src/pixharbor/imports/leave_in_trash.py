"""Leave in the trash what a schedule has fetched and a person has thrown away before."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.images.purged_objects import delete_again, find_thrown_away
from pixharbor.imports.fates import FileFate
from pixharbor.jobs.models import Job
from pixharbor.jobs.states import REASONS, ItemState
from pixharbor.storage.keys import original_key


async def leave_in_trash(
    session: AsyncSession, job: Job, fates: Sequence[FileFate]
) -> dict[int, UUID | None]:
    """Settle those whose content was thrown away; answers their images in the trash, by id().

    A person who imports by hand means it: then nothing is left. The listing has left the files that
    it knows (settle_known.py); this is for those that it cannot tell, such as web addresses.
    """
    if not job.options.get("scheduled"):
        return {}
    contents = {id(fate): fate.content for fate in fates if fate.content}
    if not contents:
        return {}
    wanted = {content.sha256 for content in contents.values()}
    thrown_away = await find_thrown_away(session, job.owner, wanted)
    left: dict[int, UUID | None] = {}
    unnamed = set()
    for fate in fates:
        content = contents.get(id(fate))
        if content is None or content.sha256 not in thrown_away:
            continue
        fate.state, fate.reason, fate.message = (
            ItemState.SKIPPED,
            "in_trash",
            REASONS["in_trash"][0],
        )
        left[id(fate)] = thrown_away[content.sha256]
        if left[id(fate)] is None:
            unnamed.add(original_key(job.owner, content.sha256, content.header.extension))
    if unnamed:
        await delete_again(session, unnamed)  # for this import has just put them
    return left
