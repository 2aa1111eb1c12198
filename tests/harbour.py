"""A whole pixharbor inside the test: API, worker, database and store in a temporary folder."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from sqlalchemy import select

from pixharbor.app import create_app
from pixharbor.db.migrate import migrate
from pixharbor.jobs.models import Task
from pixharbor.runtime import Runtime, Settings, open_runtime
from pixharbor.worker import run_worker

FINISHED = ("completed", "partial", "failed", "cancelled")
T = TypeVar("T")
BASE = "http://127.0.0.1:8000"


@dataclass
class Harbour:
    """What a test holds: an HTTP client of the API, and the runtime behind it."""

    api: httpx.AsyncClient
    runtime: Runtime
    worker: asyncio.Task[None] | None

    async def start(self, link: str) -> str:
        """Start an import; answers the job's id."""
        source = "dropbox" if "dropbox.com" in link else "google-drive"
        answer = await self.api.post(f"/import/{source}", json={"folder_url": link})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["task_id"])

    async def job(self, job_id: str) -> dict[str, Any]:
        """The job; its books balance at every look."""
        answer = await self.api.get(f"/api/v1/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        job: dict[str, Any] = answer.json()
        assert_balanced(job["balance"])
        return job

    async def until(
        self, job_id: str, holds: Callable[[dict[str, Any]], bool], seconds: float = 60
    ) -> dict[str, Any]:
        """Look at the job until it is as wanted."""

        seen: dict[str, Any] = {}

        async def look() -> dict[str, Any] | None:
            seen.update(await self.job(job_id))
            return seen if holds(seen) else None

        try:
            return await until(look, seconds=seconds, worker=self.worker)
        except TimeoutError:
            async with self.runtime.work.read() as session:
                tasks = (await session.execute(select(Task.__table__))).all()
            pytest.fail(f"after {seconds} s: {seen}\n{tasks}")

    async def finish(self, job_id: str, seconds: float = 60) -> dict[str, Any]:
        """Wait for the job's end, and until nothing of it is pending any more."""
        return await self.until(
            job_id, lambda job: job["state"] in FINISHED and not job["balance"]["pending"], seconds
        )

    async def run(self, link: str) -> dict[str, Any]:
        """Import to the end; answers the job."""
        return await self.finish(await self.start(link))

    async def run_for_image(self, link: str) -> dict[str, Any]:
        """Import to the end; answers the only image that there is then."""
        await self.run(link)
        (image,) = await self.images()
        return image

    async def items(self, job_id: str, **query: str) -> list[dict[str, Any]]:
        """The job's items."""
        answer = await self.api.get(
            f"/api/v1/jobs/{job_id}/items", params={"limit": "1000", **query}
        )
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def images(self, **query: str) -> list[dict[str, Any]]:
        """The images, newest first."""
        answer = await self.api.get("/images", params={"limit": "1000", **query})
        assert answer.status_code == 200, answer.text
        images: list[dict[str, Any]] = answer.json()["images"]
        return images

    async def original(self, image: dict[str, Any]) -> bytes:
        """The image's bytes, by way of its signed link."""
        answer = await self.api.get(f"/api/v1/images/{image['image_id']}", follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.content


def assert_balanced(balance: dict[str, Any]) -> None:
    """listed = pending + stored + duplicate + skipped + failed + gone + cancelled."""
    fates = ("pending", "stored", "duplicate", "skipped", "failed", "gone", "cancelled")
    assert balance["listed"] == sum(balance[fate] for fate in fates), balance
    assert balance["pending"] >= 0, balance


async def until(
    look: Callable[[], Awaitable[T | None]],
    *,
    seconds: float = 60,
    worker: asyncio.Task[None] | None = None,
) -> T:
    """Look again and again until something is seen; a worker that fell over is told at once."""
    ends = time.monotonic() + seconds
    while True:
        seen = await look()
        if seen is not None:
            return seen
        if worker and worker.done():
            worker.result()
        if time.monotonic() > ends:
            raise TimeoutError
        await asyncio.sleep(0.02)


@asynccontextmanager
async def running_harbour(
    data_dir: Path, *, working: bool = True, **settings: Any
) -> AsyncIterator[Harbour]:
    """Open everything in `data_dir`; a second time there is a restart."""
    given = Settings(_env_file=None, data_dir=data_dir, **settings)
    async with open_runtime(given) as runtime:
        await migrate(runtime.database)
        stop = asyncio.Event()
        worker = asyncio.create_task(run_worker(runtime, stop=stop)) if working else None
        transport = httpx.ASGITransport(create_app(runtime))
        try:
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as api:
                yield Harbour(api, runtime, worker)
        finally:
            stop.set()
            if worker:
                await worker
