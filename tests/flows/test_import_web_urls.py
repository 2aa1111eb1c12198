"""A list of web addresses from end to end: brought, read page by page, fetched, accounted for."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from harbour import Harbour, running_harbour
from pictures import picture
from sources.web_host import reply, web_host

from pixharbor.imports import retry_delays

LOOPBACK = "127.0.0.0/8"
HTML = b"<!doctype html><html><title>Sign in</title><p>Please sign in.</html>"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other at once."""
    monkeypatch.setattr(retry_delays, "CAP_SECONDS", 0.01)


def harbour_at(data_dir: Path, **settings: Any) -> AbstractAsyncContextManager[Harbour]:
    """A harbour that may reach the hosts of these tests, which are on loopback."""
    return running_harbour(data_dir, allow_private_addresses=LOOPBACK, **settings)


async def start(harbour: Harbour, **wanted: Any) -> str:
    """Ask for an import; answers the job's id."""
    answer = await harbour.api.post("/api/v1/imports", json=wanted)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def bring(
    harbour: Harbour, content: bytes, name: str = "urls.txt", **fields: str
) -> dict[str, Any]:
    """Bring a list as a file; answers what is said of it."""
    answer = await harbour.api.post(
        "/api/v1/url-lists", files={"file": (name, content)}, data=fields
    )
    assert answer.status_code == 201, answer.text
    kept: dict[str, Any] = answer.json()
    return kept


async def test_a_pasted_list_is_imported_and_every_line_is_accounted_for(tmp_path: Path) -> None:
    pages = {f"/photos/{n}.jpg": reply(body=picture(n)) for n in range(3)}
    async with web_host(pages) as host, harbour_at(tmp_path) as harbour:
        host.pages |= {
            "/download?id=7": reply(
                body=picture(7),
                Content_Disposition="attachment; filename*=UTF-8''K%C3%A4ffchen.jpg",
            ),
            "/moved.jpg": reply("301 Moved", Location="/photos/new%20name.jpg"),
            "/photos/new%20name.jpg": reply(
                body=picture(8), Last_Modified="Sat, 21 Nov 2026 08:00:00 GMT"
            ),
            "/page.jpg": reply(body=HTML, Content_Type="image/jpeg"),
            "/text.jpg": reply(body=b"only words"),
            "/private.jpg": reply("403 Forbidden", body=HTML),
            "/broken.jpg": reply("500 Oh", body=HTML),
            "/bad.jpg": reply("400 No", body=HTML),
            "/short.jpg": reply(body=picture(9), Content_Length="99999"),
            "/empty.jpg": reply(),
            "/noai.jpg": reply(body=picture(10), X_Robots_Tag="noai, noimageai"),
            "/other.jpg": reply(body=picture(11), X_Robots_Tag="googlebot: noindex"),
        }
        lines = [host.url(path) for path in (*pages, *list(host.pages)[3:], "/none.jpg")]
        lines += [lines[0], "", "http://10.0.0.1/in.jpg", "not an address", "ftp://a.example/b.jpg"]
        done = await harbour.finish(await start(harbour, urls=lines))
        items = {item["name"]: item for item in await harbour.items(done["id"])}
        images = {image["name"] for image in await harbour.images(source="web_urls")}
    assert done["state"] == "partial"
    assert done["source"] == "web_urls"
    fates = {name: (item["state"], item["reason"]) for name, item in items.items()}
    same = {fates.pop("moved.jpg"), fates.pop("new name.jpg")}
    assert same == {("stored", None), ("duplicate", "same_content")}
    assert fates == {
        **dict.fromkeys(("0.jpg", "1.jpg", "2.jpg", "Käffchen.jpg", "other.jpg"), ("stored", None)),
        "page.jpg": ("failed", "html_instead_of_file"),
        "text.jpg": ("skipped", "not_an_image"),
        "private.jpg": ("failed", "forbidden"),
        "broken.jpg": ("failed", "provider_error"),
        "bad.jpg": ("failed", "provider_error"),
        "short.jpg": ("failed", "truncated"),
        "empty.jpg": ("skipped", "empty"),
        "noai.jpg": ("failed", "forbidden"),
        "none.jpg": ("gone", "vanished"),
        "in.jpg": ("failed", "address_refused"),
        "not an address": ("failed", "not_an_address"),
        "ftp://a.example/b.jpg": ("failed", "not_an_address"),
    }
    assert images >= {"Käffchen.jpg", "0.jpg", "other.jpg"}
    assert host.paths().count("/broken.jpg") == retry_delays.TRIES
    assert host.paths().count("/bad.jpg") == 1
    assert host.paths().count("/photos/0.jpg") == 1
