"""R13: pause and cancel at random moments: how long until nothing happens any more."""

import asyncio
import random
from collections.abc import Sequence
from uuid import UUID

from chaos.album import write_album
from chaos.results import Result, p95, percentile
from chaos.site import Site, Yard

# Four workers have 512 files a second from such a source: 20 pauses do not see the import's end.
FAULTS = ("slow:seconds=.5",)
WORKERS = 4
FILES = 10_000
TIMES = 20
ALLOWED_SECONDS = 2.0
# How long is looked whether anything still happens.
LOOK_SECONDS = 4.0


async def obey(yard: Yard) -> Sequence[Result]:
    """One import paused and resumed many times; then many cancelled, and one that brings all."""
    options = yard.options
    chance = random.Random(options.seed)
    files = min(FILES, options.files)
    times = 3 if options.quick else TIMES
    album = write_album(options.work / f"album-{files}", files)
    async with yard.site(album, faults=FAULTS, workers=WORKERS) as site:
        pauses, cancels = [], []
        for _ in range(times):
            job_id = await site.start_import()
            await _let_run(site, job_id, chance)
            cancels.append(await _until_quiet(site, job_id, "cancel"))
        job_id = await site.start_import()
        for _ in range(times):
            await _let_run(site, job_id, chance)
            if site.has_ended(job_id):
                break
            pauses.append(await _until_quiet(site, job_id, "pause"))
            await site.insist("POST", f"/api/v1/jobs/{job_id}/resume")
        end = await site.finish(job_id, seconds=300)
        zeros = await site.count_zeros()
    quick = max(percentile(pauses, 0.95), percentile(cancels, 0.95)) <= ALLOWED_SECONDS
    return [
        Result(
            "R13",
            f"{files:,} files; {len(cancels)} imports cancelled at random moments, then one "
            f"paused and resumed {len(pauses)} times",
            f"last download begun or file written after a pause: {p95(pauses)}; after a cancel: "
            f"{p95(cancels)}; {zeros}; job {end.state}",
            quick and zeros.hold and end.state == "completed" and bool(pauses),
        )
    ]


async def _let_run(site: Site, job_id: UUID, chance: random.Random) -> None:
    """For some downloads, so few that there is something left for the next time."""
    more = chance.uniform(5, site.album.files / TIMES / 3)
    await site.downloads(site.drive.counts.downloads + more, job_id)
    await asyncio.sleep(chance.uniform(0, 0.5))


async def _until_quiet(site: Site, job_id: UUID, act: str) -> float:
    """Seconds from the request until the last thing that still happened."""
    asked = asyncio.get_running_loop().time()
    await site.insist("POST", f"/api/v1/jobs/{job_id}/{act}")
    await asyncio.sleep(LOOK_SECONDS)
    begun = (entry.at for entry in site.drive.log.entries("download"))
    return max(asked, site.changed_at.get(job_id, asked), *begun) - asked
