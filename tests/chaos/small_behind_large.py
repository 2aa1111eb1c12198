"""R15: ten pictures behind a large import."""

import time
from collections.abc import Sequence

from chaos.album import write_album
from chaos.results import Result, p95
from chaos.site import Yard

from pixharbor_emulators.faults import Profile

WORKERS = 2
SMALL_FILES = 10
TIMES = 10
ALLOWED_SECONDS = 10.0
# The large one lasts a minute or two, and its downloads are as slow as those of a slow line.
SLOW = Profile("slow", ("wait",), times=0, seconds=2.0)


async def let_small_jobs_by(yard: Yard) -> Sequence[Result]:
    """Small imports, one after the other, while a large one runs."""
    options = yard.options
    folder = options.work / f"albums-{options.files}"
    album = write_album(folder / "large", options.files, in_each=250)
    for number in range(TIMES):
        first = options.files + number * SMALL_FILES
        album |= write_album(folder / f"small-{number}", SMALL_FILES, first=first)
    took: list[float] = []
    async with yard.site(album, workers=WORKERS) as site:
        site.drive.app.faults.append(SLOW)
        large = await site.start_import(site.link("large"))
        await site.downloads(options.files / 20, large)
        for number in range(TIMES):
            if site.has_ended(large):
                break
            began = time.monotonic()
            small = await site.start_import(site.link(f"small-{number}"))
            await site.finish(small, seconds=120)
            took.append(time.monotonic() - began)
        in_time = [seconds for seconds in took if seconds <= ALLOWED_SECONDS]
        end = await site.finish(large, seconds=600)
        for number in range(len(took), TIMES):
            await site.finish(await site.start_import(site.link(f"small-{number}")), seconds=60)
        zeros = await site.count_zeros()
    return [
        Result(
            "R15",
            f"{len(took)} imports of {SMALL_FILES} files, one after the other behind one of "
            f"{options.files:,}, {SLOW.seconds:.0f} s for each download, {WORKERS} workers",
            f"from request to end: {p95(took)}; {zeros}; the large job {end.state}",
            bool(took) and len(in_time) == len(took) and zeros.hold and end.state == "completed",
        )
    ]
