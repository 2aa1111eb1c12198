"""Whatever goes wrong at a bucket: what is stored, what the item says, what the job says."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from harbour import Harbour, running_harbour
from pictures import picture
from servers.faulty_proxy import Fault, FaultyProxy, running_faulty_proxy
from servers.s3 import S3Server
from servers.versitygw import NEEDS_VERSITYGW, running_versitygw

from pixharbor.imports import retry_delays
from pixharbor.sources import object_storage_http

pytestmark = NEEDS_VERSITYGW

GOOD = {"0.jpg": picture(0), "1.jpg": picture(1)}
BAD = picture(7, size=(400, 300))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for minutes waits for moments here; the steps are the same."""
    monkeypatch.setattr(retry_delays, "TRIES", 3)
    monkeypatch.setattr(retry_delays, "CAP_SECONDS", 0.05)
    monkeypatch.setattr(object_storage_http, "IDLE_SECONDS", 1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_versitygw(tmp_path_factory.mktemp("versitygw")) as server:
        yield server


@pytest.fixture
def bucket(server: S3Server) -> str:
    """Two good pictures, one that faults are for, and two in a folder."""
    name = server.new_bucket()
    client = server.client()
    for key, body in {**GOOD, "bad.jpg": BAD, "sub/2.jpg": picture(2)}.items():
        client.put_object(Bucket=name, Key=key, Body=body)
    client.close()
    return name


@asynccontextmanager
async def through_a_proxy(
    tmp_path: Path, server: S3Server
) -> AsyncIterator[tuple[Harbour, FaultyProxy]]:
    async with running_faulty_proxy(server.url) as proxy:
        given: dict[str, Any] = {
            **server.given("unused"), "storage_url": f"file://{tmp_path}/objects",
            "s3_endpoint_url": proxy.url, "storage_reserve": 0,
        }  # fmt: skip
        async with running_harbour(tmp_path / "data", **given) as harbour:
            yield harbour, proxy


async def start(harbour: Harbour, bucket: str) -> str:
    answer = await harbour.api.post("/api/v1/imports", json={"location": f"s3://{bucket}"})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def stored(harbour: Harbour) -> Counter[bytes]:
    return Counter([await harbour.original(image) for image in await harbour.images()])


def is_bad(request: web.BaseRequest) -> bool:
    return request.method == "GET" and request.path.endswith("/bad.jpg")


def is_list_of_sub(request: web.BaseRequest) -> bool:
    return request.query.get("prefix") == "sub/" and request.query.get("max-keys") != "1"


ALL = Counter([*GOOD.values(), BAD, picture(2)])
REST = ALL - Counter([BAD])


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        (Fault("status", is_bad, 1), 2),
        (Fault("status", is_bad, 1, status=502, code="BadGateway"), 2),
        (Fault("status", is_bad, 1, status=503, code="SlowDown"), 1),  # to be told to wait is none
        (Fault("cut", is_bad, 1), 2),
        (Fault("reset", is_bad, 1), None),  # the HTTP client itself may ask again
        (Fault("hang", is_bad, 1), None),  # on a busy machine it ends before anybody's patience
        (Fault("flip", is_bad, 1), 2),
        (Fault("status", is_list_of_sub, 2), 1),
        (Fault("hang", is_list_of_sub, 1), 1),
        (Fault("page", is_list_of_sub, 1), 1),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
async def test_what_passes_at_a_bucket_leaves_no_trace(
    tmp_path: Path, server: S3Server, bucket: str, fault: Fault, tries: int | None
) -> None:
    async with through_a_proxy(tmp_path, server) as (harbour, proxy):
        fault.met = 0
        proxy.inject(fault)
        job = await harbour.finish(await start(harbour, bucket))
        assert (job["state"], job["reasons"], fault.met) == ("completed", [], fault.times)
        assert await stored(harbour) == ALL
        (bad,) = [item for item in await harbour.items(job["id"]) if item["name"] == "bad.jpg"]
        assert bad["attempts"] == (tries or bad["attempts"])


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        (Fault("status", is_bad, status=404, code="NoSuchKey"), "gone", "vanished"),
        (Fault("status", is_bad, status=403, code="AccessDenied"), "failed", "forbidden"),
        (Fault("status", is_bad, status=403, code="InvalidObjectState"), "failed", "forbidden"),
        (Fault("status", is_bad), "failed", "provider_error"),
        (Fault("cut", is_bad), "failed", "truncated"),
        (Fault("hang", is_bad), "failed", "timeout"),
        (Fault("reset", is_bad), "failed", "unreachable"),
        (Fault("page", is_bad), "failed", "html_instead_of_file"),
    ],
    ids=lambda value: f"{value.kind}-{value.code}" if isinstance(value, Fault) else None,
)
async def test_what_stays_wrong_at_a_bucket_has_its_reason_and_can_be_retried(
    tmp_path: Path, server: S3Server, bucket: str, fault: Fault, state: str, reason: str
) -> None:
    async with through_a_proxy(tmp_path, server) as (harbour, proxy):
        proxy.inject(fault)
        job = await harbour.finish(await start(harbour, bucket))
        assert job["state"] == ("completed" if state == "gone" else "partial")
        (item,) = await harbour.items(job["id"], state=state)
        assert (item["name"], item["reason"], item["image_id"]) == ("bad.jpg", reason, None)
        assert item["message"]
        assert await stored(harbour) == REST
        proxy.cure()
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        job = await harbour.finish(job["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 4)
        assert await stored(harbour) == ALL


@pytest.mark.parametrize("code", ["AccessDenied", "InternalError"])
async def test_a_folder_of_a_bucket_that_may_not_be_listed_makes_the_job_partial(
    tmp_path: Path, server: S3Server, bucket: str, code: str
) -> None:
    async with through_a_proxy(tmp_path, server) as (harbour, proxy):
        status = 403 if code == "AccessDenied" else 500
        proxy.inject(Fault("status", is_list_of_sub, status=status, code=code))
        job = await harbour.finish(await start(harbour, bucket))
        assert (job["state"], job["balance"]["stored"]) == ("partial", 3)
        assert [folder["path"] for folder in job["failed_folders"]] == ["sub"]
        assert job["failed_folders"][0]["message"]
        proxy.cure()
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        job = await harbour.finish(job["id"])
        assert (job["state"], await stored(harbour)) == ("completed", ALL)


async def test_a_key_that_stops_working_pauses_the_job_which_goes_on_with_a_good_one(
    tmp_path: Path, server: S3Server, bucket: str
) -> None:
    async with through_a_proxy(tmp_path, server) as (harbour, proxy):
        proxy.inject(Fault("status", is_bad, status=403, code="InvalidAccessKeyId"))
        job_id = await start(harbour, bucket)
        job = await harbour.until(job_id, lambda job: job["state"] == "paused")
        assert job["pause"]["reason"] == "needs_reauth"
        assert "AWS_ACCESS_KEY_ID" in job["pause"]["message"]
        assert job["balance"]["failed"] == 0
        proxy.cure()
        await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
        job = await harbour.finish(job_id)
        assert (job["state"], await stored(harbour)) == ("completed", ALL)
