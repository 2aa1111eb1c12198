"""R2: a `kill -9` at each named step of the work, again and again."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import get_args
from uuid import UUID

from chaos.album import Album, write_album
from chaos.results import Result
from chaos.site import Site, Yard

from pixharbor.failpoints import Step

FAULTS = ("slow:seconds=.05",)
WORKERS = 6
FILES_OF_A_JOB = 5
# Jobs for each kill: some of them pass the step while the fuse is not laid.
JOBS_FOR_A_KILL = 2
# A step that nobody reaches for so long is not reached any more.
REACHED_SECONDS = 30
ANSWERED_SECONDS = 120


async def survive_steps(yard: Yard) -> Sequence[Result]:
    """Many small imports at once for each step: of each process that reaches it, the next dies."""
    kills = yard.options.step_kills
    jobs = kills * JOBS_FOR_A_KILL
    files = jobs * FILES_OF_A_JOB
    folder = yard.options.work / f"album-{files}-for-steps"
    album = write_album(folder, files, in_each=FILES_OF_A_JOB)
    return [await _survive(yard, step, album, kills) for step in get_args(Step)]


async def _survive(yard: Yard, step: Step, album: Album, kills: int) -> Result:
    fuse = yard.options.work / f"fuse-{step}"
    point = f"{step}:1@{fuse}"
    async with yard.site(album, faults=FAULTS, workers=WORKERS, FAILPOINT=point) as site:
        jobs = asyncio.create_task(_start_all(site, album))
        burnt = await _burn(fuse, kills, site)
        ends = [await site.finish(job_id, seconds=300) for job_id in await jobs]
        zeros = await site.count_zeros()
    done = all(end.state == "completed" for end in ends)
    return Result(
        "R2",
        f"{burnt} `kill -9` at `{step}`, in {len(ends)} imports of {FILES_OF_A_JOB} files",
        f"{zeros}; {'all' if done else 'not all'} jobs completed",
        zeros.hold and done and burnt >= kills,
    )


async def _start_all(site: Site, album: Album) -> list[UUID]:
    """An import of every folder that has pictures."""
    folders = sorted({path.parent for path in album.folder.rglob("*.jpg")})
    links = [site.link(str(folder.relative_to(album.folder))) for folder in folders]
    return [await site.start_import(link) for link in links]


async def _burn(fuse: Path, kills: int, site: Site) -> int:
    """Lay the fuse and wait until somebody has died of it, so many times; answers how many did.

    One for each import that was answered, at most: an API that dies whenever it begins to work
    would get nothing done, and the kills would all meet the same moment.
    """
    for burnt in range(kills):
        async with asyncio.timeout(ANSWERED_SECONDS):
            while len(site.jobs) <= burnt:
                await site.look_on(0.01)
        if not await asyncio.to_thread(_wait_for_death, fuse):
            return burnt
    return kills


def _wait_for_death(fuse: Path) -> bool:
    fuse.touch()
    ends = time.monotonic() + REACHED_SECONDS
    while fuse.exists() and time.monotonic() < ends:
        time.sleep(0.01)  # a file that goes away tells nobody
    burnt = not fuse.exists()
    fuse.unlink(missing_ok=True)
    return burnt
