"""R11: a source that fails, lies, dawdles and hangs in 30 of 100 answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import attrgetter

from chaos.album import write_album
from chaos.results import Result
from chaos.site import Yard

from pixharbor_emulators.drive_errors import Reply
from pixharbor_emulators.drive_fault_profiles import PROFILES
from pixharbor_emulators.drive_fault_replies import too_many_requests
from pixharbor_emulators.faults import Act, Call, Fault, Profile
from pixharbor_emulators.request_log import Entry

WORKERS = 4
SHARE = 0.3
# Of every 1,000 downloads, so many are answered by silence.
HANGS = 2
WAIT_SECONDS = 2
TOLD_TO_WAIT = "told to wait"


@dataclass(frozen=True, slots=True)
class AskedToWait:
    """Some are told to come back in WAIT_SECONDS, by the header that means it."""

    which: Profile

    @property
    def name(self) -> str:
        """Implements Fault."""
        return TOLD_TO_WAIT

    def act(self, call: Call) -> Act | None:
        """Implements Fault."""
        if self.which.act(call) is None:
            return None
        refused = too_many_requests()
        header = (b"retry-after", b"%d" % WAIT_SECONDS)
        return Reply(refused.status, refused.body, [*refused.headers, header])


def faults(seed: int) -> list[Fault]:
    """Server errors, quota refusals and resets of every kind of call; spoilt downloads; silence.

    Together they strike 30 of 100 first tries, and as many of the tries after that by the storm.
    """
    storm = replace(PROFILES["storm"], rate=SHARE / 2, seed=seed)
    spoilt = ("truncated", "flipped", "html200", "quota_page", "reset")
    return [
        storm,
        Profile("spoilt", spoilt, rate=SHARE / 2, seed=seed, times=1),
        replace(PROFILES["slow"], rate=SHARE / 2, seed=seed, seconds=1.0),
        Profile("hang", ("hang",), rate=HANGS / 1000, seed=seed),
        AskedToWait(Profile("wait", ("too_many",), rate=SHARE / 20, seed=seed)),
    ]


async def bear_a_bad_source(yard: Yard) -> Sequence[Result]:
    """One import from it: every file right in the end, and nothing else kept."""
    options = yard.options
    album = write_album(options.work / f"album-{options.files}", options.files)
    async with yard.site(album, workers=WORKERS) as site:
        site.drive.app.faults += faults(options.seed)
        job_id = await site.start_import()
        end = await site.finish(job_id, seconds=900)
        zeros = await site.count_zeros()
        struck = site.drive.counts.by_fault
        early = _came_early(site.drive.log.entries("download"))
    told = ", ".join(f"{count:,} {name}" for name, count in sorted(struck.items()))
    asked = site.drive.counts.downloads + site.drive.counts.lists + site.drive.counts.gets
    return [
        Result(
            "R11",
            f"{album.files:,} files; of {asked:,} answers {struck.total():,} were struck: {told}",
            f"{zeros}; job {end.state}; {early} came back before they were told to",
            zeros.hold and end.state == "completed" and not early,
        )
    ]


def _came_early(entries: Sequence[Entry]) -> int:
    """Files that were asked for again before the time that Retry-After named."""
    by_file = sorted(entries, key=attrgetter("id", "at"))
    return sum(
        first.fault == TOLD_TO_WAIT and second.at - first.at < WAIT_SECONDS
        for _, tries in groupby(by_file, key=attrgetter("id"))
        for first, second in pairwise(tries)
    )
