"""Flow 1 from a ZIP archive: what is stored, what the items say, what the job says."""

import io
import json
import time
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from harbour import Harbour, running_harbour, until
from pictures import picture
from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from pixharbor.imports import pause_import, retry_delays
from pixharbor.imports.fetch_file import IN_MEMORY_BYTES
from pixharbor.jobs.models import Job, Task
from pixharbor.jobs.states import TaskState

Open = Callable[..., Any]


def zipped(bodies: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in bodies.items():
            archive.writestr(name, body)
    return data.getvalue()


@pytest.fixture
def harbour_at(tmp_path: Path, database_url: str) -> Open:
    def open_harbour(**more: Any) -> Any:
        given = {
            "database_url": database_url, "storage_reserve": 0,
            "allow_private_addresses": "127.0.0.0/8", **more,
        }  # fmt: skip
        return running_harbour(tmp_path / "data", **given)

    return open_harbour


def kept(tmp_path: Path) -> list[Path]:
    """What is left of archives, wherever they were."""
    found = [*(tmp_path / "data" / "staging").iterdir()]
    folder = tmp_path / "data" / "objects" / "archives"
    return found + ([*folder.iterdir()] if folder.exists() else [])


async def until_put_away(tmp_path: Path) -> None:
    """The job ends a moment before its archive goes."""

    async def is_gone() -> bool | None:
        return not kept(tmp_path) or None

    await until(is_gone, seconds=20)


async def upload(harbour: Harbour, body: bytes, **query: str) -> httpx.Response:
    return await harbour.api.post(
        "/api/v1/imports/zip",
        params={"name": "album.zip", **query},
        content=body,
        headers={"Content-Type": "application/zip"},
    )


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
    form = {
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


async def test_damaged_and_encrypted_files_fail_alone(tmp_path: Path, harbour_at: Open) -> None:
    body = bytearray(zipped({"bad.jpg": picture(1), "secret.jpg": picture(2), "c.jpg": picture(3)}))
    body[80] ^= 0x10
    second = body.index(b"PK\3\4", 4)
    body[second + 6] |= 1
    directory = body.index(b"PK\1\2", body.index(b"PK\1\2") + 4)
    body[directory + 8] |= 1
    async with harbour_at() as harbour:
        job = await harbour.finish((await upload(harbour, bytes(body))).json()["id"])
        assert (job["state"], job["balance"]["stored"], job["balance"]["failed"]) == (
            "partial", 1, 2
        )  # fmt: skip
        items = {item["name"]: item for item in await harbour.items(job["id"])}
        assert (items["bad.jpg"]["state"], items["bad.jpg"]["reason"]) == ("failed", "checksum")
        assert items["secret.jpg"]["reason"] == "forbidden"
        assert "password" in items["secret.jpg"]["message"]
        await until_put_away(tmp_path)
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        job = await harbour.finish(job["id"])
        again = {item["name"]: item["message"] for item in await harbour.items(job["id"])}
        assert "import it again" in again["bad.jpg"]


@pytest.mark.parametrize(
    ("body", "words"),
    [(zipped({"a.jpg": picture(1)})[:-30], "cut off"), (b"<html>", "no ZIP"), (b"", "no ZIP")],
)
async def test_what_is_no_whole_archive_is_refused_and_leaves_nothing(
    tmp_path: Path, harbour_at: Open, body: bytes, words: str
) -> None:
    async with harbour_at(working=False) as harbour:
        answer = await upload(harbour, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "archive_refused")
        assert words in answer.json()["detail"]
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []
        assert kept(tmp_path) == []


async def test_an_archive_above_the_limit_is_refused_while_it_comes(
    tmp_path: Path, harbour_at: Open
) -> None:
    async with harbour_at(working=False, limit_archive_bytes=1000) as harbour:
        answer = await upload(harbour, zipped({"a.jpg": picture(1, size=(300, 300))}) + b"x" * 1000)
        assert answer.status_code == 422
        assert "LIMIT_ARCHIVE_BYTES" in answer.json()["cure"]
        assert kept(tmp_path) == []
        for wrong in ("[]", "{", '{"location": "/etc"}', '{"nonsense": 1}'):
            answer = await upload(harbour, b"", options=wrong)
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")


@asynccontextmanager
async def web_server(answer: Callable[[], web.Response]) -> AsyncIterator[str]:
    """Answers everything alike."""

    async def handle(_request: web.Request) -> web.Response:
        return answer()

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/album.zip"
    finally:
        await runner.cleanup()


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


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [(404, b"", "folder_missing"), (403, b"", "folder_refused")],
)
async def test_a_link_that_leads_to_no_archive_makes_no_job(
    harbour_at: Open, status: int, body: bytes, code: str
) -> None:
    async with (
        web_server(lambda: web.Response(status=status, body=body)) as url,
        harbour_at(working=False) as harbour,
    ):
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_link_to_a_page_fails_the_job_with_the_reason(
    tmp_path: Path, harbour_at: Open
) -> None:
    async with web_server(lambda: web.Response(body=b"<html>")) as url, harbour_at() as harbour:
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        job = await harbour.finish(answer.json()["id"])
        assert (job["state"], job["error"]["code"]) == ("failed", "archive_refused")
        await until_put_away(tmp_path)


async def test_a_host_that_always_asks_for_patience_ends_the_job(
    tmp_path: Path, harbour_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_delays, "CAP_SECONDS", 0.01)
    async with web_server(lambda: web.Response(status=429)) as url, harbour_at() as harbour:
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        job = await harbour.finish(answer.json()["id"])
        assert (job["state"], job["error"]["code"]) == ("failed", "provider_error")
        assert "slow down" in job["error"]["message"]
        assert await harbour.items(job["id"]) == []


async def test_a_host_that_wants_hours_ends_the_job_at_once(
    tmp_path: Path, harbour_at: Open
) -> None:
    def later() -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "7200"})

    async with web_server(later) as url, harbour_at(working=False) as harbour:
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        assert (answer.status_code, answer.json()["code"]) == (403, "folder_refused")
        assert "120 minutes" in answer.json()["detail"]


@pytest.mark.parametrize("act", ["pause", "cancel", "stop"])
async def test_a_listing_that_waits_for_its_host_can_be_ended(
    tmp_path: Path, harbour_at: Open, act: str
) -> None:
    def later() -> web.Response:
        return web.Response(status=503, headers={"Retry-After": "500"})

    async with web_server(later) as url, harbour_at() as harbour:
        answer = await harbour.api.post("/api/v1/imports", json={"location": url})
        job_id = answer.json()["id"]
        await harbour.until(job_id, lambda job: bool(job["note"]))
        if act != "stop":
            await harbour.api.post(f"/api/v1/jobs/{job_id}/{act}")

            async def is_given_back() -> bool | None:
                async with harbour.runtime.work.read() as session:
                    tasks = await session.scalars(select(Task.state))
                    return TaskState.RUNNING not in tasks or None

            await until(is_given_back, seconds=10)
        began = time.monotonic()
    assert time.monotonic() - began < 10


async def test_a_full_disk_pauses_the_import_of_a_linked_archive_until_there_is_room_r9(
    tmp_path: Path, harbour_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def archive() -> web.Response:
        asked.append("archive")
        return web.Response(body=zipped({"a.jpg": picture(1)}))

    async with web_server(archive) as url:
        async with harbour_at(storage_reserve=1 << 60) as harbour:
            answer = await harbour.api.post("/api/v1/imports", json={"location": url})
            job_id = answer.json()["id"]
            job = await harbour.until(job_id, lambda job: job["state"] == "paused")
            assert job["pause"]["reason"] == "storage_full"
            assert "STORAGE_URL" in job["pause"]["message"]
            assert len(asked) == 2  # once to look at it, once to bring it
            assert kept(tmp_path) == []
            monkeypatch.setattr(pause_import, "STORE_PAUSE", timedelta())
            await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
            await harbour.until(job_id, lambda job: len(asked) > 2 and job["state"] == "paused")
        async with harbour_at() as harbour:  # there is room, and it goes on by itself
            job = await harbour.finish(job_id)
            assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
            await until_put_away(tmp_path)


async def test_a_full_disk_refuses_an_upload_and_keeps_nothing_r9(
    tmp_path: Path, harbour_at: Open
) -> None:
    async with harbour_at(working=False, storage_reserve=1 << 60) as harbour:
        answer = await upload(harbour, zipped({"a.jpg": picture(1)}))
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_full")
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []
        assert kept(tmp_path) == []


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


async def test_private_addresses_are_not_asked_for_archives_x1(harbour_at: Open) -> None:
    async with harbour_at(working=False, allow_private_addresses="") as harbour:
        wanted = {"location": "http://127.0.0.1:9999/album.zip"}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        assert (answer.status_code, answer.json()["code"]) == (403, "address_refused")
