"""The store in a bucket of a real S3 server: the port's contract, and what can be wrong there."""

import asyncio
import json
import sys
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from contracts.store_suite import KEY, OTHER, StoreSuite, copy_to_a_full_disk, of, read
from server import free_port
from servers.s3 import S3Server
from servers.versitygw import NEEDS_VERSITYGW, running_versitygw

from pixharbor.errors import SettingError
from pixharbor.storage.base import Store, StoreError, StoreFull
from pixharbor.storage.patience import Patience
from pixharbor.storage.registry import open_store
from pixharbor.storage.s3 import S3Bucket
from pixharbor.storage.settings import StorageSettings
from pixharbor.storage.signed_links import LinkSigner

pytestmark = NEEDS_VERSITYGW
SIGNER = LinkSigner(b"a secret of the tests")
IMPATIENT = Patience(connect=1, silence=1, retry=1)
PUT_A_FILE = """
import asyncio, os, resource, sys
from pathlib import Path
from pixharbor.storage.base import NewObject
from pixharbor.storage.patience import Patience
from pixharbor.storage.s3 import S3Bucket
from pixharbor.storage.settings import StorageSettings

staged = Path(sys.argv[1])
bucket = S3Bucket(StorageSettings(), patience=Patience())
asyncio.run(bucket.put_many([NewObject("small", b"small", "image/jpeg")]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
asyncio.run(bucket.put_many([NewObject("large", staged, "image/jpeg")]))
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
assert asyncio.run(bucket.size("large")) == staged.stat().st_size
print(grown >> 10)
"""


@pytest.fixture
def bucket(versitygw: S3Server) -> str:
    return versitygw.new_bucket()


@pytest.fixture
async def store(versitygw: S3Server, bucket: str) -> AsyncIterator[Store]:
    async with open_store(versitygw.settings(bucket, "below/here"), SIGNER) as store:
        yield store


class TestS3(StoreSuite):
    """The contract, kept by a bucket."""


async def test_objects_lie_below_the_prefix_and_as_amazon_s_own_client_reads_them(
    versitygw: S3Server, bucket: str, store: Store
) -> None:
    await store.put_many([of(KEY, b"one")])
    client = versitygw.client()
    found = client.get_object(Bucket=bucket, Key=f"below/here/{KEY}")
    assert (found["Body"].read(), found["ContentType"]) == (b"one", "image/jpeg")
    assert found["ContentDisposition"] == "inline"
    assert found["CacheControl"] == "private, max-age=31536000, immutable"
    client.close()


async def test_a_full_disk_here_is_not_blamed_on_the_bucket(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreFull):
        await copy_to_a_full_disk(store, monkeypatch)


async def test_a_prefix_does_not_see_what_lies_beside_it(
    versitygw: S3Server, bucket: str, store: Store
) -> None:
    async with open_store(versitygw.settings(bucket, "below/here-too"), SIGNER) as beside:
        await beside.put_many([of(OTHER, b"another's")])
    async with open_store(versitygw.settings(bucket), SIGNER) as above:
        assert [key async for key in above.keys("")] == [f"below/here-too/{OTHER}"]
    assert [key async for key in store.keys("")] == []
    assert await store.size(OTHER) is None


async def test_a_large_file_is_never_whole_in_memory(
    versitygw: S3Server, bucket: str, tmp_path: Path
) -> None:
    staged = tmp_path / "staged"
    with staged.open("wb") as file:
        file.truncate(200 << 20)
    environment = {name.upper(): told(value) for name, value in versitygw.given(bucket).items()}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PUT_A_FILE, str(staged),
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, error = await running.communicate()
    assert running.returncode == 0, error.decode()
    assert int(out) < 80, f"200 MiB took {out.decode()} MiB of memory"


async def test_a_file_that_is_there_is_not_sent_again(
    versitygw: S3Server, bucket: str, store: Store, tmp_path: Path
) -> None:
    staged = tmp_path / "staged"
    staged.write_bytes(b"x" * (6 << 20))
    client = versitygw.client()
    seen = []
    for _ in range(2):
        await store.put_many([of(KEY, staged)])
        seen.append(client.head_object(Bucket=bucket, Key=f"below/here/{KEY}"))
    assert seen[0]["LastModified"] == seen[1]["LastModified"]
    assert seen[0]["ETag"].endswith('-2"')  # two parts
    client.close()


async def test_links_of_a_public_bucket_are_plain_addresses_only_when_asked_for_s1_26(
    versitygw: S3Server, bucket: str, browser: httpx.AsyncClient
) -> None:
    asked = versitygw.settings(bucket, "a", storage_public=True)
    async with open_store(asked, SIGNER) as store:
        await store.put_many([of(KEY, b"for everybody")])
        link = store.link(KEY, seconds=60, name="a.jpg")
        assert link == f"{versitygw.url}/{bucket}/a/{KEY}"
        saved = await browser.get(store.link(KEY, seconds=60, name="a.jpg", save=True))
        assert saved.headers["content-disposition"] == 'attachment; filename="a.jpg"'
        assert (await browser.get(link)).status_code == 403  # the bucket is not open yet
        open_to_everybody(versitygw, bucket)
        answer = await browser.get(link)
        assert (answer.status_code, answer.content) == (200, b"for everybody")
        assert answer.headers["cache-control"].startswith("public, ")
    async with open_store(versitygw.settings(bucket, "a"), SIGNER) as unasked:
        assert "X-Amz-Signature" in unasked.link(KEY, seconds=60, name="a.jpg")


async def test_links_lead_where_browsers_know_the_server(
    versitygw: S3Server, bucket: str, browser: httpx.AsyncClient
) -> None:
    outside = versitygw.url.replace("127.0.0.1", "localhost")
    given = versitygw.settings(bucket, s3_public_endpoint_url=f"{outside}/")
    async with open_store(given, SIGNER) as store:
        await store.put_many([of(KEY, b"one")])
        link = store.link(KEY, seconds=60, name="a.jpg")
        assert store.link_origin == outside
        assert link.startswith(f"{outside}/{bucket}/")
        assert (await browser.get(link)).content == b"one"


@pytest.mark.parametrize(
    ("given", "signed"),
    [
        ("https://s3.example.org:443/", "https://s3.example.org"),
        ("http://s3.example.org:80/base", "http://s3.example.org/base"),
        ("https://s3.example.org:80", "https://s3.example.org:80"),
        (None, "https://s3.us-east-1.amazonaws.com"),
    ],
)
def test_links_are_signed_for_the_host_that_browsers_send(
    versitygw: S3Server, given: str | None, signed: str
) -> None:
    settings = versitygw.settings("bucket", s3_endpoint_url=given)
    store = S3Bucket(settings, patience=IMPATIENT)
    assert store.link(KEY, seconds=60, name="a.jpg").startswith(f"{signed}/bucket/{KEY}?")
    assert signed.startswith(store.link_origin)
    store.close()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"storage_url": "s3://no-such-bucket"},
            r"STORAGE_URL: there is no bucket 'no-such-bucket' at http.*; make it",
        ),
        ({"aws_access_key_id": "stranger"}, r"AWS_ACCESS_KEY_ID: http.* does not know this key"),
        ({"aws_secret_access_key": "hunter2"}, r"AWS_SECRET_ACCESS_KEY: this is not the secret"),
        ({"aws_session_token": "hunter2"}, r"AWS_SESSION_TOKEN: http.* does not accept it"),
        ({"s3_region": "eu-west-1"}, r"S3_REGION: .* in another region; expected 'us-east-1'"),
        ({"aws_access_key_id": None}, r"AWS_ACCESS_KEY_ID: not set; s3:// needs"),
        ({"aws_secret_access_key": None}, r"AWS_SECRET_ACCESS_KEY: not set; s3:// needs"),
        ({"storage_url": "s3://"}, r"STORAGE_URL: expected s3://bucket"),
        ({"storage_url": "s3://key:hunter2@bucket"}, r"STORAGE_URL: expected .*; keys and"),
        ({"s3_endpoint_url": "127.0.0.1:9000"}, r"S3_ENDPOINT_URL: cannot use '127.0.0.1:9000'"),
        ({"s3_endpoint_url": "https://"}, r"S3_ENDPOINT_URL: cannot use 'https://'; expected an"),
        ({"s3_public_endpoint_url": "s3"}, r"S3_PUBLIC_ENDPOINT_URL: cannot use 's3'; expected"),
        ({"signed_url_ttl": 700_000}, r"SIGNED_URL_TTL: cannot use 700000; the links"),
    ],
)
async def test_a_wrong_setting_stops_the_start_with_one_sentence_that_cures_it(
    versitygw: S3Server, bucket: str, changed: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SettingError, match=sentence) as refused:
        async with open_store(versitygw.settings(bucket, **changed), SIGNER):
            pass
    assert "hunter2" not in "".join(traceback.format_exception(refused.value))
    assert "\n" not in refused.value.message


async def test_doctor_tries_the_bucket_and_ends_as_it_should_also_after_an_error(
    versitygw: S3Server, bucket: str, tmp_path: Path
) -> None:
    async def ask(**changed: Any) -> tuple[int | None, str]:
        given = versitygw.given(bucket, data_dir=tmp_path, **changed)
        environment = {name.upper(): told(value) for name, value in given.items()}
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pixharbor.cli.main", "doctor", "--json",
            env=environment, cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await running.communicate()
        return running.returncode, out.decode()

    well, ill = await asyncio.gather(ask(), ask(aws_secret_access_key="hunter2"))
    assert well[0] == 0, well
    assert f"wrote, read and deleted 9 bytes; links lead to {versitygw.url}" in well[1]
    assert ill[0] == 1, ill  # and not an abort by a thread that outlived the interpreter
    assert "AWS_SECRET_ACCESS_KEY: this is not the secret" in ill[1]
    assert "hunter2" not in ill[1]
    assert versitygw.secret not in well[1]


async def test_a_server_that_is_away_is_named(versitygw: S3Server, bucket: str) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    store = S3Bucket(versitygw.settings(bucket, s3_endpoint_url=away), patience=IMPATIENT)
    with pytest.raises(StoreError, match=f"S3_ENDPOINT_URL: nothing answers at {away}; start it"):
        await store.check()
    with pytest.raises(StoreError, match="nothing answers"):
        await store.put_many([of(KEY, b"one")])
    store.close()


async def test_a_bucket_that_may_only_be_read_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "objects" / "look-only").mkdir(parents=True)
    with running_versitygw(tmp_path, "--readonly") as server:
        async with open_store(server.settings("look-only"), SIGNER) as store:
            with pytest.raises(StoreError, match=r"STORAGE_URL: .* may not write .* s3:PutObject"):
                await store.put_many([of(KEY, b"one")])
            assert await store.size(KEY) is None


async def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pixharbor.storage.s3")
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(SettingError, match=r"s3:// needs the extra: pip install 'pixharbor\[s3\]'"):
        open_store(StorageSettings(storage_url="s3://bucket"), SIGNER)


async def test_nothing_of_a_bucket_is_imported_before_it_is_asked_for() -> None:
    look = "import sys, pixharbor.cli.main, pixharbor.runtime; sys.exit('obstore' in sys.modules)"
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", look)
    assert await running.wait() == 0


async def test_a_copy_that_was_read_is_taken_away(store: Store) -> None:
    await store.put_many([of(KEY, b"one")])
    async with store.as_file(KEY) as path:
        assert path.read_bytes() == b"one"
    assert not path.exists()
    assert await read(store, KEY) == b"one"


def told(value: object) -> str:
    secret = getattr(value, "get_secret_value", None)
    return str(secret() if secret else value)


def open_to_everybody(server: S3Server, bucket: str) -> None:
    """What the owner of a public bucket does once."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
            }
        ],
    }
    client = server.client()
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    client.close()
