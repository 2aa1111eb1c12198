"""The jobs' part of the API, with rows put there by hand and no worker that moves them."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from harbour import Harbour, assert_balanced, running_harbour
from jobs.rows import add_items, add_job, add_task
from sqlalchemy import update

from pixharbor.db.wire import pack_cursor
from pixharbor.jobs.models import Folder, Item
from pixharbor.jobs.states import FINISHED, JobState


@pytest.fixture
async def harbour(tmp_path: Path, database_url: str) -> AsyncIterator[Harbour]:
    data_dir = tmp_path / "data"
    async with running_harbour(data_dir, working=False, database_url=database_url) as harbour:
        yield harbour


async def job_with_items(harbour: Harbour, count: int, **given: Any) -> UUID:
    work = harbour.runtime.work
    job_id = await add_job(work, **given)
    await add_items(work, job_id, count)
    await add_task(work, job_id, lo=1, hi=count, listed=count)
    return job_id


async def settle(harbour: Harbour, job_id: UUID, seq: int, **values: Any) -> None:
    async with harbour.runtime.work() as unit:
        await unit.session.execute(
            update(Item).where(Item.job_id == job_id, Item.seq == seq).values(**values)
        )


async def refuse_folders(
    harbour: Harbour, job_id: UUID, folders: Sequence[tuple[str, str]]
) -> None:
    """Folders that could not be listed, each with its id and its path."""
    async with harbour.runtime.work() as unit:
        unit.session.add_all(
            Folder(
                job_id=job_id, provider_id=provider_id, kind="folder", path=path,
                state="failed", reason="forbidden", message="It is closed.",
            )
            for provider_id, path in folders
        )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "act", "code"),
    [
        ("completed", "pause", "job_not_active"),
        ("running", "resume", "job_not_paused"),
        ("cancelled", "cancel", "job_finished"),
        ("cancelled", "retry", "job_cancelled"),
        ("running", "delete", "job_active"),
    ],
)
async def test_an_act_that_the_state_forbids_is_a_conflict(
    harbour: Harbour, state: str, act: str, code: str
) -> None:
    path = f"/api/v1/jobs/{await add_job(harbour.runtime.work, state=state)}"
    answer = (
        await harbour.api.delete(path)
        if act == "delete"
        else await harbour.api.post(f"{path}/{act}")
    )
    assert (answer.status_code, answer.json()["code"]) == (409, code), answer.text


async def test_pause_resume_and_cancel_answer_the_job_as_it_is_then(harbour: Harbour) -> None:
    job_id = await job_with_items(harbour, 3)
    path = f"/api/v1/jobs/{job_id}"
    for act, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        answer = await harbour.api.post(f"{path}/{act}")
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == state
        assert_balanced(answer.json()["balance"])
        assert (await harbour.job(str(job_id)))["state"] == state


async def test_a_deleted_job_is_gone(harbour: Harbour) -> None:
    job_id = await job_with_items(harbour, 3, state=JobState.COMPLETED)
    assert (await harbour.api.delete(f"/api/v1/jobs/{job_id}")).status_code == 204
    assert (await harbour.api.get(f"/api/v1/jobs/{job_id}")).status_code == 404
    assert (await harbour.api.delete(f"/api/v1/jobs/{job_id}")).status_code == 404


async def test_jobs_are_paged_newest_first(harbour: Harbour) -> None:
    made = [str(await add_job(harbour.runtime.work)) for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await harbour.api.get("/api/v1/jobs", params=query)).json()
        seen += [job["id"] for job in page["jobs"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


async def test_jobs_are_filtered_by_state(harbour: Harbour) -> None:
    paused = await add_job(harbour.runtime.work, state=JobState.PAUSED, paused_from="running")
    await add_job(harbour.runtime.work)
    page = (await harbour.api.get("/api/v1/jobs", params={"state": "paused"})).json()
    assert [job["id"] for job in page["jobs"]] == [str(paused)]


async def test_items_are_paged_and_filtered(harbour: Harbour) -> None:
    job_id = await job_with_items(harbour, 7)
    await settle(harbour, job_id, 3, state="failed", reason="timeout", message="No answer.")
    await settle(harbour, job_id, 5, state="failed", reason="checksum", message="Wrong bytes.")
    path = f"/api/v1/jobs/{job_id}/items"
    first = (await harbour.api.get(path, params={"limit": "4"})).json()
    rest = (await harbour.api.get(path, params={"cursor": first["next_cursor"]})).json()
    assert [item["seq"] for item in first["items"] + rest["items"]] == [1, 2, 3, 4, 5, 6, 7]
    assert rest["next_cursor"] is None
    for query, seqs in (
        ({"state": "failed"}, [3, 5]),
        ({"reason": "checksum"}, [5]),
        ({"state": "failed", "reason": "timeout"}, [3]),
        ({"state": "gone"}, []),
    ):
        found = (await harbour.api.get(path, params=query)).json()["items"]
        assert [item["seq"] for item in found] == seqs
    job = await harbour.job(str(job_id))
    assert {(r["reason"], r["count"]) for r in job["reasons"]} == {("timeout", 1), ("checksum", 1)}
    assert all(reason["sentence"] and reason["cure"] for reason in job["reasons"])


@pytest.mark.parametrize(
    "cursor", ["x", "é", "====", pack_cursor("x"), pack_cursor(7), pack_cursor("x", "y"), "e30"]
)
async def test_a_cursor_that_is_not_ours_is_bad_input_x4(harbour: Harbour, cursor: str) -> None:
    answer = await harbour.api.get("/api/v1/jobs", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


async def test_the_report_has_every_item_and_no_formula_b1(harbour: Harbour) -> None:
    job_id = await job_with_items(harbour, 3)
    await settle(
        harbour, job_id, 2, name='=HYPERLINK("http://evil.example")', path='a "b", c\n.jpg'
    )
    answer = await harbour.api.get(f"/api/v1/jobs/{job_id}/report.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["seq"] for row in rows] == ["1", "2", "3"]
    assert rows[1]["name"] == '\'=HYPERLINK("http://evil.example")'
    assert rows[1]["path"] == 'a "b", c\n.jpg'


async def test_folders_that_were_not_listed_are_counted_named_and_reported(
    harbour: Harbour,
) -> None:
    job_id = await job_with_items(harbour, 2, state=JobState.PARTIAL)
    count = 1003  # more than an answer names, and than a page of the report holds
    work = harbour.runtime.work
    await add_task(work, job_id, name="imports.list_files", state="done", folders_failed=count)
    await refuse_folders(harbour, job_id, [(f"folder-{nr}", "=same") for nr in range(count)])
    job = await harbour.job(str(job_id))
    assert (len(job["failed_folders"]), job["balance"]["folders"]["failed"]) == (20, count)
    errors = (await harbour.api.get(f"/task/{job_id}")).json()["result"]["errors"]
    assert errors[0] == "=same/: It is closed."
    assert errors[20:] == [f"And 983 more: /api/v1/jobs/{job_id}/report.csv names them all."]
    answer = await harbour.api.get(f"/api/v1/jobs/{job_id}/report.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["state"] for row in rows[:2]] == ["pending", "pending"]
    assert sorted(row["provider_id"] for row in rows[2:]) == sorted(
        f"folder-{nr}" for nr in range(count)
    )
    assert {(row["path"], row["state"], row["message"]) for row in rows[2:]} == {
        ("'=same", "folder_failed", "It is closed.")
    }


async def test_what_ended_a_job_is_told_once(harbour: Harbour) -> None:
    job_id = await add_job(
        harbour.runtime.work,
        state=JobState.FAILED,
        error_code="folder_refused",
        error_message="It is closed.",
        error_cure="Open it.",
    )
    await refuse_folders(harbour, job_id, [(str(job_id), "")])
    (folder,) = (await harbour.job(str(job_id)))["failed_folders"]
    assert (folder["path"], folder["cure"]) == ("", "Open it.")
    errors = (await harbour.api.get(f"/task/{job_id}")).json()["result"]["errors"]
    assert errors == ["It is closed."]


@pytest.mark.parametrize(
    ("source", "cure"),
    [
        ("google_drive", "Share it with “anyone with the link”"),
        ("local_folder", "Make it readable for the user that runs the server"),
        ("object_storage", "restore it from its archive class"),
        ("web_urls", "The site refuses it"),
        ("zip_archive", "unpack the archive yourself"),
    ],
)
async def test_what_cures_a_refusal_depends_on_the_source(
    harbour: Harbour, source: str, cure: str
) -> None:
    job_id = await job_with_items(harbour, 1, source=source)
    await settle(harbour, job_id, 1, state="failed", reason="forbidden", message="No.")
    (item,) = await harbour.items(str(job_id))
    (reason,) = (await harbour.job(str(job_id)))["reasons"]
    assert cure in item["cure"]
    assert reason["cure"] == item["cure"]


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("queued", "PENDING"),
        ("listing", "STARTED"),
        ("running", "STARTED"),
        ("paused", "STARTED"),
        ("completed", "SUCCESS"),
        ("partial", "SUCCESS"),
        ("failed", "FAILURE"),
        ("cancelled", "REVOKED"),
    ],
)
async def test_the_flat_api_speaks_celerys_words_s0_18(
    harbour: Harbour, state: str, word: str
) -> None:
    job_id = await job_with_items(harbour, 1, state=state)
    task = (await harbour.api.get(f"/task/{job_id}")).json()
    assert (task["task_id"], task["status"]) == (str(job_id), word)
    assert (task["result"] is not None) == (state in FINISHED)
