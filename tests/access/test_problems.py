"""Error answers: every one is a problem with a code, a sentence and what to do."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import ValidationError

from pixharbor.db.wire import pack_cursor
from pixharbor.problems import Problem

NOBODY = UUID(int=7)


def problem_of(answer: httpx.Response) -> Problem:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    try:
        problem = Problem.model_validate_json(answer.content)
    except ValidationError as error:
        raise AssertionError(answer.text) from error
    assert problem.status == answer.status_code
    assert problem.title
    assert problem.detail
    return problem


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/none", 404, "not_found"),
        ("GET", "/api/v1/none", 404, "not_found"),
        ("GET", "/import/none", 404, "not_found"),
        ("GET", f"/task/{NOBODY}", 404, "task_not_found"),
        ("GET", f"/api/v1/jobs/{NOBODY}", 404, "job_not_found"),
        ("GET", f"/api/v1/jobs/{NOBODY}/items", 404, "job_not_found"),
        ("GET", f"/api/v1/jobs/{NOBODY}/report.csv", 404, "job_not_found"),
        ("DELETE", f"/api/v1/jobs/{NOBODY}", 404, "job_not_found"),
        ("POST", f"/api/v1/jobs/{NOBODY}/pause", 404, "job_not_found"),
        ("DELETE", "/health", 405, "method_not_allowed"),
        ("PUT", "/import/google-drive", 405, "method_not_allowed"),
        ("GET", "/api/v1/jobs/not-an-id", 422, "bad_input"),
        ("GET", "/task/not-an-id", 422, "bad_input"),
        ("GET", "/api/v1/jobs?limit=0", 422, "bad_input"),
        ("GET", "/api/v1/jobs?limit=1001", 422, "bad_input"),
        ("GET", "/api/v1/jobs?state=asleep", 422, "bad_input"),
        ("GET", "/api/v1/jobs?cursor=nonsense", 422, "bad_cursor"),
        ("GET", f"/api/v1/images?cursor={pack_cursor('no time', 1)}", 422, "bad_cursor"),
        ("GET", f"/api/v1/images?cursor={pack_cursor('2026-01-01', 1)}", 422, "bad_cursor"),
        ("GET", f"/api/v1/trash?cursor={pack_cursor('no time', 1)}", 422, "bad_cursor"),
        (
            "GET",
            f"/api/v1/trash?cursor={pack_cursor('0001-01-01T00:00+14:00', 1)}",
            422,
            "bad_cursor",
        ),
        ("GET", "/images?source=nowhere", 422, "unknown_source"),
        ("POST", "/falls-over", 500, "internal_error"),
    ],
)
async def test_every_error_is_a_problem_that_says_what_to_do_t16(
    api: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await api.request(method, path)
    problem = problem_of(answer)
    assert (problem.status, problem.code) == (status, code)
    if not code.endswith("_not_found"):
        assert problem.cure


async def test_a_failure_tells_nothing_of_its_inside(api: httpx.AsyncClient) -> None:
    answer = await api.post("/falls-over")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "folder_url"),
        ({"folder_url": ""}, "folder_url"),
        ({"folder_url": "   "}, "folder_url"),
        ({"folder_url": None}, "folder_url"),
        ({"folder_url": 7}, "folder_url"),
        ({"folder_url": "x" * 5000}, "folder_url"),
        ([], "body"),
        ("text", "body"),
    ],
)
async def test_a_bad_field_is_named_s0_15(api: httpx.AsyncClient, body: Any, field: str) -> None:
    problem = problem_of(await api.post("/import/google-drive", json=body))
    assert (problem.status, [error.field for error in problem.errors]) == (422, [field])
    if field == "folder_url":
        assert "https://drive.google.com/drive/folders/" in problem.errors[0].message


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"folder_url": "\xff"}', b"[" * 2000])
async def test_a_body_that_is_no_json_is_bad_input_x4(api: httpx.AsyncClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await api.post("/import/google-drive", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    problem_of(answer)


async def test_where_a_body_is_no_json_is_said(api: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await api.post("/import/google-drive", content=b'{"folder_url": ]', headers=headers)
    (error,) = problem_of(answer).errors
    assert (error.field, error.message) == ("body", "no valid JSON, at character 15")


async def test_the_methods_that_are_allowed_are_told(api: httpx.AsyncClient) -> None:
    answer = await api.put("/import/google-drive", json={})
    assert answer.headers["allow"] == "POST"
