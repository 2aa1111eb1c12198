"""Kill anything, lose nothing: an import survives ten `kill -9` with every byte right."""

import hashlib
import random
from collections import Counter
from functools import partial
from pathlib import Path

import httpx
import pytest
from harbour import FINISHED, assert_balanced, until
from pictures import write_pictures
from server import running_server

from pixharbor_emulators.google_drive import running_google_drive
from pixharbor_emulators.request_log import Counts

FILES = 700
SEED = 20260501


@pytest.mark.parametrize(
    ("database_url", "kills"), [("sqlite", 10), ("postgresql", 2)], indirect=["database_url"]
)
async def test_an_import_killed_ten_times_has_every_picture_once_s0_31_t13_t15(
    tmp_path: Path, tree: Path, database_url: str, kills: int
) -> None:
    bodies = []
    for number in range(7):
        folder = tree / f"folder-{number}"
        bodies += write_pictures(folder, FILES // 7, first=number * 1000)
    chance = random.Random(SEED)
    async with running_google_drive(tree, faults=("slow:seconds=.02",)) as drive:
        settings = {
            "DATABASE_URL": database_url,
            "GOOGLE_DRIVE_API_URL": drive.api_url,
            "GOOGLE_API_KEY": "key",
        }
        job_id = ""
        for kill in range(kills + 1):
            async with running_server(tmp_path / "data", **settings) as server:
                if kill == 0:
                    answer = await server.api.post(
                        "/import/google-drive", json={"folder_url": drive.folder_link}
                    )
                    job_id = answer.json()["task_id"]
                if kill == kills:
                    await _check_end(server.api, job_id, bodies)
                    break
                struck = drive.counts.downloads + chance.randrange(1, 60)
                await drive.log.until(partial(_have_come, struck))
                await server.kill()
    kept = (tmp_path / "data" / "objects" / "originals").rglob("*.jpg")
    assert Counter(path.read_bytes() for path in kept) == Counter(bodies)


def _have_come(downloads: int, counts: Counts) -> bool:
    return counts.downloads >= downloads


async def _check_end(api: httpx.AsyncClient, job_id: str, bodies: list[bytes]) -> None:
    async def finished() -> dict[str, object] | None:
        job = (await api.get(f"/api/v1/jobs/{job_id}")).json()
        assert_balanced(job["balance"])
        return job if job["state"] in FINISHED else None

    job = await until(finished, seconds=90)
    assert (job["state"], job["error"]) == ("completed", None)
    answer = (await api.get("/images", params={"limit": 1000})).json()
    assert answer["total"] == answer["count"] == FILES
    hashes = {
        image["storage_path"].rpartition("/")[2].partition(".")[0] for image in answer["images"]
    }
    assert hashes == {hashlib.sha256(body).hexdigest() for body in bodies}
