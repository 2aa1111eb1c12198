"""R3: the servers die and are emptied while an import runs; they hold nothing irreplaceable."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence

from chaos.album import write_album
from chaos.results import Result
from chaos.site import Yard

FAULTS = ("slow:seconds=.3",)
WORKERS = 4
FILES = 4000
# Blows of each kind.
ROUNDS = 5


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
    async with yard.site(album, faults=FAULTS, workers=WORKERS) as site:
        job_id = await site.start_import()
        for number, blow in enumerate(blows):
            await site.downloads(files * 0.8 * (number + chance.random()) / len(blows), job_id)
            if site.has_ended(job_id):
                break
            await asyncio.to_thread(yard.stack.blows[blow])
            struck[blow] += 1
        end = await site.finish(job_id, seconds=300)
        zeros = await site.count_zeros()
    did = ", ".join(f"{blow} {times} times" for blow, times in struck.items())
    holds = zeros.hold and end.state == "completed" and struck.total() == len(blows)
    return [Result("R3", f"{files:,} files; {did}", f"{zeros}; job {end.state}", holds)]
