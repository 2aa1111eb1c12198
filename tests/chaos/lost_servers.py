"""R3: the servers die and are emptied while an import runs; they hold nothing irreplaceable."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID

from chaos.album import write_album
from chaos.results import Result, p95
from chaos.site import Site, Yard

FAULTS = ("slow:seconds=.3",)
WORKERS = 4
FILES = 4000
# Blows of each kind.
ROUNDS = 5
ALLOWED_SECONDS = 30


async def survive_lost_servers(yard: Yard) -> Sequence[Result]:
    """Strike each server in turn, as the import gets on."""
    if not yard.stack.blows:
        return []
    options = yard.options
    chance = random.Random(options.seed)
    files = min(FILES, options.files)
    album = write_album(options.work / f"album-{files}", files)
    blows = list(yard.stack.blows) * (1 if options.quick else ROUNDS)
    chance.shuffle(blows)
    struck: Counter[str] = Counter()
    pauses: list[float] = []
    async with yard.site(album, faults=FAULTS, workers=WORKERS) as site:
        job_id = await site.start_import()
        for number, blow in enumerate(blows):
            await site.downloads(files * 0.8 * (number + chance.random()) / len(blows), job_id)
            if site.has_ended(job_id):
                break
            pauses.append(await _strike(site, job_id, yard.stack.blows[blow]))
            struck[blow] += 1
        end = await site.finish(job_id, seconds=300)
        zeros = await site.count_zeros()
    did = ", ".join(f"{blow} {times} times" for blow, times in struck.items())
    found = f"{zeros}; job {end.state}; next file stored after a blow: {p95(pauses)}"
    on_again = max(pauses, default=0) <= ALLOWED_SECONDS and struck.total() == len(blows)
    holds = zeros.hold and end.state == "completed" and on_again
    return [Result("R3", f"{files:,} files; {did}", found, holds)]


async def _strike(site: Site, job_id: UUID, blow: Callable[[], None]) -> float:
    """Seconds from the blow until the import gets on, the server's own start among them."""
    settled, since = site.last[job_id].settled, time.monotonic()
    await asyncio.to_thread(blow)
    await site.until(job_id, lambda job: job.settled > settled or not job.pending, seconds=120)
    return time.monotonic() - since
