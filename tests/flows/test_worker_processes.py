"""The worker's processes: one that dies is begun again, and none outlives the server."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
from harbour import FINISHED, until
from pictures import write_pictures
from server import Server, running_server

from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive

FILES = 300


@asynccontextmanager
async def running_drive(tree: Path) -> AsyncIterator[tuple[RunningGoogleDrive, set[str]]]:
    """A drive of pictures that come slowly, and their SHA-256s."""
    bodies = write_pictures(tree / "folder", FILES)
    async with running_google_drive(tree, faults=("slow:seconds=.1",)) as drive:
        yield drive, {hashlib.sha256(body).hexdigest() for body in bodies}


async def start_import(server: Server, drive: RunningGoogleDrive) -> str:
    answer = await server.api.post("/import/google-drive", json={"folder_url": drive.folder_link})
    await drive.log.until(lambda counts: counts.downloads >= 20)
    return str(answer.json()["task_id"])


async def check_end(server: Server, job_id: str, hashes: set[str]) -> None:
    async def finished() -> str | None:
        job = (await server.api.get(f"/api/v1/jobs/{job_id}")).json()
        return job["state"] if job["state"] in FINISHED else None

    assert await until(finished, seconds=60) == "completed"
    images = (await server.api.get("/images", params={"limit": 1000})).json()["images"]
    assert {Path(image["storage_path"]).stem for image in images} == hashes


async def test_a_killed_worker_is_begun_again_and_its_work_goes_on_r4(
    tmp_path: Path, tree: Path
) -> None:
    async with (
        running_drive(tree) as (drive, hashes),
        running_server(
            tmp_path / "data",
            GOOGLE_DRIVE_API_URL=drive.api_url, GOOGLE_API_KEY="key", WORKER_COUNT="2",
        ) as server,
    ):  # fmt: skip
        job_id = await start_import(server, drive)
        killed = server.workers()
        for worker in killed:
            worker.kill()
        await check_end(server, job_id, hashes)
        assert not {worker.pid for worker in killed} & {worker.pid for worker in server.workers()}


async def test_workers_end_with_their_server_and_the_next_one_goes_on_s0_31(
    tmp_path: Path, tree: Path
) -> None:
    data = tmp_path / "data"
    async with running_drive(tree) as (drive, hashes):
        settings = {
            "GOOGLE_DRIVE_API_URL": drive.api_url, "GOOGLE_API_KEY": "key", "WORKER_COUNT": "2",
        }  # fmt: skip
        async with running_server(data, **settings) as server:
            job_id = await start_import(server, drive)
            orphans = server.workers()
            server.process.kill()
            await server.process.wait()
            ended, alive = await asyncio.to_thread(psutil.wait_procs, orphans, 20)
            assert (len(ended), alive) == (2, [])
        async with running_server(data, **settings) as server:
            await check_end(server, job_id, hashes)
