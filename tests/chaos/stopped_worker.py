"""R5: workers that stand still for longer than their lease, and go on as if nothing had been."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import psutil
from chaos.album import write_album
from chaos.books import TaskRow
from chaos.results import Result
from chaos.site import Site, Yard
from chaos.zeros import Zeros

FAULTS = ("slow:seconds=.5",)
FILES = 1200
WORKERS = 4
STOPPED = 2
# Past the end of a lease (20 s) and the reconciler's next round.
SHORT_SECONDS = 26
# What a resumed process may still do it has done by then: its flushes are a second apart.
AFTERMATH_SECONDS = 5


@dataclass(frozen=True, slots=True)
class _Round:
    did: str
    zeros: Zeros
    holds: bool
    lost: int


async def outlive_a_stop(yard: Yard) -> Sequence[Result]:
    """Once the new holders are at it when the old ones go on, once all has long been done."""
    rounds = [
        await _stop_and_go_on(yard, SHORT_SECONDS, overlapping=True),
        await _stop_and_go_on(yard, yard.options.stopped_seconds, overlapping=False),
    ]
    return [
        Result(
            "R5",
            "; ".join(each.did for each in rounds),
            f"{max((each.zeros for each in rounds), key=lambda zeros: not zeros.hold)}; "
            f"{sum(each.lost for each in rounds)} leases found lost by those who had held them",
            all(each.holds for each in rounds),
        )
    ]


async def _stop_and_go_on(yard: Yard, seconds: float, *, overlapping: bool) -> _Round:
    """`overlapping`: downloads wait meanwhile, so that old and new holders get them together."""
    options = yard.options
    files = min(FILES, options.files)
    album = write_album(options.work / f"album-{files}", files)
    async with yard.site(album, faults=FAULTS, workers=WORKERS) as site:
        job_id = await site.start_import()
        await site.downloads(files / 5, job_id)
        if overlapping:
            site.drive.hold_downloads()
        stopped, held = await _stop_some(site, random.Random(options.seed))
        await asyncio.sleep(seconds)
        taken = await _taken_over(site, held)
        state = site.last[job_id].state
        for process in stopped:
            process.resume()
        site.drive.release_downloads()
        end = await site.finish(job_id, seconds=300)
        await asyncio.sleep(AFTERMATH_SECONDS)
        zeros = await site.count_zeros()
        return _Round(
            f"{STOPPED} of {WORKERS} workers stopped for {seconds:.0f} s, of their {len(held)} "
            f"tasks {taken} taken over meanwhile, the job {state} when they went on",
            zeros,
            zeros.hold and end.state == "completed" and taken > 0,
            site.fleet.said("lease.lost"),
        )


async def _stop_some(
    site: Site, chance: random.Random
) -> tuple[list[psutil.Process], list[TaskRow]]:
    """SIGSTOP to workers that hold tasks."""
    holders = await site.books.holders("imports.fetch_chunk")
    at_work = [worker for worker in site.fleet.workers() if worker.pid in holders]
    stopped = chance.sample(at_work, STOPPED)
    for process in stopped:
        process.suspend()
    return stopped, await site.books.held_by([process.pid for process in stopped])


async def _taken_over(site: Site, held: Sequence[TaskRow]) -> int:
    tokens = {task.id: task.token for task in held}
    return sum(task.token != tokens[task.id] for task in await site.books.tasks(list(tokens)))
