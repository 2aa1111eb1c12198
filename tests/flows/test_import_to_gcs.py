"""Flow 1 into Google Cloud Storage without a key that signs: links lead through this server."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flows.conftest import Port
from pictures import write_pictures
from servers.fake_gcs import NEEDS_FAKE_GCS, GcsServer, running_fake_gcs

pytestmark = NEEDS_FAKE_GCS


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GcsServer]:
    with running_fake_gcs(tmp_path_factory.mktemp("fake_gcs")) as server:
        yield server


async def test_a_folder_is_imported_into_a_bucket_of_google_and_shown_from_there_s3_29(
    port: Port, tree: Path, server: GcsServer
) -> None:
    bodies = write_pictures(tree, 30)
    bucket = server.new_bucket()
    async with port(**server.given(bucket, "harbour")) as (harbour, drive):
        job = await harbour.run(drive.folder_link)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 30)
        images = await harbour.images()
        assert Counter([await harbour.original(image) for image in images]) == Counter(bodies)
        answer = await harbour.api.get(images[0]["thumbnail_url"])
        assert (answer.status_code, answer.headers["location"][:16]) == (307, "/files/variants/")
        shown = await harbour.api.get(answer.headers["location"])
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    with server.client() as client:
        kept = {blob.name for blob in client.list_blobs(bucket)}
    assert kept > {f"harbour/{image['storage_path']}" for image in images}
