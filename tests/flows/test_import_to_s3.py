"""Flow 1 into a bucket: import → objects in S3 → gallery, thumbnails and originals by its links."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flows.conftest import Port
from harbour import until
from pictures import write_pictures
from servers.faulty_proxy import Fault, running_faulty_proxy
from servers.s3 import S3Server
from servers.versitygw import NEEDS_VERSITYGW, running_versitygw

from pixharbor.imports.fetch_file import IN_MEMORY_BYTES
from pixharbor.storage import s3
from pixharbor.storage.patience import Patience

pytestmark = NEEDS_VERSITYGW


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_versitygw(tmp_path_factory.mktemp("versitygw")) as server:
        yield server


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """Opens links as anybody might, without any key."""
    async with httpx.AsyncClient() as client:
        yield client


async def test_a_folder_is_imported_into_a_bucket_and_shown_from_there_s3_10(
    port: Port, tree: Path, server: S3Server, browser: httpx.AsyncClient
) -> None:
    bodies = write_pictures(tree, 30)
    large = bodies[0] + b"\0" * IN_MEMORY_BYTES  # after its end a picture may hold anything
    (tree / "large.jpg").write_bytes(large)
    bucket = server.new_bucket()
    async with port(**server.given(bucket, "harbour")) as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 31)
        images = await harbour.images()

        stored = [await download(harbour.api, browser, image["url"]) for image in images]
        assert Counter(stored) == Counter([*bodies, large])
        keys = {f"harbour/{image['storage_path']}" for image in images}
        assert keys == objects_in(server, bucket)

        for _ in range(2):  # made, and found again
            answer = await harbour.api.get(images[0]["thumbnail_url"])
            assert answer.status_code == 307
            assert answer.headers["location"].startswith(f"{server.url}/{bucket}/harbour/variants/")
            shown = await browser.get(answer.headers["location"])
            assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
            assert shown.content[8:12] == b"WEBP"
        page = await harbour.api.get("/", headers={"Accept": "text/html"})
        assert (
            f"img-src 'self' blob: data: {server.url};" in page.headers["content-security-policy"]
        )

        link = (await harbour.api.get(images[0]["url"])).headers["location"]
        told = (await browser.get(link)).headers["content-disposition"]
        assert told == f'inline; filename="{images[0]["name"]}"'


@pytest.mark.parametrize("kind", ["status", "reset", "hang"])
async def test_an_import_waits_for_an_ill_bucket_and_goes_on_when_it_is_well_r9(
    port: Port, tree: Path, server: S3Server, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(s3, "PATIENCE", Patience(connect=1, silence=1, retry=1))
    write_pictures(tree, 300)
    bucket = server.new_bucket()
    async with running_faulty_proxy(server.url) as proxy:
        given = server.given(bucket, s3_endpoint_url=proxy.url)
        async with port(**given) as (harbour, drive):
            proxy.inject(Fault(kind, hits=lambda request: request.path.endswith("7.jpg")))
            job_id = await harbour.start(drive.folder_link)
            job = await harbour.until(job_id, lambda job: job["state"] == "paused")
            assert job["pause"]["reason"] == "storage"
            assert job["pause"]["until"] is not None  # it goes on by itself
            rows = {image["storage_path"] for image in await harbour.images()}
            assert rows <= objects_in(server, bucket)

            proxy.cure()

            async def done() -> dict[str, Any] | None:
                """Puts that failed before the cure may end, and pause the job, after it."""
                job = await harbour.job(job_id)
                if job["state"] == "paused":
                    await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
                return job if job["state"] == "completed" else None

            assert (await until(done))["balance"]["stored"] == 300
            rows = {image["storage_path"] for image in await harbour.images()}
            assert len(rows) == 300
            assert rows == objects_in(server, bucket)


async def test_a_job_says_within_ten_seconds_that_its_bucket_is_ill(
    port: Port, tree: Path, server: S3Server
) -> None:
    write_pictures(tree, 20)
    async with running_faulty_proxy(server.url) as proxy:
        given = server.given(server.new_bucket(), s3_endpoint_url=proxy.url)
        async with port(**given) as (harbour, drive):
            proxy.inject(Fault("status", hits=lambda request: request.path.endswith(".jpg")))
            job_id = await harbour.start(drive.folder_link)
            job = await harbour.until(job_id, lambda job: job["note"] is not None, seconds=10)
            assert "STORAGE_URL" in job["note"]
            assert job["state"] == "running"
            proxy.cure()
            job = await harbour.finish(job_id)
            assert (job["state"], job["note"]) == ("completed", None)


async def test_nothing_is_copied_into_the_data_folder(
    port: Port, tree: Path, tmp_path: Path, server: S3Server
) -> None:
    write_pictures(tree, 3)
    async with port(**server.given(server.new_bucket())) as (harbour, drive):
        await harbour.run(drive.folder_link)
        image = (await harbour.images())[0]
        assert (await harbour.api.get(image["thumbnail_url"])).status_code == 307
        assert (await harbour.api.get("/files/a?name=a&expires=1&signature=x")).status_code == 404
    assert not (tmp_path / "data" / "objects").exists()
    assert list((tmp_path / "data" / "staging").iterdir()) == []


async def download(api: httpx.AsyncClient, browser: httpx.AsyncClient, url: str) -> bytes:
    answer = await api.get(url)
    assert answer.status_code == 307, answer.text
    found = await browser.get(answer.headers["location"])
    assert found.status_code == 200, found.text
    return found.content


def objects_in(server: S3Server, bucket: str) -> set[str]:
    client = server.client()
    listed = client.list_objects_v2(Bucket=bucket)
    client.close()
    return {found["Key"] for found in listed.get("Contents", [])}
