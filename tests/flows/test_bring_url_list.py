"""Ways to bring a list: a table's column, pages of rows, one address, the command line."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flows.test_import_web_urls import LOOPBACK, bring, harbour_at, start
from harbour import running_harbour
from pictures import picture
from sources.web_host import reply, web_host
from sqlalchemy import update

from pixharbor.imports import keep_url_list
from pixharbor.sources import web_urls_lists
from pixharbor.sources.web_urls_lists import UrlList


async def test_a_column_of_a_table_is_imported_and_called_by_its_file(tmp_path: Path) -> None:
    pages = {f"/{n}.jpg": reply(body=picture(n)) for n in range(3)}
    async with web_host(pages) as host, harbour_at(tmp_path) as harbour:
        rows = [f"Lamp {n};{host.url(f'/{n}.jpg')}" for n in range(3)]
        table = "\r\n".join(["product;image url", *rows, "Chair;none"]).encode("utf-8-sig")
        head = {"file": ("products.csv", table[:65536])}
        told = (await harbour.api.post("/api/v1/url-lists/columns", files=head)).json()
        kept = await bring(harbour, table, "products.csv", column="image url")
        job_id = await start(harbour, source="web-urls", location=kept["location"])
        done = await harbour.finish(job_id)
    assert told["suggested"] == "image url"
    assert [column["name"] for column in told["columns"]] == ["product", "image url"]
    assert (kept["name"], kept["lines"]) == ("products.csv", 4)
    assert done["name"] == "products.csv (4 addresses)"
    assert done["balance"] | {"listed": 4, "stored": 3, "failed": 1} == done["balance"]


async def test_a_wrong_column_and_no_file_are_answered_with_what_to_do_t34(tmp_path: Path) -> None:
    async with running_harbour(tmp_path, working=False) as harbour:
        files = {"file": ("a.csv", b"id,photo\n1,https://a.example/1.jpg\n")}
        answer = await harbour.api.post("/api/v1/url-lists", files=files, data={"column": "image"})
        assert (answer.status_code, answer.json()["code"]) == (422, "column_unknown")
        assert "id, photo" in answer.json()["cure"]
        for bad in ({"data": {"column": "x"}}, {"content": b"https://a.example/1.jpg"}):
            answer = await harbour.api.post("/api/v1/url-lists", **bad)
            assert answer.status_code == 422
            assert "multipart" in answer.json()["cure"]


async def test_a_list_of_several_pages_is_imported_whole_on_both_databases(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_urls_lists, "LINES_OF_A_PAGE", 7)
    monkeypatch.setattr(keep_url_list, "PAGES_AT_ONCE", 2)
    pages = {f"/{n}.jpg": reply(body=picture(n)) for n in range(30)}
    async with web_host(pages) as host, harbour_at(tmp_path, database_url=database_url) as harbour:
        long = [f"{host.url('/0.jpg')}?{'x' * 3000}{n}" for n in range(2)]
        host.pages |= {line.removeprefix(host.origin): reply(body=picture(99)) for line in long}
        text = "\n".join([*(host.url(path) for path in pages), *long, long[0], "last line"])
        kept = await bring(harbour, text.encode())
        again = await bring(harbour, text.encode())
        done = await harbour.finish(await start(harbour, location=kept["location"]))
        items = await harbour.items(done["id"])
    assert kept == again
    assert done["balance"] | {"stored": 31, "duplicate": 1, "failed": 1} == done["balance"]
    assert {item["path"] for item in items} >= {*long, host.url("/29.jpg")}


async def test_a_list_that_nobody_imported_is_forgotten_after_a_day(tmp_path: Path) -> None:
    pages = {"/1.jpg": reply(body=picture(1))}
    async with web_host(pages) as host, harbour_at(tmp_path) as harbour:
        unused = await bring(harbour, b"https://unused.example/1.jpg")
        used = await bring(harbour, host.url("/1.jpg").encode())
        job = await harbour.finish(await start(harbour, location=used["location"]))
        async with harbour.runtime.work() as unit:
            long_ago = datetime.now(UTC) - timedelta(days=2)
            await unit.session.execute(update(UrlList).values(created_at=long_ago))
        await bring(harbour, b"https://another.example/1.jpg")
        gone = await harbour.api.post("/api/v1/imports", json={"location": unused["location"]})
        assert (gone.status_code, gone.json()["code"]) == (404, "folder_missing")
        again = await harbour.finish(await start(harbour, location=used["location"]))
        assert again["id"] != job["id"]
        assert again["balance"]["listed"] == 1


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({}, 422, "bad_input"),
        ({"urls": ["https://a.example/1.jpg"], "location": "https://a.example"}, 422, "bad_input"),
        ({"urls": ["", " "]}, 422, "list_empty"),
        ({"location": "http://127.0.0.2/in.jpg"}, 403, "address_refused"),
        ({"location": "file:///etc/passwd", "source": "web_urls"}, 422, "not_an_address"),
        ({"location": "hello", "source": "web_urls"}, 422, "not_an_address"),
        ({"location": "list:0123", "source": "web_urls"}, 404, "folder_missing"),
    ],
)
async def test_what_is_no_list_is_refused_with_what_to_do(
    tmp_path: Path, wanted: dict[str, Any], status: int, code: str
) -> None:
    async with running_harbour(tmp_path, working=False) as harbour:
        answer = await harbour.api.post("/api/v1/imports", json=wanted)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["cure"]
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []


async def test_a_single_image_is_imported_by_its_address_and_called_by_its_name(
    tmp_path: Path,
) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        host.pages["/a/caf%C3%A9.png"] = reply(body=picture(1, format="PNG"))
        job_id = await start(harbour, location=f" <{host.url('/a/caf%C3%A9.png')}> ")
        done = await harbour.finish(job_id)
        (image,) = await harbour.images()
    assert (done["name"], done["source"], done["state"]) == ("café.png", "web_urls", "completed")
    assert (image["name"], image["mime_type"]) == ("café.png", "image/png")


async def test_what_fails_can_be_retried_when_it_is_mended(tmp_path: Path) -> None:
    async with web_host() as host, harbour_at(tmp_path) as harbour:
        job_id = await start(harbour, urls=[host.url("/late.jpg"), "no address"])
        done = await harbour.finish(job_id)
        assert done["balance"] | {"gone": 1, "failed": 1} == done["balance"]
        host.pages["/late.jpg"] = reply(body=picture(5))
        answer = await harbour.api.post(f"/api/v1/jobs/{job_id}/retry")
        assert answer.status_code == 200, answer.text
        again = await harbour.finish(job_id)
        items = await harbour.items(job_id, state="failed")
    assert again["balance"] | {"stored": 1, "failed": 1} == again["balance"]
    assert [item["reason"] for item in items] == ["not_an_address"]


async def test_a_list_is_imported_from_the_command_line(tmp_path: Path) -> None:
    pages = {f"/{n}.jpg": reply(body=picture(n)) for n in range(3)}
    async with web_host(pages) as host:
        table = tmp_path / "lamps.csv"
        rows = [f"{n},{host.url(f'/{n}.jpg')},{host.url('/small.jpg')}" for n in range(3)]
        table.write_text("\n".join(["id,image_url,thumb", *rows]))
        settings = {"DATA_DIR": str(tmp_path / "data"), "ALLOW_PRIVATE_ADDRESSES": LOOPBACK}
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pixharbor.cli.main", "import", "--json"),
            *("--column", "image_url", str(table)),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **settings},
        )
        said, _ = await program.communicate()
    assert program.returncode == 0
    job = json.loads(said)
    assert (job["state"], job["balance"]["stored"]) == ("completed", 3)
