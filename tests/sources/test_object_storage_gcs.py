"""Buckets of Google Cloud Storage as a source, against an emulator of it."""

import hashlib
from collections.abc import Iterator

import pytest
from servers.fake_gcs import NEEDS_FAKE_GCS, GcsServer, running_fake_gcs
from sources.bucket_reader import ODD_NAMES, reading

from pixharbor.db.engine import Database
from pixharbor.sources.base import (
    FileRefused,
    FileVanished,
    FolderMissing,
    FolderRefused,
    NeedsReauth,
    ProviderFailed,
    RateLimited,
    SourceError,
)
from pixharbor.sources.object_storage_gcs import _explain

pytestmark = NEEDS_FAKE_GCS


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GcsServer]:
    with running_fake_gcs(tmp_path_factory.mktemp("fake-gcs")) as server:
        yield server


def put(server: GcsServer, bucket: str, bodies: dict[str, bytes]) -> None:
    with server.client() as client:
        for key, body in bodies.items():
            client.bucket(bucket).blob(key).upload_from_string(body)


async def test_objects_are_listed_and_read_with_their_odd_names(
    server: GcsServer, database: Database
) -> None:
    bucket = server.new_bucket()
    bodies = {f"album/{name}": name.encode() for name in (*ODD_NAMES, "deep/er/a.jpg")}
    put(server, bucket, {**bodies, "album/": b""})
    async with reading(database, storage_emulator_host=server.url) as reader:
        found = await reader.tree(f"gs://{bucket}/album")
        assert found.keys() == {*ODD_NAMES, "deep/er/a.jpg"}
        for name, file in found.items():
            assert file.id == f"gs://{bucket}/album/{name}"
            assert file.checksum == f"md5:{hashlib.md5(name.encode()).hexdigest()}"
            assert file.modified_at is not None
            assert await reader.bytes_of(file) == name.encode()
        info = await reader.source.check(reader.source.locate(f"gs://{bucket}/album/~.jpg"))
        assert info.kind == "file"


async def test_a_long_listing_goes_on_in_the_middle(server: GcsServer, database: Database) -> None:
    bucket = server.new_bucket()
    put(server, bucket, {f"{number:05}.jpg": b"x" for number in range(1001)})
    async with reading(database, storage_emulator_host=server.url) as reader:
        first, second = await reader.pages(f"gs://{bucket}")
        assert (len(first.files), len(second.files)) == (1000, 1)
        assert await reader.pages(f"gs://{bucket}", first.next_cursor) == [second]


async def test_what_is_not_there_is_missing_or_gone(server: GcsServer, database: Database) -> None:
    bucket = server.new_bucket()
    put(server, bucket, {"a.jpg": b"1"})
    async with reading(database, storage_emulator_host=server.url) as reader:
        (page,) = await reader.pages(f"gs://{bucket}")
        with server.client() as client:
            client.bucket(bucket).blob("a.jpg").delete()
        with pytest.raises(FileVanished):
            await reader.bytes_of(page.files[0])
        for link in ("gs://pixharbor-missing", f"gs://{bucket}/nothing"):
            with pytest.raises(FolderMissing):
                await reader.source.check(reader.source.locate(link))


@pytest.mark.parametrize(
    ("status", "act", "kind"),
    [
        (401, "list", NeedsReauth),
        (403, "list", FolderRefused),
        (403, "read", FileRefused),
        (404, "read", FileVanished),
        (429, "read", RateLimited),
        (503, "list", ProviderFailed),
    ],
)
def test_each_refusal_has_its_fate(status: int, act: str, kind: type[SourceError]) -> None:
    error = _explain("photos", act, status, {"Retry-After": "7"}, b"")
    assert type(error) is kind
    assert kind is not RateLimited or error.retry_after == 7
