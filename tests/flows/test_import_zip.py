"""Flow 1 from a ZIP archive: what is stored, what the items say, what the job says."""

import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from aiohttp import web
from flows.archives import kept, until_put_away, upload, web_server, zipped
from harbour import Harbour, until
from pictures import picture
from sqlalchemy import update
from uuid_utils.compat import uuid7

from pixharbor.imports.fetch_file import IN_MEMORY_BYTES
from pixharbor.jobs.models import Job

Open = Callable[..., AbstractAsyncContextManager[Harbour]]


async def test_an_uploaded_archive_becomes_images_and_goes(
    tmp_path: Path, harbour_at: Open
) -> None:
    bodies = {f"2024/{number}.jpg": picture(number) for number in range(20)}
    bodies["large.jpg"] = picture(100) + b"\0" * IN_MEMORY_BYTES
    whole = zipped({**bodies, "2024/notes.jpg": b"no picture", "__MACOSX/._a": b"x"})
    async with harbour_at() as harbour:
        answer = await upload(harbour, whole)
        assert answer.status_code == 202, answer.text
        assert (answer.json()["source"], answer.json()["name"]) == ("zip_archive", "album.zip")
        job = await harbour.finish(answer.json()["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 21)
        told = {reason["reason"]: reason["count"] for reason in job["reasons"]}
        assert told == {"not_an_image": 1, "filtered": 1}
        images = await harbour.images(source="zip_archive")
        stored = [await harbour.original(image) for image in images]
        assert Counter(stored) == Counter(bodies.values())
        await until_put_away(tmp_path)


async def test_a_form_brings_one_too_with_options(tmp_path: Path, harbour_at: Open) -> None:
    form: dict[str, Any] = {
        "files": {"file": ("C:\\fakepath\\Fotos.zip", zipped({"a.jpg": picture(1)}))},
        "data": {"options": json.dumps({"priority": 5, "dry_run": True})},
    }
    async with harbour_at() as harbour:
        answer = await harbour.api.post("/api/v1/imports/zip", **form)
        assert answer.status_code == 202, answer.text
        job_id = answer.json()["id"]
        job = await harbour.until(job_id, lambda job: job["state"] == "completed")
        assert (job["name"], job["dry_run"]) == ("Fotos.zip", True)
        assert len(kept(tmp_path)) == 1  # a dry run's archive is wanted again
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/run")
        job = await harbour.until(job["id"], lambda job: job["balance"]["stored"] == 1)
        await until_put_away(tmp_path)


async def test_a_linked_archive_becomes_images_and_again_only_what_changed(
    tmp_path: Path, harbour_at: Open
) -> None:
    bodies = {f"{number}.jpg": picture(number) for number in range(5)}
    served = [zipped(bodies)]
    async with (
        web_server(lambda: web.Response(body=served[-1])) as url,
        harbour_at() as harbour,
    ):
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        assert (answer.status_code, answer.json()["source"]) == (202, "zip_archive")
        job = await harbour.finish(answer.json()["id"])
        assert (job["name"], job["balance"]["stored"]) == ("album.zip", 5)
        await until_put_away(tmp_path)

        served.append(zipped({**bodies, "0.jpg": picture(50)}))
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        job = await harbour.finish(answer.json()["id"])
        told = {reason["reason"]: reason["count"] for reason in job["reasons"]}
        assert (job["balance"]["stored"], told["unchanged"]) == (1, 4)
        await until_put_away(tmp_path)


async def dry_run(harbour: Harbour) -> str:
    """A dry run that has ended; answers its job's id."""
    answer = await upload(harbour, zipped({"a.jpg": picture(1)}), options='{"dry_run": true}')
    job = await harbour.until(answer.json()["id"], lambda job: job["state"] == "completed")
    return str(job["id"])


async def test_a_dry_run_that_is_cancelled_keeps_no_archive(
    tmp_path: Path, harbour_at: Open
) -> None:
    async with harbour_at(working=False) as harbour:
        body = zipped({"a.jpg": picture(1)})
        job_id = (await upload(harbour, body, options='{"dry_run": true}')).json()["id"]
        assert len(kept(tmp_path)) == 1
        await harbour.api.post(f"/api/v1/jobs/{job_id}/cancel")
    async with harbour_at():
        await until_put_away(tmp_path)


async def test_a_dry_runs_archive_goes_with_its_record(tmp_path: Path, harbour_at: Open) -> None:
    async with harbour_at() as harbour:
        job_id = await dry_run(harbour)
        assert len(kept(tmp_path)) == 1
        assert (await harbour.api.delete(f"/api/v1/jobs/{job_id}")).status_code == 204
        assert kept(tmp_path) == []


async def test_an_archive_stays_while_another_import_of_it_goes_on(
    tmp_path: Path, harbour_at: Open
) -> None:
    async with harbour_at() as harbour:
        job_id = await dry_run(harbour)
        link = (await harbour.job(job_id))["location"]
    async with harbour_at(working=False) as harbour:
        answer = await harbour.api.post("/api/v1/imports", json={"location": link})
        assert (await harbour.api.delete(f"/api/v1/jobs/{job_id}")).status_code == 204
        assert len(kept(tmp_path)) == 1
    async with harbour_at() as harbour:
        job = await harbour.finish(answer.json()["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
        await until_put_away(tmp_path)


async def test_what_killed_processes_left_of_archives_is_swept_when_it_is_a_day_old(
    tmp_path: Path, harbour_at: Open
) -> None:
    young, long_ago = uuid7().hex, f"{int(time.time() - 90_000) * 1000:012x}" + "0" * 20
    folder = tmp_path / "data" / "objects" / "archives"
    folder.mkdir(parents=True)
    for name in (f"{young}.zip", f"{long_ago}.zip", "notes.txt"):
        (folder / name).write_bytes(b"left")
    async with harbour_at(working=False) as harbour:
        answer = await upload(harbour, zipped({"a.jpg": picture(1)}))
        wanted = answer.json()["location"].split("/")[0].removeprefix("upload:")
        old = long_ago[:-1] + "1"  # of a job that has been paused for days
        (folder / f"{wanted}.zip").rename(folder / f"{old}.zip")
        async with harbour.runtime.work() as unit:
            await unit.session.execute(update(Job).values(resource_key=old, state="paused"))
    async with harbour_at():

        async def is_swept() -> bool | None:
            return not (folder / f"{long_ago}.zip").exists() or None

        await until(is_swept, seconds=20)
    assert {path.name for path in kept(tmp_path)} == {f"{young}.zip", f"{old}.zip", "notes.txt"}
