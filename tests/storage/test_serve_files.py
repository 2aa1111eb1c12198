"""Signed links to local files: what a browser gets, and who gets nothing."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from contracts.store_suite import KEY, of
from fastapi import FastAPI

from pixharbor.problems import answer_problems
from pixharbor.storage.local_files import LocalFiles
from pixharbor.storage.serve_files import files_router
from pixharbor.storage.signed_links import LinkSigner

SIGNER = LinkSigner(b"a secret of the tests")
BODY = bytes(range(256)) * 40


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[LocalFiles]:
    store = LocalFiles(tmp_path / "objects", SIGNER, reserve=0)
    await store.put_many([of(KEY, BODY)])
    yield store
    store.close()


@pytest.fixture
async def api(store: LocalFiles) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(files_router(store, SIGNER))
    answer_problems(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def changed(link: str, **change: str) -> str:
    """The link with other parameters under the same signature."""
    parts = urlsplit(link)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | change
    return f"{parts.path}?{urlencode(query)}"


async def test_a_link_may_have_the_browser_save_what_it_could_show(
    api: httpx.AsyncClient, store: LocalFiles
) -> None:
    link = store.link(KEY, seconds=60, name="a.jpg", save=True)
    answer = await api.get(link)
    assert answer.headers["content-disposition"] == 'attachment; filename="a.jpg"'
    assert (await api.get(changed(link, save="0"))).status_code == 403
    shown = store.link(KEY, seconds=60, name="a.jpg")
    assert (await api.get(f"{shown}&save=1")).status_code == 403


async def test_a_link_brings_the_bytes_to_anyone_s0_57(
    api: httpx.AsyncClient, store: LocalFiles
) -> None:
    answer = await api.get(store.link(KEY, seconds=60, name="harbour at dusk.jpg"))
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == str(len(BODY))
    assert answer.headers["content-disposition"].startswith("inline; ")
    assert "harbour%20at%20dusk.jpg" in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "immutable" in answer.headers["cache-control"]
    assert "private" in answer.headers["cache-control"]


async def test_head_tells_the_same_without_the_bytes(
    api: httpx.AsyncClient, store: LocalFiles
) -> None:
    link = store.link(KEY, seconds=60, name="a.jpg")
    head, get = await api.head(link), await api.get(link)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers == get.headers


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=10000-", slice(10000, None)),
        ("bytes=-16", slice(-16, None)),
        ("bytes=5-99999999", slice(5, None)),
    ],
)
async def test_a_part_is_served_by_range(
    api: httpx.AsyncClient, store: LocalFiles, wanted: str, part: slice
) -> None:
    link = store.link(KEY, seconds=60, name="a.jpg")
    answer = await api.get(link, headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (206, BODY[part])
    first, last, _ = part.indices(len(BODY))
    assert answer.headers["content-range"] == f"bytes {first}-{last - 1}/{len(BODY)}"


async def test_a_range_beyond_the_end_is_refused(api: httpx.AsyncClient, store: LocalFiles) -> None:
    link = store.link(KEY, seconds=60, name="a.jpg")
    answer = await api.get(link, headers={"Range": "bytes=999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"].endswith(f"*/{len(BODY)}")


async def test_a_range_of_a_changed_file_brings_the_whole(
    api: httpx.AsyncClient, store: LocalFiles
) -> None:
    link = store.link(KEY, seconds=60, name="a.jpg")
    etag = (await api.get(link)).headers["etag"]
    same = await api.get(link, headers={"Range": "bytes=0-9", "If-Range": etag})
    other = await api.get(link, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)


async def test_what_the_browser_has_is_not_sent_again(
    api: httpx.AsyncClient, store: LocalFiles
) -> None:
    link = store.link(KEY, seconds=60, name="a.jpg")
    etag = (await api.get(link)).headers["etag"]
    known = await api.get(link, headers={"If-None-Match": etag})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    assert (await api.get(link, headers={"If-None-Match": '"another"'})).status_code == 200


@pytest.mark.parametrize("spoiled", ["expires", "signature", "name", "key"])
async def test_a_link_that_was_changed_is_refused_x2(
    api: httpx.AsyncClient, store: LocalFiles, spoiled: str
) -> None:
    other = KEY.replace("ab", "cd")
    await store.put_many([of(other, b"another's")])
    link = store.link(KEY, seconds=60, name="a.jpg")
    bad = {
        "expires": changed(link, expires=str(int(time.time()) + 999_999)),
        "signature": changed(link, signature="A" * 43),
        "name": changed(link, name="b.html"),
        "key": link.replace(KEY, other),
    }[spoiled]
    answer = await api.get(bad)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "link_signature"


async def test_a_link_signed_with_another_secret_is_refused(
    api: httpx.AsyncClient, store: LocalFiles
) -> None:
    stranger = LinkSigner(b"another secret")
    assert (await api.get(stranger.sign(KEY, seconds=60, name="a.jpg"))).status_code == 403


async def test_an_expired_link_is_gone_and_says_how_to_get_another(
    api: httpx.AsyncClient, store: LocalFiles
) -> None:
    answer = await api.get(store.link(KEY, seconds=-60, name="a.jpg"))
    assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")
    assert "SIGNED_URL_TTL" in answer.json()["cure"]


async def test_an_object_that_is_missing_is_not_found(
    api: httpx.AsyncClient, store: LocalFiles
) -> None:
    await store.delete_many([KEY])
    answer = await api.get(store.link(KEY, seconds=60, name="a.jpg"))
    assert (answer.status_code, answer.json()["code"]) == (404, "object_missing")


@pytest.mark.parametrize(
    "query",
    ["", "name=a", "name=a&expires=x&signature=y", "name=a&expires=1&signature=" + "y" * 99],
)
async def test_a_link_without_its_parts_is_refused(api: httpx.AsyncClient, query: str) -> None:
    assert (await api.get(f"/files/{KEY}?{query}")).status_code in {403, 422}


@pytest.mark.parametrize("path", ["../../secret_key", "%2e%2e/%2e%2e/secret_key", "/etc/passwd"])
async def test_a_path_that_was_not_signed_leads_nowhere_x5(
    api: httpx.AsyncClient, store: LocalFiles, path: str
) -> None:
    (store.root.parent / "secret_key").write_text("secret")
    query = urlsplit(store.link(KEY, seconds=60, name="a.jpg")).query
    answer = await api.get(f"/files/{path}?{query}")
    assert answer.status_code in {403, 404}
    assert "secret" not in answer.text.replace("secret_key", "")


@pytest.mark.parametrize(
    ("extension", "mime_type", "disposition"),
    [
        ("png", "image/png", "inline"),
        ("gif", "image/gif", "inline"),
        ("webp", "image/webp", "inline"),
        ("avif", "image/avif", "inline"),
        ("heic", "image/heic", "attachment"),
        ("svg", "application/octet-stream", "attachment"),
        ("html", "application/octet-stream", "attachment"),
        ("xml", "application/octet-stream", "attachment"),
        ("bin", "application/octet-stream", "attachment"),
    ],
)
async def test_only_pictures_are_shown_and_the_rest_is_saved_x6(
    api: httpx.AsyncClient, store: LocalFiles, extension: str, mime_type: str, disposition: str
) -> None:
    key = KEY.replace(".jpg", f".{extension}")
    await store.put_many([of(key, b"<script>alert(1)</script>")])
    answer = await api.get(store.link(key, seconds=60, name=f"picture.{extension}"))
    assert answer.headers["content-type"] == mime_type
    assert answer.headers["content-disposition"].startswith(f"{disposition}; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name", ['a"; filename="b.exe', "a\r\nSet-Cookie: x=1", "\u202egpj.exe", "🏖.jpg", "x" * 300]
)
async def test_a_strange_name_makes_no_header_of_its_own_x5(
    api: httpx.AsyncClient, store: LocalFiles, name: str
) -> None:
    answer = await api.get(store.link(KEY, seconds=60, name=name))
    assert (answer.status_code, answer.content) == (200, BODY)
    assert "set-cookie" not in answer.headers
    told = answer.headers["content-disposition"]
    assert told.startswith("inline; filename")
    assert told.count('"') in {0, 2}
