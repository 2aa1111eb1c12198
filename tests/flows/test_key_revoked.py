"""A key that is revoked while an import is under way: it stops at once, and nothing of it fails."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from flows.conftest import DropboxPort, Port
from harbour import Harbour, until
from pictures import write_pictures
from sqlalchemy import exists, select

from pixharbor.jobs.models import Task
from pixharbor.jobs.states import TaskState


@pytest.fixture
def tree(tree: Path) -> Path:
    """Twenty pictures in four folders."""
    for number in range(4):
        write_pictures(tree / f"sub-{number}", 5, first=number * 5)
    return tree


class Keys(AbstractSet[str]):
    """What the provider accepts: one key, for as many requests as are left."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.left = 1_000_000

    def __contains__(self, key: object) -> bool:
        self.left -= 1
        return key == self.key and self.left >= 0

    def __iter__(self) -> Iterator[str]:
        return iter([self.key])

    def __len__(self) -> int:
        return 1


async def pause_and_mend(harbour: Harbour, keys: Keys, link: str, setting: str) -> None:
    """Import; look at the pause when the key is revoked; mend it, and see all twenty stored."""
    job_id = await harbour.start(link)
    job = await harbour.until(job_id, lambda job: job["state"] == "paused")
    assert job["pause"]["reason"] == "source_not_configured"
    assert setting in job["pause"]["message"]
    assert job["pause"]["until"] is None
    assert (job["balance"]["failed"], job["balance"]["folders"]["failed"]) == (0, 0)
    await at_rest(harbour)  # a person takes longer than requests that are under way
    keys.left = 1_000_000
    answer = await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
    assert answer.status_code == 200, answer.text
    job = await harbour.finish(job_id)
    assert (job["state"], job["balance"]["stored"]) == ("completed", 20)


async def at_rest(harbour: Harbour) -> None:
    """Until no worker holds a task any more."""

    async def look() -> bool | None:
        running = select(exists().where(Task.state == TaskState.RUNNING))
        async with harbour.runtime.work.read() as session:
            return None if await session.scalar(running) else True

    await until(look, worker=harbour.worker)


# The first question is the check, the second the folder itself.
@pytest.mark.parametrize("requests", [3, 8], ids=["listing", "downloading"])
async def test_a_google_key_revoked_under_way_pauses_the_import_until_it_is_mended(
    port: Port, requests: int
) -> None:
    keys = Keys("key")
    async with port(keys=keys) as (harbour, drive):
        keys.left = requests
        await pause_and_mend(harbour, keys, drive.folder_link, "GOOGLE_API_KEY")


@pytest.mark.parametrize("requests", [3, 8], ids=["listing", "downloading"])
async def test_a_dropbox_secret_revoked_under_way_pauses_the_import_until_it_is_mended(
    dropbox_port: DropboxPort, requests: int
) -> None:
    keys = Keys("key:secret")
    async with dropbox_port(apps=keys) as (harbour, dropbox):
        keys.left = requests
        await pause_and_mend(harbour, keys, dropbox.folder_link, "DROPBOX_APP_SECRET")
