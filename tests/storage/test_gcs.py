"""The store in a bucket of Google Cloud Storage, on fake-gcs-server with Google's own client."""

import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from contracts.store_suite import KEY, OTHER, StoreSuite, copy_to_a_full_disk, of, read
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI
from server import free_port
from servers.fake_gcs import NEEDS_FAKE_GCS, GcsServer, running_fake_gcs
from servers.faulty_proxy import Fault, FaultyProxy, running_faulty_proxy

from pixharbor.errors import SettingError
from pixharbor.problems import answer_problems
from pixharbor.storage.base import Store, StoreError, StoreFull
from pixharbor.storage.gcs import GcsBucket, find_credentials
from pixharbor.storage.keys import original_key
from pixharbor.storage.patience import Patience
from pixharbor.storage.registry import open_store
from pixharbor.storage.serve_files import files_router
from pixharbor.storage.settings import StorageSettings
from pixharbor.storage.signed_links import LinkSigner

pytestmark = NEEDS_FAKE_GCS
SIGNER = LinkSigner(b"a secret of the tests")
IMPATIENT = Patience(connect=1, silence=1.5, retry=2)
KEYS = [original_key(1, f"{n:064x}"[::-1], "jpg") for n in range(20)]


@pytest.fixture(scope="module")
def fake_gcs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GcsServer]:
    with running_fake_gcs(tmp_path_factory.mktemp("fake_gcs")) as server:
        yield server


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a service account's key, made here: Google has never heard of it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path = tmp_path_factory.mktemp("key") / "key.json"
    path.write_text(
        json.dumps(
            {
                "type": "service_account",
                "project_id": "test",
                "private_key_id": "1",
                "private_key": pem,
                "client_email": "harbour@test.iam.gserviceaccount.com",
                "client_id": "1",
                "token_uri": f"http://127.0.0.1:{free_port()}/token",
            }
        )
    )
    return path


@pytest.fixture(autouse=True)
def forget_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's credentials go into the environment, where Google's library looks."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "is put back afterwards")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")


@pytest.fixture
def bucket(fake_gcs: GcsServer) -> str:
    return fake_gcs.new_bucket()


class TestGcs(StoreSuite):
    """The contract, kept by a bucket with a service account's key: links lead to the bucket."""

    checks_signatures = False

    @pytest.fixture
    async def store(self, fake_gcs: GcsServer, bucket: str, key_file: Path) -> AsyncIterator[Store]:
        given = fake_gcs.settings(bucket, "below/here", google_application_credentials=key_file)
        async with open_store(given, SIGNER) as store:
            assert store.link_origin == fake_gcs.url
            yield store


class TestGcsWithoutAKey(StoreSuite):
    """The contract, with credentials that cannot sign: links lead through this server (S3.29)."""

    @pytest.fixture
    async def store(self, fake_gcs: GcsServer, bucket: str) -> AsyncIterator[Store]:
        async with open_store(fake_gcs.settings(bucket), SIGNER) as store:
            assert store.link_origin == ""
            yield store

    @pytest.fixture
    async def browser(self, store: Store) -> AsyncIterator[httpx.AsyncClient]:
        app = FastAPI()
        app.include_router(files_router(store, SIGNER))
        answer_problems(app)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://harbour") as client:
            yield client


async def test_a_full_disk_here_is_not_blamed_on_the_bucket(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreFull):
        await copy_to_a_full_disk(store, monkeypatch)


async def test_an_object_that_is_there_is_left_as_it_is(
    fake_gcs: GcsServer, bucket: str, tmp_path: Path
) -> None:
    staged = tmp_path / "staged"
    staged.write_bytes(b"again" * (2 << 20))  # in pieces
    async with open_store(fake_gcs.settings(bucket), SIGNER) as store:
        await store.put_many([of(KEY, b"first")])
        await store.put_many([of(KEY, b"again")])
        await store.put_many([of(KEY, staged)])
        assert await read(store, KEY) == b"first"


async def test_objects_lie_below_the_prefix_with_their_types(
    fake_gcs: GcsServer, bucket: str
) -> None:
    async with open_store(fake_gcs.settings(bucket, "below/here"), SIGNER) as store:
        await store.put_many([of(KEY, b"one"), of("a.html", b"two", "text/html")])
    with fake_gcs.client() as client:
        kept = {blob.name: blob for blob in client.list_blobs(bucket)}
        assert set(kept) == {f"below/here/{KEY}", "below/here/a.html"}
        assert kept[f"below/here/{KEY}"].content_type == "image/jpeg"
        assert kept[f"below/here/{KEY}"].cache_control == "private, max-age=31536000, immutable"
        assert kept["below/here/a.html"].content_type == "application/octet-stream"
        assert kept["below/here/a.html"].content_disposition == "attachment"


async def test_a_signed_link_is_made_on_this_machine_and_lives_as_long_as_was_asked_s3_10(
    key_file: Path,
) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    settings = StorageSettings(
        storage_url="gs://b/p", storage_emulator_host=away, google_application_credentials=key_file
    )
    store = GcsBucket(settings, SIGNER, find_credentials(settings), patience=IMPATIENT)
    link = store.link(KEY, seconds=3600, name="schön.jpg")
    query = parse_qs(urlsplit(link).query)
    assert link.startswith(f"{away}/b/p/{KEY}?")
    assert query["X-Goog-Algorithm"] == ["GOOG4-RSA-SHA256"]
    assert query["X-Goog-Credential"][0].startswith("harbour@test.iam.gserviceaccount.com/")
    assert 3600 <= int(query["X-Goog-Expires"][0]) <= 4500
    assert query["response-content-disposition"] == ["inline; filename*=UTF-8''sch%C3%B6n.jpg"]
    assert len(query["X-Goog-Signature"][0]) == 512
    saved = parse_qs(urlsplit(store.link(KEY, seconds=3600, name="a.jpg", save=True)).query)
    assert saved["response-content-disposition"] == ['attachment; filename="a.jpg"']
    store.close()


async def test_links_of_a_public_bucket_are_plain_addresses_only_when_asked_for_s1_26(
    fake_gcs: GcsServer, bucket: str, browser: httpx.AsyncClient
) -> None:
    asked = fake_gcs.settings(bucket, "a", storage_public=True)
    async with open_store(asked, SIGNER) as store:
        await store.put_many([of(KEY, b"for everybody")])
        link = store.link(KEY, seconds=60, name="a.jpg")
        assert link == f"{fake_gcs.url}/{bucket}/a/{KEY}"
        assert (await browser.get(link)).content == b"for everybody"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"storage_url": "gs://no-such-bucket"}, "STORAGE_URL: there is no bucket 'no-such-buc"),
        ({"storage_url": "gs://"}, "STORAGE_URL: expected gs://bucket"),
        (
            {"google_application_credentials": Path("/nowhere/key.json")},
            "GOOGLE_APPLICATION_CREDENTIALS: cannot use '/nowhere/key.json'; expected the file",
        ),
        ({"signed_url_ttl": 700_000}, "SIGNED_URL_TTL: cannot use 700000; the links"),
    ],
)
async def test_a_wrong_setting_stops_the_start_with_one_sentence_that_cures_it(
    fake_gcs: GcsServer, bucket: str, changed: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SettingError, match=sentence) as refused:
        async with open_store(fake_gcs.settings(bucket, **changed), SIGNER):
            pass
    assert "\n" not in refused.value.message


async def test_a_machine_without_credentials_is_told_how_to_get_some_s3_29(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NO_GCE_CHECK", "true")  # or Google's library asks the network
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SettingError, match="run: gcloud auth application-default login"):
        async with open_store(StorageSettings(storage_url="gs://bucket"), SIGNER):
            pass


async def test_a_key_that_google_does_not_accept_is_named(key_file: Path) -> None:
    settings = StorageSettings(storage_url="gs://b", google_application_credentials=key_file)
    store = GcsBucket(settings, SIGNER, find_credentials(settings), patience=IMPATIENT)
    with pytest.raises(StoreError, match="GOOGLE_APPLICATION_CREDENTIALS: Google does not accept"):
        await store.check()  # its token_uri is on this machine, and nobody is there
    store.close()


async def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pixharbor.storage.gcs")
    monkeypatch.setitem(sys.modules, "google.cloud.storage", None)
    with pytest.raises(SettingError, match=r"gs:// needs the extra: pip install 'pixharbor\[gcs"):
        open_store(StorageSettings(storage_url="gs://bucket"), SIGNER)


@pytest.fixture
async def proxy(fake_gcs: GcsServer) -> AsyncIterator[FaultyProxy]:
    async with running_faulty_proxy(fake_gcs.url) as proxy:
        yield proxy


@pytest.fixture
def store(fake_gcs: GcsServer, bucket: str, proxy: FaultyProxy) -> Iterator[GcsBucket]:
    settings = fake_gcs.settings(bucket, storage_emulator_host=proxy.url)
    store = GcsBucket(settings, SIGNER, find_credentials(settings), patience=IMPATIENT)
    yield store
    store.close()


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", times=2),
        Fault("status", times=2, status=503),
        Fault("reset", times=2),
        Fault("lose", times=2),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
async def test_a_fault_that_passes_is_not_felt_r9(
    store: GcsBucket, proxy: FaultyProxy, fault: Fault
) -> None:
    proxy.inject(fault)
    await store.put_many([of(key, key.encode()) for key in KEYS])
    assert fault.met == fault.times
    assert {key async for key in store.keys("")} == set(KEYS)
    assert await read(store, KEYS[7]) == KEYS[7].encode()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("status"), r"cannot write at the moment \(500\)"),
        (Fault("status", status=403), r"STORAGE_URL: .* may not write .*roles/storage.objectA"),
        (Fault("status", status=401), "GOOGLE_APPLICATION_CREDENTIALS: Google does not accept"),
        (Fault("reset"), "nothing answers|took too long, or broke the connection"),
        (Fault("hang"), "took too long, or broke the connection"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}" if isinstance(fault, Fault) else "",
)
async def test_a_fault_that_stays_is_an_error_in_time_and_gone_when_cured_r9(
    store: GcsBucket, proxy: FaultyProxy, fault: Fault, sentence: str
) -> None:
    await store.put_many([of(OTHER, b"kept before")])
    proxy.inject(fault)
    began = time.monotonic()
    with pytest.raises(StoreError, match=sentence):
        await store.put_many([of(key, key.encode()) for key in KEYS])
    assert time.monotonic() - began < IMPATIENT.silence + IMPATIENT.retry + 1.5
    proxy.cure()
    assert {key async for key in store.keys("")} == {OTHER}
    await store.put_many([of(key, key.encode()) for key in KEYS])
    assert {key async for key in store.keys("")} == {OTHER, *KEYS}


async def test_a_download_that_breaks_off_is_never_taken_for_the_whole_r9(
    store: GcsBucket, proxy: FaultyProxy
) -> None:
    await store.put_many([of(KEY, b"x" * (3 << 20))])
    proxy.inject(Fault("cut", hits=lambda request: request.method == "GET"))
    with pytest.raises(StoreError, match=r"when asked to read|nothing answers"):
        await read(store, KEY)
