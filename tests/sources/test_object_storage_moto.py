"""Buckets of S3 as a source: what a server of files cannot show, on moto."""

from collections.abc import Iterator

import pytest
from servers.moto import running_moto
from servers.s3 import S3Server
from sources.bucket_reader import reading

from pixharbor.db.engine import Database
from pixharbor.sources.base import FileRefused, ProviderFailed, RateLimited, SourceError
from pixharbor.sources.object_storage_s3_errors import explain
from pixharbor.sources.object_storage_settings import S3Access

pytestmark = pytest.mark.xdist_group("moto")
ACCESS = S3Access("https://s3.example", "us-east-1", None, "")


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with running_moto() as server:
        yield server


async def test_what_lies_in_the_archive_says_so(server: S3Server, database: Database) -> None:
    bucket = server.new_bucket()
    client = server.client()
    client.put_object(Bucket=bucket, Key="a.jpg", Body=b"1", StorageClass="GLACIER")
    client.close()
    async with reading(database, **server.given("store")) as reader:
        file = (await reader.tree(f"s3://{bucket}"))["a.jpg"]
        with pytest.raises(FileRefused, match="restore it there") as refused:
            await reader.bytes_of(file)
        assert refused.value.reason == "forbidden"


async def test_an_etag_under_kms_is_not_taken_for_an_md5(
    server: S3Server, database: Database
) -> None:
    bucket = server.new_bucket()
    client = server.client()
    client.put_object(Bucket=bucket, Key="a.jpg", Body=b"1", ServerSideEncryption="aws:kms")
    client.close()
    async with reading(database, **server.given("store")) as reader:
        file = (await reader.tree(f"s3://{bucket}"))["a.jpg"]
        assert file.checksum is None
        assert await reader.bytes_of(file) == b"1"


async def test_keys_that_are_no_paths_are_read_as_they_are(
    server: S3Server, database: Database
) -> None:
    bucket = server.new_bucket()
    keys = ["x//double.jpg", "x/../up.jpg", "x/./dot.jpg", "x/\x01.jpg", "x/tab\t.jpg", "/root.jpg"]
    client = server.client()
    for key in keys:
        client.put_object(Bucket=bucket, Key=key, Body=key.encode())
    client.close()
    async with reading(database, **server.given("store")) as reader:
        found = await reader.tree(f"s3://{bucket}")
        skipped = {path for path, file in found.items() if file.fate}
        assert skipped == {"x/.", "x/.."}  # they begin with a dot: hidden
        files = [file for file in found.values() if not file.fate]
        assert {await reader.bytes_of(file) for file in files} == {
            key.encode() for key in keys if "/." not in key
        }


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (301, "PermanentRedirect", SourceError, "S3_REGION: .* in 'eu-west-1'"),
        (400, "AuthorizationHeaderMalformed", SourceError, "S3_REGION: .* in 'eu-west-1'"),
        (403, "RequestTimeTooSkewed", SourceError, "clock of this machine"),
        (403, "ExpiredToken", SourceError, "AWS_SESSION_TOKEN: "),
        (503, "SlowDown", RateLimited, "slow down"),
        (500, "InternalError", ProviderFailed, "InternalError"),
        (502, "", ProviderFailed, "502"),
        (403, "", FileRefused, "s3:GetObject"),
    ],
)
def test_each_refusal_says_what_cures_it(
    status: int, code: str, kind: type[SourceError], words: str
) -> None:
    stated = f"<Error><Code>{code}</Code><Region>eu-west-1</Region></Error>" if code else "<html>"
    error = explain(ACCESS, "photos", status, {}, stated.encode(), act="read")
    assert isinstance(error, kind)
    with pytest.raises(kind, match=words):
        raise error
