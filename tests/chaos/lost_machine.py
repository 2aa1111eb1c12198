"""R4, where nobody comes back: a machine is lost, and another one gets its work."""

import asyncio
import time
from collections.abc import Sequence

from chaos import fleet
from chaos.album import write_album
from chaos.results import Result, p95, percentile
from chaos.site import Site, Yard

from pixharbor_emulators.faults import Profile

SLOW = Profile("slow", ("wait",), times=0, seconds=2.0)
FILES = 6000
ROUNDS = 6
ALLOWED_SECONDS = 30


async def lose_machines(yard: Yard) -> Sequence[Result]:
    """Kill a worker program with its processes; it is started again once its work runs elsewhere.

    A process that starts on the same machine takes dead ones' leases over at once. Here none does:
    the leases have to run out.
    """
    if not yard.stack.machines:
        return []
    options = yard.options
    files = min(FILES, options.files)
    rounds = 1 if options.quick else ROUNDS
    album = write_album(options.work / f"album-{files}", files)
    async with yard.site(album, workers=yard.stack.machines) as site:
        site.drive.app.faults.append(SLOW)
        job_id = await site.start_import()
        for number in range(rounds):
            await site.downloads(files * 0.8 * (number + 1) / (rounds + 1), job_id)
            await _lose(site, f"worker-{number % yard.stack.machines + 1}")
        end = await site.finish(job_id, seconds=400)
        zeros = await site.count_zeros()
    seconds = site.recovery.until_runs
    return [
        Result(
            "R4",
            f"{files:,} files on {yard.stack.machines} machines; one of them lost {rounds} times, "
            f"and with it {len(seconds)} tasks, which nobody who starts there takes over",
            f"run again: {p95(seconds)}; next file stored: {p95(site.recovery.until_gets_on)}; "
            f"{zeros}; job {end.state}",
            bool(seconds)
            and percentile(seconds, 0.95) <= ALLOWED_SECONDS
            and zeros.hold
            and end.state == "completed",
        )
    ]


async def _lose(site: Site, machine: str) -> None:
    site.fleet.left_alone.add(machine)
    since = time.monotonic()
    pids = await asyncio.to_thread(fleet.kill, site.fleet.of(machine))
    site.recovery.begin(await site.books.held_by(pids), since)
    async with asyncio.timeout(120):
        while site.recovery.waiting:
            await site.look_on(0.1)
    site.fleet.left_alone.discard(machine)
