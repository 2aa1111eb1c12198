"""R9: S3 answers 500, is slow, resets or hangs: an error in time, nothing half kept, then cured."""

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from contracts.store_suite import KEY, OTHER, of, read
from servers.faulty_proxy import Fault, FaultyProxy, running_faulty_proxy
from servers.s3 import S3Server
from servers.versitygw import NEEDS_VERSITYGW

from pixharbor.storage.base import StoreError, StoreFull
from pixharbor.storage.keys import original_key
from pixharbor.storage.patience import Patience
from pixharbor.storage.s3 import S3Bucket

pytestmark = NEEDS_VERSITYGW
PATIENCE = Patience(connect=1, silence=1.5, retry=2)
KEYS = [original_key(1, f"{n:064x}"[::-1], "jpg") for n in range(40)]


@pytest.fixture
async def proxy(versitygw: S3Server) -> AsyncIterator[FaultyProxy]:
    async with running_faulty_proxy(versitygw.url) as proxy:
        yield proxy


@pytest.fixture
def bucket(versitygw: S3Server) -> str:
    return versitygw.new_bucket()


@pytest.fixture
async def store(versitygw: S3Server, bucket: str, proxy: FaultyProxy) -> AsyncIterator[S3Bucket]:
    settings = versitygw.settings(bucket, s3_endpoint_url=proxy.url)
    store = S3Bucket(settings, patience=PATIENCE)
    yield store
    store.close()


def keys_in(server: S3Server, bucket: str) -> set[str]:
    """What is really there, asked past the proxy."""
    client = server.client()
    listed = client.list_objects_v2(Bucket=bucket)
    client.close()
    return {found["Key"] for found in listed.get("Contents", [])}


def is_put(request: web.BaseRequest) -> bool:
    return request.method == "PUT"


def is_part(request: web.BaseRequest) -> bool:
    return request.query.get("partNumber") == "3"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", times=3),
        Fault("status", times=3, status=503, code="SlowDown"),
        Fault("reset", times=3),
        Fault("lose", times=3),
        Fault("hang", times=1),
        Fault("slow", times=5, seconds=0.3),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.code}",
)
async def test_a_fault_that_passes_is_not_felt_r9(
    store: S3Bucket, proxy: FaultyProxy, versitygw: S3Server, bucket: str, fault: Fault
) -> None:
    proxy.inject(fault)
    await store.put_many([of(key, key.encode()) for key in KEYS])
    assert fault.met == fault.times
    assert keys_in(versitygw, bucket) == set(KEYS)
    assert await read(store, KEYS[7]) == KEYS[7].encode()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("status"), r"cannot write at the moment \(InternalError\)"),
        (Fault("status", status=503, code="SlowDown"), r"cannot write at the moment \(SlowDown\)"),
        (Fault("reset"), "took too long, or broke the connection, when asked to write"),
        (Fault("hang"), "took too long, or broke the connection, when asked to write"),
        (Fault("slow", seconds=9), "took too long, or broke the connection"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.code}" if isinstance(fault, Fault) else "",
)
async def test_a_fault_that_stays_is_an_error_in_time_and_gone_when_cured_r9(
    store: S3Bucket, proxy: FaultyProxy, versitygw: S3Server, bucket: str,
    fault: Fault, sentence: str,
) -> None:  # fmt: skip
    await store.put_many([of(OTHER, b"kept before")])
    proxy.inject(fault)
    began = time.monotonic()
    with pytest.raises(StoreError, match=sentence) as told:
        await store.put_many([of(key, key.encode()) for key in KEYS])
    assert time.monotonic() - began < PATIENCE.silence + PATIENCE.retry + 1.5
    assert not isinstance(told.value, StoreFull)
    assert keys_in(versitygw, bucket) == {OTHER}
    proxy.cure()
    await store.put_many([of(key, key.encode()) for key in KEYS])
    assert keys_in(versitygw, bucket) == {OTHER, *KEYS}


async def test_some_that_fail_make_the_whole_call_fail_r9(
    store: S3Bucket, proxy: FaultyProxy
) -> None:
    proxy.inject(Fault("status", hits=lambda request: KEYS[20] in request.path))
    with pytest.raises(StoreError):
        await store.put_many([of(key, key.encode()) for key in KEYS])


async def test_a_large_file_of_which_a_part_does_not_arrive_is_no_object_r9(
    store: S3Bucket, proxy: FaultyProxy, versitygw: S3Server, bucket: str, tmp_path: Path
) -> None:
    staged = tmp_path / "staged"
    staged.write_bytes(os.urandom(1 << 20) * 24)
    fault = proxy.inject(Fault("reset", hits=is_part))
    with pytest.raises(StoreError):
        await store.put_many([of(KEY, staged)])
    assert fault.met > 1
    assert keys_in(versitygw, bucket) == set()
    client = versitygw.client()
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)  # no part is left either
    client.close()
    proxy.cure()
    await store.put_many([of(KEY, staged)])
    assert await read(store, KEY) == staged.read_bytes()


@pytest.mark.parametrize("times", [1, None])
async def test_a_download_that_breaks_off_is_never_taken_for_the_whole_r9(
    store: S3Bucket, proxy: FaultyProxy, times: int | None
) -> None:
    body = os.urandom(3 << 20)
    await store.put_many([of(KEY, body)])
    fault = proxy.inject(Fault("cut", hits=lambda request: request.method == "GET", times=times))
    if times:
        assert await read(store, KEY) == body
    else:
        with pytest.raises(StoreError, match="when asked to read"):
            await read(store, KEY)
    assert fault.met >= 1


async def test_a_server_without_room_pauses_as_a_full_disk_does_r9(
    store: S3Bucket, proxy: FaultyProxy
) -> None:
    proxy.inject(Fault("status", status=507, code="XMinioStorageFull", hits=is_put))
    with pytest.raises(StoreFull, match=r"no room left \(XMinioStorageFull\)"):
        await store.put_many([of(KEY, b"one")])


async def test_reading_listing_and_deleting_say_what_they_could_not_do_r9(
    store: S3Bucket, proxy: FaultyProxy
) -> None:
    proxy.inject(Fault("status", status=403, code="AccessDenied"))
    with pytest.raises(StoreError, match="may not read in the bucket"):
        await store.size(KEY)
    with pytest.raises(StoreError, match="may not delete in the bucket"):
        await store.delete_many([KEY])
    with pytest.raises(StoreError, match="may not list in the bucket"):
        await store.check()
