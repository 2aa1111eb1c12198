"""Flow 1 from a bucket: what is stored, what the items say, what the job says."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harbour import running_harbour
from pictures import picture
from servers.s3 import S3Server
from servers.versitygw import NEEDS_VERSITYGW, running_versitygw

pytestmark = NEEDS_VERSITYGW


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_versitygw(tmp_path_factory.mktemp("versitygw")) as server:
        yield server


async def test_a_bucket_becomes_images_and_again_fetches_only_what_changed(
    tmp_path: Path, database_url: str, server: S3Server
) -> None:
    bucket = server.new_bucket()
    bodies = {f"2024/{number:03}.jpg": picture(number) for number in range(30)}
    bodies |= {"2024/may/späte Fahrt.jpg": picture(100)}
    client = server.client()
    for key, body in {**bodies, "2024/notes.jpg": b"no picture", "2025/a.jpg": b"x"}.items():
        client.put_object(Bucket=bucket, Key=key, Body=body)
    given: dict[str, Any] = {
        **server.given("unused"), "storage_url": f"file://{tmp_path}/objects",
        "database_url": database_url, "storage_reserve": 0,
    }  # fmt: skip
    async with running_harbour(tmp_path / "data", **given) as harbour:
        wanted = {"location": f"s3://{bucket}/2024"}
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        assert (answer.status_code, answer.json()["source"]) == (202, "object_storage")
        job = await harbour.finish(answer.json()["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 31)
        assert [reason["reason"] for reason in job["reasons"]] == ["not_an_image"]
        images = await harbour.images(source="object_storage")
        stored = [await harbour.original(image) for image in images]
        assert Counter(stored) == Counter(bodies.values())
        assert "may/späte Fahrt.jpg" in {item["path"] for item in await harbour.items(job["id"])}

        client.put_object(Bucket=bucket, Key="2024/000.jpg", Body=picture(200))
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        again = await harbour.finish(answer.json()["id"])
        told = {reason["reason"]: reason["count"] for reason in again["reasons"]}
        assert (again["balance"]["stored"], told["unchanged"]) == (1, 30)
    client.close()


async def test_what_the_bucket_refuses_makes_no_job(tmp_path: Path, server: S3Server) -> None:
    given: dict[str, Any] = {
        **server.given("unused"), "storage_url": f"file://{tmp_path}/objects", "storage_reserve": 0
    }  # fmt: skip

    async def refusal(location: str, **changed: Any) -> tuple[int, str]:
        async with running_harbour(
            tmp_path / "data", working=False, **{**given, **changed}
        ) as harbour:
            answer = await harbour.api.post("/api/v1/imports", json={"location": location})
            assert answer.json()["cure"]
            assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []
            return answer.status_code, answer.json()["code"]

    bucket = server.new_bucket()
    assert await refusal("s3://pixharbor-missing/a") == (404, "folder_missing")
    assert await refusal(f"s3://{bucket}/nothing") == (404, "folder_missing")
    assert await refusal(f"s3://{bucket}", aws_access_key_id=None) == (403, "folder_refused")
    wrong = {"aws_secret_access_key": "no"}
    assert await refusal(f"s3://{bucket}", **wrong) == (503, "bucket_key_refused")
