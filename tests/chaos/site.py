"""A site under test: a Drive, a fleet on a stack, and somebody who watches its books all along."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx
from chaos.album import Album
from chaos.books import Books, Sample
from chaos.fleet import Fleet, running_fleet
from chaos.options import Options
from chaos.recovery import Recovery
from chaos.stacks import Objects, Stack
from chaos.zeros import Zeros, count_zeros

from pixharbor.db.engine import open_database
from pixharbor.errors import Unavailable
from pixharbor.jobs.states import FINISHED
from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive

SAMPLE_SECONDS = 0.1


@dataclass
class Tally:
    """What was seen of the books on one stack, by every scenario."""

    samples: int = 0
    unbalanced: list[str] = field(default_factory=list)
    answers: int = 0  # of the API, balanced or not


@dataclass
class Site:
    """Everything that a scenario holds."""

    album: Album
    drive: RunningGoogleDrive
    fleet: Fleet
    books: Books
    objects: Objects
    api: httpx.AsyncClient
    tally: Tally
    recovery: Recovery = field(default_factory=Recovery)
    jobs: list[UUID] = field(default_factory=list)
    last: dict[UUID, Sample] = field(default_factory=dict)
    changed_at: dict[UUID, float] = field(default_factory=dict)  # when a job last got on
    watching: asyncio.Task[None] | None = None

    async def start_import(self, link: str | None = None) -> UUID:
        """Ask until it is answered, with one key: as a careful client does."""
        link = link or self.drive.folder_link
        headers = {"Idempotency-Key": str(uuid4())}
        answer = await self.insist("POST", "/import/google-drive", {"folder_url": link}, headers)
        job_id = UUID(answer["task_id"])
        self.jobs.append(job_id)
        return job_id

    async def insist(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        *,
        seconds: float = 60,
    ) -> dict[str, str]:
        """Ask again while nobody answers, or while what the API needs is away."""
        async with asyncio.timeout(seconds):
            while True:
                with suppress(httpx.TransportError):
                    answer = await self.api.request(method, path, json=body, headers=headers)
                    if answer.status_code < 500:
                        assert answer.is_success, answer.text
                        found: dict[str, str] = answer.json()
                        return found
                await asyncio.sleep(0.1)

    async def finish(self, job_id: UUID, *, seconds: float) -> Sample:
        """Wait for the job's end, and until nothing of it is pending."""
        return await self.until(
            job_id, lambda job: job.state in FINISHED and not job.pending, seconds=seconds
        )

    async def until(
        self, job_id: UUID, holds: Callable[[Sample], bool], *, seconds: float
    ) -> Sample:
        """Wait until a sample is as wanted."""
        async with asyncio.timeout(seconds):
            while not ((seen := self.last.get(job_id)) and holds(seen)):
                await self.look_on(SAMPLE_SECONDS / 2)
        return seen

    async def look_on(self, seconds: float) -> None:
        """Let time pass, unless the watching itself has failed."""
        if self.watching and self.watching.done():
            self.watching.result()
        await asyncio.sleep(seconds)

    def link(self, path: str) -> str:
        """The link to a folder of the Drive."""
        return f"https://drive.google.com/drive/folders/{self.drive.file_id(path)}"

    def has_ended(self, job_id: UUID) -> bool:
        """Whether the job had ended when it was last looked at."""
        return job_id in self.last and self.last[job_id].state in FINISHED

    async def downloads(self, count: float, job_id: UUID, *, seconds: float = 120) -> None:
        """Wait until the Drive has answered so many downloads, or the job has ended."""
        async with asyncio.timeout(seconds):
            while self.drive.counts.downloads < count and not self.has_ended(job_id):
                await self.look_on(0.01)

    async def count_zeros(self) -> Zeros:
        """What is lost, doubled, wrong or left over, now that all jobs have ended."""
        samples = [await self.books.sample(job_id) for job_id in self.jobs]
        return await count_zeros(self.album.hashes, self.books, self.objects, samples)

    async def watch(self) -> None:
        """Sample every job's books, and see who has recovered, until cancelled."""
        while True:
            with suppress(Unavailable):  # the database was killed: there is nobody to ask
                for job_id in self.jobs:
                    self._keep(job_id, await self.books.sample(job_id))
                await self.recovery.look(self.books)
            await self._ask_api()
            await asyncio.sleep(SAMPLE_SECONDS)

    async def _ask_api(self) -> None:
        """The same equation in the API's answers, while there is an API."""
        with suppress(httpx.TransportError):
            for job_id in self.jobs:
                answer = await self.api.get(f"/api/v1/jobs/{job_id}", timeout=2)
                if answer.status_code == 200:
                    self._judge(answer.json()["balance"])

    def _keep(self, job_id: UUID, sample: Sample) -> None:
        before = self.last.get(job_id)
        if before is None or before.settled != sample.settled:
            self.changed_at[job_id] = time.monotonic()
        self.last[job_id] = sample
        self.tally.samples += 1
        if not sample.is_balanced:
            self.tally.unbalanced.append(str(sample))

    def _judge(self, balance: dict[str, int]) -> None:
        self.tally.answers += 1
        parts = {name: n for name, n in balance.items() if name not in ("listed", "folders")}
        if balance["listed"] != sum(parts.values()) or min(parts.values()) < 0:
            self.tally.unbalanced.append(str(balance))


@dataclass
class Yard:
    """Where sites are opened: a stack, the options, and the tally of all its scenarios."""

    stack: Stack
    options: Options
    tally: Tally = field(default_factory=Tally)

    @asynccontextmanager
    async def site(
        self,
        album: Album,
        *,
        faults: Sequence[str] = (),
        workers: int = 4,
        objects: Objects | None = None,
        **settings: str,
    ) -> AsyncIterator[Site]:
        """A fresh database and store, a Drive that serves the album, and a fleet at work.

        `objects` is the store seen from outside where `settings` move it.
        """
        folder = self.stack.new_folder(self.options.work)
        ground = self.stack.lay(folder)
        async with running_google_drive(album.folder, faults=faults) as drive:
            given = ground.settings | {
                "DATA_DIR": f"{folder}/data",
                "LOG_LEVEL": "warning",
                "GOOGLE_DRIVE_API_URL": drive.api_url,
                "GOOGLE_API_KEY": "key",
                **settings,
            }
            async with (
                running_fleet(
                    folder, given, workers=workers, machines=self.stack.machines
                ) as fleet,
                open_database(given["DATABASE_URL"], reach=False) as database,
                httpx.AsyncClient(base_url=fleet.url, timeout=30) as api,
            ):
                books = Books(database)
                seen = objects or ground.objects
                site = Site(album, drive, fleet, books, seen, api, self.tally)
                site.watching = asyncio.create_task(site.watch())
                try:
                    yield site
                finally:
                    site.watching.cancel()
                    await asyncio.wait({site.watching})
