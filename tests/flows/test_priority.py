"""The priority of an import: every task of it has it, and the fan-out goes by it."""

from pathlib import Path
from typing import Any

import pytest
from fakes.recording_transport import RecordingTransport
from flows.conftest import Port
from harbour import Harbour
from pictures import write_pictures
from sqlalchemy import select, update

from pixharbor.jobs.fan_out import announce
from pixharbor.jobs.models import Job, Task
from pixharbor.unit_of_work import Work


async def post(harbour: Harbour, link: str, **wanted: Any) -> str:
    answer = await harbour.api.post("/api/v1/imports", json={"location": link, **wanted})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("dry_run", [False, True])
async def test_every_task_of_an_import_has_its_priority(
    port: Port, tree: Path, *, dry_run: bool
) -> None:
    write_pictures(tree, 3)
    async with port() as (harbour, drive):
        job_id = await post(harbour, drive.folder_link, priority=7, dry_run=dry_run)
        if dry_run:
            await harbour.until(job_id, lambda job: job["state"] == "completed")
            await harbour.api.post(f"/api/v1/jobs/{job_id}/run")
        job = await harbour.finish(job_id)
        assert (job["priority"], job["balance"]["stored"]) == (7, 3)
        async with harbour.runtime.work.read() as session:
            tasks = (await session.execute(select(Task.name, Task.priority))).all()
        assert {name for name, _ in tasks} == {
            "imports.list_files", "imports.fetch_chunk", "imports.finish_import"
        }  # fmt: skip
        assert {priority for _, priority in tasks} == {7}


async def test_imports_are_announced_by_priority_and_in_turn_where_it_is_equal(
    port: Port, tree: Path
) -> None:
    for name in "abc":
        write_pictures(tree / name, 1)
    async with port(working=False) as (harbour, drive):
        links = [f"https://drive.google.com/drive/folders/{drive.file_id(name)}" for name in "abc"]
        last = await post(harbour, links[0], priority=-5)
        ordinary = await post(harbour, links[1])
        urgent = await post(harbour, links[2], priority=5)
        heard = RecordingTransport()
        work = Work(harbour.runtime.database, heard)
        async with work() as unit:
            await unit.session.execute(update(Task).values(published_at=None))
            await announce(unit)
        async with work.read() as session:
            jobs = {
                task: str(job)
                for task, job in await session.execute(
                    select(Task.id, Job.id).join(Job, Job.id == Task.job_id)
                )
            }
        assert [jobs[task] for task in heard.take_sent()] == [urgent, ordinary, last]
        heard.close()
