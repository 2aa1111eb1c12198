"""POST /import/google-drive and GET /images while a big import runs, open-loop; no peer."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from import_drive import FOLDER, fresh_folder
from jobs import FINISHED, LONGEST_SECONDS
from make_tree import SMALL_FOLDERS, make_tree
from options import Options, read_options
from processes import Drive, Program, drive_settings, running_drive, running_pixharbor
from report import Table, percentile, print_table, verdict

REQUESTS_PER_SECOND = 5


@dataclass
class Latencies:
    """Seconds from when a request was due to the end of its answer, over all rounds."""

    post: list[float] = field(default_factory=list)
    provider: list[float] = field(default_factory=list)
    images: list[float] = field(default_factory=list)


def measure(options: Options) -> Table:
    """Import the big folder `rounds` times and ask for other things meanwhile."""
    found = Latencies()
    with running_drive(make_tree(options)) as drive:
        for _ in range(options.rounds):
            folder = fresh_folder(options.work)
            with (
                running_pixharbor(folder, drive_settings(drive)) as server,
            ):
                asyncio.run(_one_round(server, drive, found))
    return _table(options, found)


async def _one_round(server: Program, drive: Drive, found: Latencies) -> None:
    deadline = aiohttp.ClientTimeout(60)
    async with aiohttp.ClientSession(server.url, timeout=deadline) as api:
        job_id = await _post(api, drive.link(FOLDER))
        done = asyncio.Event()
        small = itertools.cycle(f"small/{index:02}" for index in range(SMALL_FOLDERS))

        async def post_and_ask_provider() -> None:
            path = next(small)
            asking = asyncio.create_task(_ask_provider(api, drive, path))
            began = time.monotonic()
            await _post(api, drive.link(path))
            found.post.append(time.monotonic() - began)
            found.provider.append(await asking)

        async def get_images() -> None:
            began = time.monotonic()
            await _get(api, "/images")
            found.images.append(time.monotonic() - began)

        async with asyncio.TaskGroup() as group:
            group.create_task(_open_loop(post_and_ask_provider, done))
            group.create_task(_open_loop(get_images, done, offset=0.5))
            await _until_finished(api, job_id)
            done.set()


async def _open_loop(
    ask: Callable[[], Awaitable[None]], done: asyncio.Event, offset: float = 0.0
) -> None:
    """Ask so many times a second, whether or not the answers before have come."""
    loop = asyncio.get_running_loop()
    began = loop.time() + offset / REQUESTS_PER_SECOND
    async with asyncio.TaskGroup() as group:
        for number in itertools.count():
            await asyncio.sleep(began + number / REQUESTS_PER_SECOND - loop.time())
            if done.is_set():
                return
            group.create_task(ask())  # type: ignore[arg-type]  # a coroutine of either kind


async def _until_finished(api: aiohttp.ClientSession, job_id: str) -> None:
    state = ""
    async with asyncio.timeout(LONGEST_SECONDS):
        while state not in FINISHED:
            await asyncio.sleep(0.2)
            state = (await _get(api, f"/api/v1/jobs/{job_id}"))["state"]


async def _post(api: aiohttp.ClientSession, link: str) -> str:
    async with api.post("/import/google-drive", json={"folder_url": link}) as answer:
        answer.raise_for_status()
        return str((await answer.json())["task_id"])


async def _get(api: aiohttp.ClientSession, path: str) -> dict[str, Any]:
    async with api.get(path) as answer:
        answer.raise_for_status()
        read: dict[str, Any] = await answer.json()
        return read


async def _ask_provider(api: aiohttp.ClientSession, drive: Drive, path: str) -> float:
    """How long the provider takes, at this moment, for the check that every POST makes of it."""
    began = time.monotonic()
    url = f"{drive.api_url}/files/{drive.folder_id(path)}?key=benchmark&fields=id,name,mimeType"
    async with api.get(url) as answer:
        answer.raise_for_status()
        await answer.read()
    return time.monotonic() - began


def _table(options: Options, found: Latencies) -> Table:
    net = [
        max(0.0, post - provider) for post, provider in zip(found.post, found.provider, strict=True)
    ]
    asked = {
        "POST /import/google-drive": found.post,
        "the provider alone, asked at the same moment": found.provider,
        "POST, net of the provider": net,
        "GET /images": found.images,
    }
    rows = [
        (name, *(f"{percentile(values, share) * 1000:.0f}" for share in (0.5, 0.99, 1)))
        for name, values in asked.items()
    ]
    notes = [
        verdict(percentile(net, 0.99) <= 0.1, "Aim: POST net p99 ≤ 100 ms"),
        verdict(percentile(found.images, 0.99) <= 0.15, "Aim: GET /images p99 ≤ 150 ms"),
        f"{len(net)} POSTs and {len(found.images)} GETs, {REQUESTS_PER_SECOND}/s each, open-loop",
    ]
    return Table(
        f"The API's answers while {options.count:,} pictures come in",
        f"python benchmarks/latency.py {options.text}",
        ("request", "p50 ms", "p99 ms", "longest ms"),
        rows,
        notes,
    )


if __name__ == "__main__":
    print_table(measure(read_options(__doc__)))
