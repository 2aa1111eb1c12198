"""The trash: out of every list, back again, left alone by schedules, and gone after 30 days."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flows.conftest import Port
from harbour import Harbour, until
from pictures import picture, write_pictures
from sqlalchemy import func, select, update

from pixharbor.db.engine import open_database
from pixharbor.images.models import Image, ProviderFile, PurgedObject, Variant
from pixharbor.images.purge_trash import purge_trash
from pixharbor.images.purged_objects import (
    ObjectsPurged,
    lock_contents,
    require_unpurged,
    share_contents,
    take_back,
)
from pixharbor.imports import pause_import
from pixharbor.imports.start_due import start_due
from pixharbor.schedules.models import Schedule
from pixharbor.storage.base import NewObject
from pixharbor.unit_of_work import Work


async def throw_away(harbour: Harbour, image: dict[str, Any]) -> None:
    answer = await harbour.api.delete(f"/api/v1/images/{image['image_id']}")
    assert answer.status_code == 204, answer.text


async def trash(harbour: Harbour, **query: str) -> dict[str, Any]:
    answer = await harbour.api.get("/api/v1/trash", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def age_trash(harbour: Harbour, *, days: float = 30.01) -> None:
    """Let everything in the trash have been there for so long."""
    async with harbour.runtime.work() as unit:
        long_ago = datetime.now(UTC) - timedelta(days=days)
        in_trash = update(Image).where(Image.deleted_at.is_not(None))
        await unit.session.execute(in_trash.values(deleted_at=long_ago))


async def purge(harbour: Harbour) -> None:
    await purge_trash(harbour.runtime.work, harbour.runtime.store)


async def objects(harbour: Harbour) -> set[str]:
    return {key async for key in harbour.runtime.store.keys("")}


async def count(harbour: Harbour, table: Any) -> int:
    async with harbour.runtime.work.read() as session:
        return int(await session.scalar(select(func.count()).select_from(table)) or 0)


async def run_schedule(harbour: Harbour) -> dict[str, Any]:
    """Let the only schedule be due; answers its job at its end."""
    async with harbour.runtime.work() as unit:
        before = await unit.session.scalar(select(Schedule.last_job_id))
        past = datetime.now(UTC) - timedelta(seconds=1)
        await unit.session.execute(update(Schedule).values(next_at=past))
    await start_due(harbour.runtime.work, harbour.runtime.connected)

    async def started() -> str | None:
        async with harbour.runtime.work.read() as session:
            now = await session.scalar(select(Schedule.last_job_id))
        return str(now) if now != before else None

    return await harbour.finish(await until(started, worker=harbour.worker))


async def import_daily(harbour: Harbour, link: str) -> None:
    wanted = {"location": link, "schedule": "daily"}
    answer = await harbour.api.post("/api/v1/imports", json=wanted)
    await harbour.finish(answer.json()["id"])


def reasons(job: dict[str, Any]) -> dict[str, int]:
    return {reason["reason"]: reason["count"] for reason in job["reasons"]}


async def test_an_image_in_the_trash_is_out_of_the_gallery_and_comes_back_as_it_was(
    port: Port, tree: Path
) -> None:
    bodies = write_pictures(tree, 3)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        first, second, third = await harbour.images()
        for image in (first, third):
            await throw_away(harbour, image)
        assert [image["name"] for image in await harbour.images()] == [second["name"]]
        assert (await harbour.api.get("/api/v1/images")).json()["total"] == 1
        path = f"/api/v1/images/{first['image_id']}"
        assert (await harbour.api.get(path)).json()["code"] == "image_not_found"
        assert (await harbour.api.delete(path)).status_code == 404  # not counted out twice

        page = await trash(harbour, limit="1")
        (latest,) = page["images"]
        assert latest["image_id"] == third["image_id"]
        kept = datetime.fromisoformat(latest["purge_at"]) - datetime.fromisoformat(
            latest["deleted_at"]
        )
        assert kept == timedelta(days=30)
        rest = await trash(harbour, cursor=page["next_cursor"])
        assert [image["image_id"] for image in rest["images"]] == [first["image_id"]]
        assert rest["next_cursor"] is None
        assert (await harbour.api.get(first["thumbnail_url"])).status_code == 307

        for _ in range(2):  # the second time there is nothing to do
            answer = await harbour.api.post(f"{path}/restore")
            assert (answer.status_code, answer.json()) == (200, first)
        assert [image["image_id"] for image in await harbour.images()] == [
            *(first["image_id"], second["image_id"])
        ]
        assert (await harbour.api.get("/api/v1/images")).json()["total"] == 2
        assert await harbour.original(first) == bodies[2]


async def test_an_image_whose_content_lives_again_is_not_restored_beside_it(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 1)
    async with port() as (harbour, drive):
        old = await harbour.run_for_image(drive.folder_link)
        await throw_away(harbour, old)
        # By hand: it comes back, as another image.
        new = await harbour.run_for_image(drive.folder_link)
        answer = await harbour.api.post(f"/api/v1/images/{old['image_id']}/restore")
        assert (answer.status_code, answer.json()["code"]) == (409, "content_lives")
        assert new["image_id"] in answer.json()["detail"]
        assert "move it to the trash" in answer.json()["cure"]
        await throw_away(harbour, new)
        answer = await harbour.api.post(f"/api/v1/images/{old['image_id']}/restore")
        assert answer.status_code == 200
        unknown = await harbour.api.post(f"/api/v1/images/{'0' * 32}/restore")
        assert unknown.json()["code"] == "image_not_found"


async def test_after_thirty_days_rows_originals_and_thumbnails_are_gone(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 3)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        kept, fresh, old = await harbour.images()
        for image in (kept, fresh, old):
            assert (await harbour.api.get(image["thumbnail_url"])).status_code == 307
        assert len(await objects(harbour)) == 6
        await throw_away(harbour, old)
        await age_trash(harbour, days=29.99)
        await purge(harbour)
        assert len(await objects(harbour)) == 6
        await age_trash(harbour)
        await throw_away(harbour, fresh)
        await purge(harbour)
        assert len(await objects(harbour)) == 4
        assert old["storage_path"] not in await objects(harbour)
        assert (await count(harbour, Image), await count(harbour, Variant)) == (2, 2)
        assert [image["image_id"] for image in (await trash(harbour))["images"]] == [
            fresh["image_id"]
        ]
        answer = await harbour.api.post(f"/api/v1/images/{old['image_id']}/restore")
        assert answer.status_code == 404
        for image in (kept, fresh):
            assert await harbour.runtime.store.size(image["storage_path"])


async def test_a_worker_looks_into_the_trash_by_itself(port: Port, tree: Path) -> None:
    write_pictures(tree, 2)
    async with port() as (harbour, drive):
        await harbour.run(drive.folder_link)
        kept, thrown = await harbour.images()
        await throw_away(harbour, thrown)
        await age_trash(harbour)
    async with port() as (harbour, _):

        async def purged() -> bool | None:
            return await objects(harbour) == {kept["storage_path"]} or None

        await until(purged, worker=harbour.worker)


async def test_an_object_that_another_image_has_stays_with_the_last_of_them(
    port: Port, tree: Path
) -> None:
    (body,) = write_pictures(tree, 1)
    async with port() as (harbour, drive):
        for _ in range(2):
            image = await harbour.run_for_image(drive.folder_link)
            await throw_away(harbour, image)
        living = await harbour.run_for_image(drive.folder_link)
        await age_trash(harbour)
        await purge(harbour)
        assert await count(harbour, Image) == 1
        assert await harbour.original(living) == body
        assert await count(harbour, PurgedObject) == 0
        assert reasons(await harbour.run(drive.folder_link)) == {"unchanged": 1}
        await throw_away(harbour, living)
        await age_trash(harbour)
        await purge(harbour)
        assert await objects(harbour) == set()


async def test_a_schedule_leaves_in_the_trash_what_a_person_threw_away(
    port: Port, tree: Path
) -> None:
    bodies = write_pictures(tree, 2)
    async with port() as (harbour, drive):
        await import_daily(harbour, drive.folder_link)
        kept, thrown = await harbour.images()
        await throw_away(harbour, thrown)
        job = await run_schedule(harbour)
        assert (job["state"], reasons(job)) == ("completed", {"unchanged": 1, "in_trash": 1})
        (item,) = await harbour.items(job["id"], reason="in_trash")
        assert (item["state"], item["message"]) == ("skipped", "Its image was moved to the trash.")
        (told,) = (each for each in job["reasons"] if each["reason"] == "in_trash")
        assert "by hand" in told["cure"]

        # The listing cannot tell of this one: it is fetched once, and known from then on.
        (tree / "again.jpg").write_bytes(bodies[0])
        drive.rescan()
        for _ in range(2):
            assert reasons(await run_schedule(harbour)) == {"unchanged": 1, "in_trash": 2}
        assert drive.counts.downloads == 3

        await age_trash(harbour)
        await purge(harbour)
        assert reasons(await run_schedule(harbour)) == {"unchanged": 1, "in_trash": 2}
        (tree / "and again.jpg").write_bytes(bodies[0])
        drive.rescan()
        for _ in range(2):
            assert reasons(await run_schedule(harbour)) == {"unchanged": 1, "in_trash": 3}
        assert drive.counts.downloads == 4
        await purge(harbour)  # nobody names what that import has put
        assert await objects(harbour) == {kept["storage_path"]}

        job = await harbour.run(drive.folder_link)
        assert (job["balance"]["stored"], job["balance"]["duplicate"]) == (1, 3)
        back = (await harbour.images())[0]
        assert await harbour.original(back) == bodies[0]
        assert reasons(await run_schedule(harbour)) == {"unchanged": 4}


async def test_a_restored_image_is_unchanged_for_the_next_schedule(port: Port, tree: Path) -> None:
    write_pictures(tree, 1)
    async with port() as (harbour, drive):
        await import_daily(harbour, drive.folder_link)
        (image,) = await harbour.images()
        await throw_away(harbour, image)
        assert reasons(await run_schedule(harbour)) == {"in_trash": 1}
        await harbour.api.post(f"/api/v1/images/{image['image_id']}/restore")
        assert reasons(await run_schedule(harbour)) == {"unchanged": 1}


async def test_no_row_names_an_object_that_a_purge_deletes_until_it_was_put_again(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 1)
    async with port(working=False) as (harbour, _):
        work, store = harbour.runtime.work, harbour.runtime.store
        key = "originals/1/aa/aa.jpg"
        new = NewObject(key, picture(1), "image/jpeg")
        await store.put_many([new])  # an import has found it there, and goes on to its rows …

        async def name_it() -> None:
            async with work() as unit:
                await share_contents(unit.session)
                await require_unpurged(unit.session, [key, "originals/1/bb/bb.jpg"])

        async with work() as unit:  # … when the last row that named it is purged
            await lock_contents(unit.session)
            claimed = datetime.now(UTC)
            row = {"storage_key": key, "owner": 1, "sha256": "aa", "claimed_at": claimed}
            unit.session.add(PurgedObject(**row))
        await take_back([key], work=work, store=store)  # it is there still: that says nothing yet
        with pytest.raises(ObjectsPurged) as refused:
            await name_it()
        assert refused.value.keys == [key]
        await store.delete_many([key])
        async with work() as unit:
            await unit.session.execute(update(PurgedObject).values(gone_at=claimed))
        await take_back([key], work=work, store=store)
        with pytest.raises(ObjectsPurged):
            await name_it()
        await store.put_many([new])
        await take_back([key], work=work, store=store)
        await name_it()


async def test_an_object_that_is_purged_once_more_at_that_moment_is_not_taken_back(
    port: Port, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pictures(tree, 1)
    async with port(working=False) as (harbour, _):
        work, store = harbour.runtime.work, harbour.runtime.store
        key, before = "originals/1/aa/aa.jpg", datetime.now(UTC) - timedelta(seconds=1)
        async with work() as unit:
            unit.session.add(PurgedObject(storage_key=key, owner=1, sha256="aa", gone_at=before))

        async def size(_key: str) -> int:
            """It was there; another purge deletes it before it is taken back."""
            async with work() as unit:
                await unit.session.execute(update(PurgedObject).values(gone_at=datetime.now(UTC)))
            return 100

        monkeypatch.setattr(store, "size", size)
        await take_back([key], work=work, store=store)
        assert await count(harbour, PurgedObject) == 1


async def test_what_a_killed_purge_has_claimed_is_deleted_by_another_an_hour_later(
    port: Port, tree: Path
) -> None:
    write_pictures(tree, 1)
    async with port() as (harbour, drive):
        image = await harbour.run_for_image(drive.folder_link)
        rows = {"storage_key": image["storage_path"], "owner": 1, "sha256": "aa"}
        now = datetime.now(UTC)
        async with harbour.runtime.work() as unit:
            unit.session.add(PurgedObject(**rows, claimed_at=now - timedelta(minutes=59)))
        await purge(harbour)
        assert len(await objects(harbour)) == 1
        async with harbour.runtime.work() as unit:
            past = now - timedelta(minutes=61)
            await unit.session.execute(update(PurgedObject).values(claimed_at=past))
        await purge(harbour)
        assert await objects(harbour) == set()


async def test_imports_and_purges_at_the_same_time_leave_no_image_without_its_bytes(
    port: Port, tree: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pause_import, "STORE_PAUSE", timedelta())
    bodies = write_pictures(tree, 16)
    async with port() as (harbour, drive), AsyncExitStack() as stack:
        transport, store = harbour.runtime.transport, harbour.runtime.store
        works = [
            Work(await stack.enter_async_context(open_database(database_url)), transport)
            for _ in range(3)
        ]
        await harbour.run(drive.folder_link)
        for _ in range(2):
            for image in await harbour.images():
                await throw_away(harbour, image)
            await age_trash(harbour)
            job_id = await harbour.start(drive.folder_link)
            done = asyncio.Event()
            purging = asyncio.create_task(_purge_all_the_time(works, store, done))
            job = await harbour.finish(job_id)
            done.set()
            await purging
            assert job["balance"]["stored"] == len(bodies)
            images = await harbour.images()
            assert sorted([await harbour.original(image) for image in images]) == sorted(bodies)
        assert await count(harbour, Image) == len(bodies)
        assert await count(harbour, ProviderFile) == len(bodies)


async def _purge_all_the_time(works: Sequence[Work], store: Any, done: asyncio.Event) -> None:
    while not done.is_set():
        await asyncio.gather(*(purge_trash(work, store) for work in works))
