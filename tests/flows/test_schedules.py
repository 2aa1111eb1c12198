"""A schedule: the place is imported again by itself, once for each time that is due."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flows.conftest import Port
from harbour import Harbour, until
from pictures import write_pictures
from sqlalchemy import func, select, update

from pixharbor.db.engine import open_database
from pixharbor.imports import forget_runs
from pixharbor.imports.start_due import start_due
from pixharbor.jobs.models import Job
from pixharbor.schedules.models import Schedule
from pixharbor.unit_of_work import Work


async def post(harbour: Harbour, link: str, **wanted: Any) -> dict[str, Any]:
    answer = await harbour.api.post("/api/v1/imports", json={"location": link, **wanted})
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


async def schedules(harbour: Harbour) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await harbour.api.get("/api/v1/schedules")).json()["schedules"]
    return found


async def make_due(harbour: Harbour, *, days: int = 0) -> None:
    """Let the next time of every schedule be a moment, or some days, ago."""
    past = datetime.now(UTC) - timedelta(days=days, seconds=1)
    async with harbour.runtime.work() as unit:
        await unit.session.execute(update(Schedule).values(next_at=past))


async def test_a_scheduled_import_runs_now_and_again_when_it_is_due(port: Port, tree: Path) -> None:
    write_pictures(tree, 3)
    async with port() as (harbour, drive):
        first = await post(
            harbour, drive.folder_link, schedule="daily", priority=3, filters={"types": ["jpeg"]}
        )
        await harbour.finish(first["id"])
        (made,) = await schedules(harbour)
        assert (made["every"], made["timezone"], made["paused"]) == ("daily", "UTC", False)
        in_a_day = datetime.now(UTC) + timedelta(days=1)
        assert abs(datetime.fromisoformat(made["next_at"]) - in_a_day) < timedelta(minutes=2)
        write_pictures(tree, 1, first=50)
        drive.rescan()
        await make_due(harbour)

        async def second() -> dict[str, Any] | None:
            (seen,) = await schedules(harbour)
            return seen if seen["last_job_id"] != first["id"] else None

        seen = await until(second, worker=harbour.worker)
        assert (seen["last_error"], seen["next_at"]) == (None, made["next_at"])
        job = await harbour.finish(seen["last_job_id"])
        assert (job["priority"], job["filters"]) == (3, {"types": ["jpeg"]})
        assert (job["balance"]["stored"], job["balance"]["duplicate"]) == (1, 3)


async def test_many_hosts_start_a_due_import_once_and_missed_times_once(
    port: Port, tree: Path, database_url: str
) -> None:
    write_pictures(tree, 1)
    async with port(working=False) as (harbour, drive), AsyncExitStack() as stack:
        first = await post(harbour, drive.folder_link, schedule="hourly")
        async with harbour.runtime.work() as unit:
            await unit.session.execute(update(Job).values(state="completed"))
        hosts = [
            Work(
                await stack.enter_async_context(open_database(database_url)),
                harbour.runtime.transport,
            )
            for _ in range(6)
        ]
        await make_due(harbour, days=3)  # 72 times were missed
        await asyncio.gather(*(start_due(host, harbour.runtime.connected) for host in hosts))
        async with harbour.runtime.work.read() as session:
            assert await session.scalar(select(func.count()).select_from(Job)) == 2
        (seen,) = await schedules(harbour)
        assert seen["last_job_id"] != first["id"]
        assert datetime.fromisoformat(seen["next_at"]) > datetime.now(UTC)
        assert datetime.fromisoformat(seen["last_at"]) < datetime.now(UTC) - timedelta(days=2)


async def test_a_run_that_finds_the_last_one_still_running_is_that_one(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 1)
    async with port(working=False) as (harbour, drive):
        first = await post(harbour, drive.folder_link, schedule="0 3 * * *")
        await make_due(harbour)
        await start_due(harbour.runtime.work, harbour.runtime.connected)
        (seen,) = await schedules(harbour)
        assert (seen["last_job_id"], seen["last_error"]) == (first["id"], None)


async def test_runs_that_found_nothing_to_do_are_forgotten_when_there_are_many(
    port: Port, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forget_runs, "KEPT_RUNS", 1)
    write_pictures(tree, 2)
    async with port() as (harbour, drive):
        jobs = [(await post(harbour, drive.folder_link, schedule="0 3 * * *"))["id"]]
        await harbour.finish(jobs[0])
        for run in range(4):
            if run == 1:
                write_pictures(tree, 1, first=50)
                drive.rescan()
            await make_due(harbour)
            await start_due(harbour.runtime.work, harbour.runtime.connected)

            async def next_run() -> str | None:
                (seen,) = await schedules(harbour)
                return None if seen["last_job_id"] in jobs else str(seen["last_job_id"])

            jobs.append(await until(next_run, worker=harbour.worker))
            await harbour.finish(jobs[-1])

        async def kept() -> list[str] | None:
            listed = (await harbour.api.get("/api/v1/jobs")).json()["jobs"]
            ids = sorted((job["id"] for job in listed), key=jobs.index)
            return ids if len(ids) < len(jobs) else None

        # The first was asked for, the second run brought something, the last two are the latest.
        assert await until(kept, worker=harbour.worker) == [jobs[0], jobs[2], jobs[3], jobs[4]]
        assert len(await harbour.images()) == 3


async def test_a_schedule_is_changed_paused_resumed_and_removed(port: Port, tree: Path) -> None:
    async with port(working=False) as (harbour, drive):
        await post(harbour, drive.folder_link, schedule="daily")
        wanted = {"every": "0 3 * * *", "timezone": "Europe/Berlin"}
        await post(harbour, drive.folder_link, schedule=wanted)  # a place has one
        (made,) = await schedules(harbour)
        path = f"/api/v1/schedules/{made['id']}"
        assert (made["cron"], made["timezone"]) == ("0 3 * * *", "Europe/Berlin")
        changed = (await harbour.api.patch(path, json={"every": "hourly"})).json()
        assert changed["cron"].endswith(" * * * *")
        paused = (await harbour.api.patch(path, json={"paused": True})).json()
        assert (paused["paused"], paused["next_at"]) == (True, None)
        await start_due(harbour.runtime.work, harbour.runtime.connected)
        resumed = (await harbour.api.patch(path, json={"paused": False})).json()
        assert datetime.fromisoformat(resumed["next_at"]) > datetime.now(UTC)
        assert (await harbour.api.get(path)).json() == resumed
        assert (await harbour.api.delete(path)).status_code == 204
        assert (await harbour.api.get(path)).json()["code"] == "schedule_not_found"


async def test_a_source_that_is_no_more_is_told_at_the_schedule(port: Port, tree: Path) -> None:
    async with port(working=False) as (harbour, drive):
        first = await post(harbour, drive.folder_link, schedule="daily")
        await make_due(harbour)
        async with harbour.runtime.work() as unit:
            await unit.session.execute(update(Schedule).values(source="picasa"))
        await start_due(harbour.runtime.work, harbour.runtime.connected)
        (seen,) = await schedules(harbour)
        assert seen["last_error"] == "This server has no source picasa any more."
        assert seen["last_job_id"] == first["id"]
        assert datetime.fromisoformat(seen["next_at"]) > datetime.now(UTC)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"schedule": "every full moon"}, "“every full moon” is no schedule"),
        ({"schedule": {"every": "daily", "timezone": "Mars"}}, "There is no time zone “Mars”"),
        ({"schedule": {"often": True}}, "schedule.every"),
        ({"schedule": "daily", "dry_run": True}, "a dry run has no schedule"),
    ],
)
async def test_a_bad_schedule_is_refused_before_anything_begins(
    port: Port, wanted: dict[str, Any], told: str
) -> None:
    async with port(working=False) as (harbour, drive):
        answer = await harbour.api.post(
            "/api/v1/imports", json={"location": drive.folder_link, **wanted}
        )
        assert answer.status_code == 422
        assert told in answer.json()["detail"]
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []
