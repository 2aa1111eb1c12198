"""Request ids: the caller's comes back, ours where there is none, and never a header of theirs."""

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
import structlog

from pixharbor.logs import LogSettings, set_up_logs


@pytest.mark.parametrize("given", ["abc", "a" * 128, "0199/x:y+z=_.-", str(UUID(int=5))])
async def test_the_callers_id_comes_back(api: httpx.AsyncClient, given: str) -> None:
    answer = await api.get("/health", headers={"X-Request-ID": given})
    assert answer.headers.get_list("x-request-id") == [given]


@pytest.mark.parametrize(
    "given",
    [b"", b"a" * 129, b"a b", b"<script>", b"a\r\nSet-Cookie: x=1", b"a\n", b"a\x1b[31m", b"\xa0"],
)
async def test_an_id_that_might_do_harm_is_replaced_x5(
    api: httpx.AsyncClient, given: bytes
) -> None:
    answer = await api.get("/health", headers=[(b"x-request-id", given)])
    (told,) = answer.headers.get_list("x-request-id")
    assert UUID(told).version == 7
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "host", "status"),
    [
        ("GET", "/none", "localhost", 404),
        ("GET", "/health", "evil.example", 403),
        ("POST", "/falls-over", "localhost", 500),
    ],
)
async def test_a_refusal_and_a_failure_have_their_id_too(
    api: httpx.AsyncClient, method: str, path: str, host: str, status: int
) -> None:
    headers = {"X-Request-ID": "mine", "Host": host}
    answer = await api.request(method, path, headers=headers)
    assert (answer.status_code, answer.headers["x-request-id"]) == (status, "mine")


@pytest.fixture
def told_everything() -> Iterator[None]:
    set_up_logs(LogSettings(log_level="debug"))
    yield
    set_up_logs(LogSettings(log_level="warning"))


async def test_the_log_of_a_request_has_its_id(
    api: httpx.AsyncClient, told_everything: None
) -> None:
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        await api.get("/health", headers={"X-Request-ID": "mine"})
    told = [(line["request"], line["path"], line["status"]) for line in lines]
    assert told == [("mine", "/health", 200)]
    assert structlog.contextvars.get_contextvars() == {}
