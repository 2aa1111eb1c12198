"""Buckets of S3 as a source, against a real server."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from servers.s3 import S3Server
from servers.versitygw import NEEDS_VERSITYGW, running_versitygw
from sources.bucket_reader import ODD_NAMES, Reader, reading

from pixharbor.db.engine import Database
from pixharbor.sources.base import (
    FileChanged,
    FileVanished,
    FolderMissing,
    FolderRefused,
    LinkNotUnderstood,
    NeedsReauth,
    SourceNotConfigured,
    Unreachable,
)

pytestmark = NEEDS_VERSITYGW


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_versitygw(tmp_path_factory.mktemp("versitygw")) as server:
        yield server


@pytest.fixture(scope="module")
def bucket(server: S3Server) -> str:
    return server.new_bucket()


def put(server: S3Server, bucket: str, **bodies: bytes) -> None:
    client = server.client()
    for key, body in bodies.items():
        client.put_object(Bucket=bucket, Key=key, Body=body)
    client.close()


async def test_objects_are_listed_with_what_is_known_of_them(
    server: S3Server, bucket: str, database: Database
) -> None:
    bodies = {f"album/{name}": name.encode() for name in ODD_NAMES}
    bodies |= {"album/2024/may/a.jpg": b"a", "album/.hidden": b"x", "album/film.mp4": b"x"}
    put(server, bucket, **{**bodies, "album/": b"", "album/empty/": b"", "album/0.jpg": b""})
    async with reading(database, **server.given("store")) as reader:
        found = await reader.tree(f"s3://{bucket}/album")
        assert found.keys() == {
            *ODD_NAMES, "2024/may/a.jpg", ".hidden", "film.mp4", "0.jpg"
        }  # fmt: skip
        fates = {path: file.fate[1] for path, file in found.items() if file.fate}
        assert fates == {".hidden": "filtered", "film.mp4": "not_an_image", "0.jpg": "empty"}
        for name in ODD_NAMES:
            file = found[name]
            assert (file.name, file.id) == (name, f"s3://{bucket}/album/{name}")
            assert file.size == len(name.encode())
            assert file.modified_at is not None
            assert file.checksum == f"md5:{hashlib.md5(name.encode()).hexdigest()}"
            assert await reader.bytes_of(file) == name.encode()


async def test_a_bucket_an_object_and_a_prefix_can_be_named(
    server: S3Server, bucket: str, database: Database
) -> None:
    put(server, bucket, **{"named/one.jpg": b"1", "named-like/two.jpg": b"2"})
    async with reading(database, **server.given("store")) as reader:
        source = reader.source
        for link, kind, name in (
            (f"s3://{bucket}", "folder", bucket),
            (f"s3://{bucket}/named", "folder", "named"),
            (f" S3://{bucket}/named/ ", "folder", "named"),
            (f"s3://{bucket}/named/one.jpg", "file", "one.jpg"),
        ):
            info = await source.check(source.locate(link))
            assert (info.kind, info.name) == (kind, name)
        (page,) = await reader.pages(f"s3://{bucket}/named/one.jpg")
        assert [await reader.bytes_of(file) for file in page.files] == [b"1"]
        assert page.files[0].path == "one.jpg"
        for link in (f"s3://{bucket}/nam", f"s3://{bucket}/named/one.jpg/", f"s3://{bucket}/x"):
            with pytest.raises(FolderMissing, match="nothing in"):
                await source.check(source.locate(link))


@pytest.mark.parametrize(
    "link", ["s3://", "s3://Bad_Name/x", "s3:/b/x", "/photos", "s3://a b/", ""]
)
async def test_what_is_no_address_of_a_bucket_is_not_understood(
    database: Database, link: str
) -> None:
    async with reading(database) as reader:
        with pytest.raises(LinkNotUnderstood, match="s3://photos/2024"):
            reader.source.locate(link)


async def test_a_long_listing_comes_page_by_page_and_goes_on_in_the_middle(
    server: S3Server, database: Database
) -> None:
    bucket = server.new_bucket()
    keys = [f"{number:05}.jpg" for number in range(1100)]
    put(server, bucket, **dict.fromkeys(keys, b"x"))
    async with reading(database, **server.given("store")) as reader:
        first, second = await reader.pages(f"s3://{bucket}")
        assert [file.name for file in (*first.files, *second.files)] == keys
        assert (len(first.files), second.next_cursor) == (1000, None)
        assert await reader.pages(f"s3://{bucket}", first.next_cursor) == [second]


async def test_parts_have_no_md5(server: S3Server, bucket: str, database: Database) -> None:
    client = server.client()
    upload = client.create_multipart_upload(Bucket=bucket, Key="parts/a.jpg")["UploadId"]
    where = {"Bucket": bucket, "Key": "parts/a.jpg", "UploadId": upload}
    part = client.upload_part(**where, PartNumber=1, Body=b"x" * 100)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client.complete_multipart_upload(**where, MultipartUpload=parts)
    client.close()
    async with reading(database, **server.given("store")) as reader:
        file = (await reader.tree(f"s3://{bucket}/parts"))["a.jpg"]
        assert (file.size, file.checksum) == (100, None)
        assert await reader.bytes_of(file) == b"x" * 100


async def test_what_is_gone_or_another_since_it_was_listed_says_so(
    server: S3Server, bucket: str, database: Database
) -> None:
    put(server, bucket, **{"old/gone.jpg": b"1", "old/other.jpg": b"2"})
    async with reading(database, **server.given("store")) as reader:
        found = await reader.tree(f"s3://{bucket}/old")
        put(server, bucket, **{"old/other.jpg": b"3"})
        client = server.client()
        client.delete_object(Bucket=bucket, Key="old/gone.jpg")
        client.close()
        with pytest.raises(FileVanished):
            await reader.bytes_of(found["gone.jpg"])
        with pytest.raises(FileChanged) as changed:
            await reader.bytes_of(found["other.jpg"])
        assert changed.value.now.checksum == f"md5:{hashlib.md5(b'3').hexdigest()}"
        assert await reader.bytes_of(changed.value.now) == b"3"


async def refusal(reader: Reader, link: str) -> Any:
    with pytest.raises(SourceNotConfigured) as refused:
        await reader.source.check(reader.source.locate(link))
    return refused.value


async def test_a_wrong_key_names_its_setting(
    server: S3Server, bucket: str, database: Database
) -> None:
    wrong = server.given("store", aws_secret_access_key=SecretStr("no"))
    async with reading(database, **wrong) as reader:
        told = await refusal(reader, f"s3://{bucket}")
        assert told.message.startswith("AWS_SECRET_ACCESS_KEY: ")
        with pytest.raises(NeedsReauth):  # in the middle of an import: it waits
            await reader.pages(f"s3://{bucket}")
    own = server.given(
        "store", source_aws_access_key_id="nobody", source_aws_secret_access_key=SecretStr("no")
    )
    async with reading(database, **own) as reader:
        told = await refusal(reader, f"s3://{bucket}")
        assert told.message.startswith("SOURCE_AWS_ACCESS_KEY_ID: ")


async def test_a_bucket_that_is_not_there_or_not_ours_is_refused(
    server: S3Server, bucket: str, database: Database
) -> None:
    async with reading(database, **server.given("store")) as reader:
        with pytest.raises(FolderMissing, match="no bucket 'pixharbor-missing'"):
            await reader.source.check(reader.source.locate("s3://pixharbor-missing/a"))
    async with reading(database, s3_endpoint_url=server.url) as reader:
        with pytest.raises(FolderRefused, match="does not let us list") as refused:
            await reader.source.check(reader.source.locate(f"s3://{bucket}"))
        assert "s3:ListBucket" in refused.value.cure
        assert "SOURCE_AWS_ACCESS_KEY_ID" in refused.value.cure


async def test_the_stores_keys_never_go_to_another_server(
    server: S3Server, bucket: str, database: Database
) -> None:
    given = server.given("store", s3_endpoint_url="http://127.0.0.1:9")
    async with reading(database, source_s3_endpoint_url=server.url, **given) as reader:
        with pytest.raises(FolderRefused, match="does not let us list"):  # asked as anybody
            await reader.source.check(reader.source.locate(f"s3://{bucket}"))
    async with reading(database, **given) as reader:
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
            await reader.source.check(reader.source.locate(f"s3://{bucket}"))


async def test_the_own_store_is_not_imported(
    server: S3Server, bucket: str, database: Database
) -> None:
    put(server, bucket, **{"own/harbour/a.jpg": b"1", "own/mine/b.jpg": b"2"})
    async with reading(database, **server.given(bucket, "own/harbour")) as reader:
        for link in (f"s3://{bucket}/own/harbour", f"s3://{bucket}/own/harbour/a.jpg"):
            with pytest.raises(FolderRefused, match="keeps its own pictures"):
                await reader.source.check(reader.source.locate(link))
        found = await reader.tree(f"s3://{bucket}/own")
        assert found.keys() == {"harbour", "mine/b.jpg"}
        fate = found["harbour"].fate
        assert fate is not None
        assert fate[1] == "filtered"
