"""Idempotency keys: the same request makes its job once, for a day."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from harbour import running_harbour
from pictures import write_pictures
from sqlalchemy import func, select, update
from uuid_utils.compat import uuid7

from pixharbor.errors import BadInput
from pixharbor.jobs.models import IdempotencyKey, Job
from pixharbor.jobs.states import JobState
from pixharbor.jobs.work_once import KEEP, RequestKey, job_of_request, remember_request
from pixharbor.unit_of_work import Work
from pixharbor_emulators.google_drive import running_google_drive


def asked(body: bytes = b"{}", **given: Any) -> RequestKey:
    values: dict[str, Any] = {"owner": 1, "route": "POST /r", "key": "k", "body": body}
    return RequestKey(**(values | given))


async def ask(work: Work, request_key: RequestKey) -> UUID:
    """The job that this request makes, or made before."""
    async with work() as unit:
        known = await job_of_request(unit.session, request_key)
        if known:
            return known
        job_id = uuid7()
        await remember_request(unit.session, request_key, job_id)
        return job_id


async def age(work: Work, by: timedelta) -> None:
    async with work() as unit:
        await unit.session.execute(update(IdempotencyKey).values(created_at=datetime.now(UTC) - by))


async def test_the_same_request_is_answered_with_its_job(work: Work) -> None:
    assert await ask(work, asked()) == await ask(work, asked())


async def test_the_same_key_with_another_body_is_refused(work: Work) -> None:
    await ask(work, asked(b"one"))
    with pytest.raises(BadInput, match="used for another request") as told:
        await ask(work, asked(b"two"))
    assert (told.value.status, told.value.code) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("other", [{"owner": 2}, {"route": "POST /other"}, {"key": "other"}])
async def test_a_key_belongs_to_its_owner_and_route(work: Work, other: dict[str, Any]) -> None:
    assert await ask(work, asked(b"one")) != await ask(work, asked(b"two", **other))


async def test_a_key_is_forgotten_after_a_day(work: Work) -> None:
    first = await ask(work, asked(b"one"))
    await age(work, KEEP - timedelta(minutes=1))
    assert await ask(work, asked(b"one")) == first
    await age(work, KEEP + timedelta(minutes=1))
    second = await ask(work, asked(b"two"))
    assert second != first
    assert await ask(work, asked(b"two")) == second


async def test_old_keys_are_swept_with_the_next_one(work: Work) -> None:
    for n in range(3):
        await ask(work, asked(key=f"old {n}"))
    await age(work, KEEP + timedelta(minutes=1))
    await ask(work, asked(key="new"))
    async with work.read() as session:
        assert (await session.scalars(select(IdempotencyKey.key))).all() == ["new"]


async def test_without_a_key_nothing_is_remembered(work: Work) -> None:
    async with work() as unit:
        assert await job_of_request(unit.session, None) is None
        await remember_request(unit.session, None, uuid7())
    async with work.read() as session:
        assert (await session.scalars(select(IdempotencyKey))).all() == []


async def test_a_hundred_calls_with_one_key_make_one_job_r12(
    tmp_path: Path, database_url: str
) -> None:
    write_pictures(tmp_path / "drive", 1)
    async with (
        running_google_drive(tmp_path / "drive") as drive,
        running_harbour(
            tmp_path / "data", working=False, database_url=database_url,
            google_drive_api_url=drive.api_url, google_api_key="key",
        ) as harbour,
    ):  # fmt: skip

        async def call(key: str = "same", link: str = drive.folder_link) -> tuple[int, str | None]:
            answer = await harbour.api.post(
                "/import/google-drive",
                json={"folder_url": link},
                headers={"Idempotency-Key": key},
            )
            return answer.status_code, answer.json().get("task_id")

        (answered,) = set(await asyncio.gather(*(call() for _ in range(100))))
        assert answered[0] == 202
        async with harbour.runtime.work() as unit:
            assert await unit.session.scalar(select(func.count()).select_from(Job)) == 1
            await unit.session.execute(update(Job).values(state=JobState.COMPLETED))
        assert await call() == answered
        assert (await call(link=f"{drive.folder_link}?usp=sharing"))[0] == 422
        others = set(await asyncio.gather(*(call(key=f"another {n}") for n in range(20))))
        assert len(others) == 1  # one folder is brought in by one job at a time
        assert others != {answered}
