"""R12: the same request a hundred times at once, and the same folder twice."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import httpx
from chaos.album import write_album
from chaos.results import Result
from chaos.site import Site, Yard

CALLS = 100
# So many hundreds, each of another folder.
ROUNDS = 5
WORKERS = 4


async def answer_once(yard: Yard) -> Sequence[Result]:
    """One job for each hundred calls; then all of the album, twice: the second fetches nothing."""
    options = yard.options
    album = write_album(options.work / f"album-{options.files}", options.files)
    folders = sorted(path.relative_to(album.folder) for path in album.folder.glob("*/*"))
    async with yard.site(album, workers=WORKERS) as site:
        made = [await _call_at_once(site, site.link(str(each))) for each in folders[:ROUNDS]]
        in_rows = await site.books.jobs()
        for job_id in site.jobs:
            await site.finish(job_id, seconds=120)
        first = await site.finish(await site.start_import(), seconds=600)
        fetched = site.drive.counts.downloads
        again = await site.finish(await site.start_import(), seconds=600)
        more = site.drive.counts.downloads - fetched
        zeros = await site.count_zeros()
    ended = first.state == again.state == "completed"
    return [
        Result(
            "R12",
            f"{ROUNDS} times {CALLS} `POST` at once with one Idempotency-Key; then "
            f"{album.files:,} files imported, and imported again",
            f"{sum(made)} jobs answered, {in_rows} in the database; {more} downloads the second "
            f"time, {again.items['duplicate']:,} of {again.items['listed']:,} known; {zeros}",
            made == [1] * ROUNDS and in_rows == ROUNDS and not more and ended and zeros.hold,
        )
    ]


async def _call_at_once(site: Site, link: str) -> int:
    """How many jobs a hundred equal calls were told of."""
    key = {"Idempotency-Key": str(uuid4())}
    limits = httpx.Limits(max_connections=CALLS)
    async with httpx.AsyncClient(base_url=site.fleet.url, timeout=60, limits=limits) as api:
        calls = (
            api.post("/import/google-drive", json={"folder_url": link}, headers=key)
            for _ in range(CALLS)
        )
        answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} == {202}
    jobs = {UUID(answer.json()["task_id"]) for answer in answers}
    site.jobs += jobs
    return len(jobs)
