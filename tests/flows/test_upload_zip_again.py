"""An upload that is sent again, because its answer was lost, is one import and kept once."""

import asyncio
from pathlib import Path

import httpx
from flows.archives import kept, zipped
from harbour import running_harbour
from pictures import picture

UPLOADS = "/api/v1/imports/zip"


async def test_the_same_upload_sent_again_with_its_key_is_one_job_and_kept_once_r12(
    tmp_path: Path, database_url: str
) -> None:
    one, other = (zipped({"a.jpg": picture(number)}) for number in (1, 2))
    async with running_harbour(
        tmp_path / "data", working=False, database_url=database_url, storage_reserve=0
    ) as harbour:

        async def upload(body: bytes, **query: str) -> httpx.Response:
            headers = {"Content-Type": "application/zip", "Idempotency-Key": "k"}
            return await harbour.api.post(UPLOADS, params=query, content=body, headers=headers)

        first = await upload(one)
        assert first.status_code == 202, first.text
        for again in await asyncio.gather(*(upload(one) for _ in range(3))):
            assert again.json()["id"] == first.json()["id"]
        for changed in (await upload(other), await upload(one, options='{"priority": 5}')):
            assert (changed.status_code, changed.json()["code"]) == (422, "idempotency_key_reused")

        async def send_form() -> httpx.Response:
            files, headers = {"file": ("a.zip", one)}, {"Idempotency-Key": "form"}
            return await harbour.api.post(UPLOADS, files=files, headers=headers)

        forms = [await send_form() for _ in range(2)]
        assert {again.status_code for again in forms} == {202}
        assert len({again.json()["id"] for again in forms}) == 1
        assert len(kept(tmp_path)) == 2
        assert len((await harbour.api.get("/api/v1/jobs")).json()["jobs"]) == 2
