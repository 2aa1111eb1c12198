"""R1, R4, R6: `kill -9` at random moments, of workers, of the API, of whoever lists."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import psutil
from chaos import fleet
from chaos.album import IN_EACH, Album, write_album
from chaos.results import Result, p95, percentile
from chaos.site import Site, Yard

from pixharbor_emulators.faults import Profile

# Slow enough that a kill always meets downloads under way, fast enough that most come through; the
# listing so slow that it is met at all.
SLOW = (
    Profile("slow download", ("wait",), times=0, seconds=0.3),
    Profile("slow list", ("wait",), frozenset({"list"}), times=0, seconds=0.1),
)
WORKERS = 8
# A kill is due after so many downloads, and comes at any moment between two of them.
JITTER_SECONDS = 0.3
# What one process may have fetched and not yet written down: all of its chunks, of which it has no
# more than any transport's `window`, and one.
IN_FLIGHT_FILES = 7 * IN_EACH
RECOVERY_SECONDS = 30
# Once all is listed, it is another worker's turn.
VICTIMS = {"worker": 45, "listing": 40, "api": 10, "everything": 5}


async def survive_kills(yard: Yard) -> Sequence[Result]:
    """One import, killed again and again until it has been killed often enough."""
    options = yard.options
    album = write_album(options.work / f"album-{options.files}", options.files)
    async with yard.site(album, workers=WORKERS) as site:
        site.drive.app.faults += SLOW
        job_id = await site.start_import()
        struck = await _kill_often(site, job_id, options.kills, random.Random(options.seed))
        end = await site.finish(job_id, seconds=600)
        zeros = await site.count_zeros()
        fetched = sum(entry.sent for entry in site.drive.log.entries("download"))
    kills = struck.total()
    victims = ", ".join(f"{count} of {what}" for what, count in struck.items())
    holds = zeros.hold and end.state == "completed" and kills >= options.kills
    did = f"{album.files:,} files, {kills} `kill -9` at random moments: {victims}"
    return [
        Result("R1", did, f"{zeros}; job {end.state}", holds),
        _recovered(site),
        _wasted(album, fetched, struck),
    ]


def _recovered(site: Site) -> Result:
    seconds, waiting = site.recovery.until_runs, site.recovery.waiting
    return Result(
        "R4",
        f"the {len(seconds)} tasks that the killed of R1 held",
        f"run again: {p95(seconds)}; next file stored: {p95(site.recovery.until_gets_on)}",
        percentile(seconds, 0.95) <= RECOVERY_SECONDS and not waiting and bool(seconds),
    )


def _wasted(album: Album, fetched: int, struck: Counter[str]) -> Result:
    """Some kills end one process that works, others all of them."""
    ended = sum(1 if what in ("worker", "listing") else WORKERS for what in struck.elements())
    mean = album.bytes / album.files
    again = (fetched - album.bytes) / mean
    return Result(
        "R6",
        "bytes fetched in R1",
        f"{fetched:,} for {album.bytes:,} stored: {again / max(1, ended):.1f} files again for each "
        f"of {ended} processes that ended, of at most {IN_FLIGHT_FILES} under way in each",
        fetched <= album.bytes + ended * IN_FLIGHT_FILES * mean,
    )


async def _kill_often(site: Site, job_id: UUID, kills: int, chance: random.Random) -> Counter[str]:
    """Kill as the import gets on, so that no kill is left over at its end."""
    struck: Counter[str] = Counter()
    pace = site.album.files / kills * 0.8  # downloads between two kills, on average
    due = 0.0
    while struck.total() < kills and not site.has_ended(job_id):
        due += chance.expovariate(1 / pace)
        await site.downloads(due, job_id)
        await asyncio.sleep(chance.uniform(0, JITTER_SECONDS))
        what = chance.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        struck[await kill_one(site, what, chance)] += 1
    return struck


async def kill_one(site: Site, what: str, chance: random.Random) -> str:
    """Kill, and start the clock of what the victims held. Answers whom it struck.

    Where nobody lists any more, and where no worker has come back yet, it is somebody else's turn.
    """
    victims = await _find(site, what, chance)
    if not victims:
        what = "worker" if what == "listing" else "api"
        victims = await _find(site, what, chance)
    since = time.monotonic()
    pids = await asyncio.to_thread(fleet.kill, victims)
    site.recovery.begin(await site.books.held_by(pids), since)
    return what


async def _find(site: Site, what: str, chance: random.Random) -> list[psutil.Process]:
    if what == "everything":
        return site.fleet.everything()
    if what == "api":
        return site.fleet.api()
    workers = site.fleet.workers()
    if what == "listing":
        listing = await site.books.holders("imports.list_files")
        return [worker for worker in workers if worker.pid in listing]
    at_work = await site.books.holders()
    return [chance.choice([w for w in workers if w.pid in at_work] or workers)] if workers else []
