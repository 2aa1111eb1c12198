"""What the Dropbox emulator answers: links, listings, bytes, and refusals like Dropbox's own."""

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from emulators.dropbox_caller import DropboxCaller, declare, judge

from pixharbor_emulators.dropbox import create_app, running_dropbox

OpenCaller = Callable[..., AbstractAsyncContextManager[DropboxCaller]]


@pytest.fixture
def calling(album: Path) -> OpenCaller:
    """Return `calling(faults=…)`: serve the album, yield its caller."""

    @asynccontextmanager
    async def open_caller(**options: Any) -> AsyncIterator[DropboxCaller]:
        hooks = {"response": [judge]}
        async with (
            running_dropbox(album, **options) as dropbox,
            httpx.AsyncClient(event_hooks=hooks, trust_env=False) as client,
        ):
            yield DropboxCaller(dropbox, client)

    return open_caller


async def test_through_a_link_only_files_in_sub_folders_have_paths(calling: OpenCaller) -> None:
    async with calling() as caller:
        root = {entry["name"]: entry for entry in (await caller.folder()).json()["entries"]}
        assert root.keys() == {"a.jpg", "empty.jpg", "notes.txt", "trip"}
        assert not any("path_lower" in entry or "path_display" in entry for entry in root.values())
        below = {entry["name"]: entry for entry in (await caller.folder("/trip")).json()["entries"]}
        assert below["a.jpg"]["path_lower"] == "/trip/a.jpg"
        assert "path_lower" not in below["day 1"]
        await caller.sign_in()
        own = (await caller.call("files/list_folder", path="/trip")).json()["entries"]
        assert {entry["path_display"] for entry in own} == {"/trip/a.jpg", "/trip/day 1"}


async def test_pages_are_as_small_as_asked_and_a_cursor_takes_nothing_beside_it(
    calling: OpenCaller,
) -> None:
    async with calling() as caller:
        assert await caller.names(limit=1) == ["a.jpg", "empty.jpg", "notes.txt", "trip"]
        cursor = (await caller.folder(limit=1)).json()["cursor"]
        answer = await caller.call("files/list_folder/continue", cursor=cursor, path="")
        assert (answer.status_code, answer.headers["content-type"]) == (
            400, "text/plain; charset=utf-8"
        )  # fmt: skip
        assert "unknown field 'path'" in answer.text
        assert (await caller.call("files/list_folder/continue", cursor="x")).status_code == 400


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"path": "/"}, 'Specify the root folder as an empty string rather than as "/"'),
        ({"path": "", "recursive": True}, "Recursive list folder is not supported for shared link"),
        ({"path": "", "limits": 3}, "unknown field 'limits'"),
        ({"path": 3}, "path: expected str"),
    ],
)
async def test_misuse_is_refused_in_plain_text(
    calling: OpenCaller, arguments: dict[str, Any], told: str
) -> None:
    async with calling() as caller:
        link = {"url": caller.dropbox.folder_link}
        answer = await caller.call("files/list_folder", shared_link=link, **arguments)
        assert answer.status_code == 400
        assert answer.headers["content-type"].startswith("text/plain")
        assert told in answer.text


async def test_one_s_own_folders_are_listed_recursively(calling: OpenCaller) -> None:
    async with calling() as caller:
        await caller.sign_in()
        answer = await caller.call("files/list_folder", path="", recursive=True)
        paths = {entry["path_display"] for entry in answer.json()["entries"]}
        assert "/trip/day 1/📷 b.png" in paths
        by_id = answer.json()["entries"][0]["id"]
        assert (await caller.call("files/get_metadata", path=by_id)).status_code == 200
        assert (await caller.call("users/get_current_account")).status_code == 200


async def test_a_link_opens_what_it_leads_to_and_its_key_is_needed(calling: OpenCaller) -> None:
    async with calling() as caller:
        look = "sharing/get_shared_link_metadata"
        for path, old, tag in (
            ("", False, "folder"), ("trip", True, "folder"), ("a.jpg", False, "file"),
            ("trip/a.jpg", True, "file"),
        ):  # fmt: skip
            answer = await caller.call(look, url=caller.dropbox.link(path, old=old))
            assert answer.json()[".tag"] == tag
            assert "content_hash" not in answer.json()
        sub = caller.dropbox.folder_link.replace("?", "/trip/day%201?")
        assert (await caller.call(look, url=sub)).json()["name"] == "day 1"
        cut = caller.dropbox.folder_link.partition("?")[0]
        missing = await caller.call(look, url=cut)
        assert (missing.status_code, missing.json()["error"][".tag"]) == (
            409, "shared_link_not_found"
        )  # fmt: skip


async def test_bytes_come_with_their_metadata_in_an_ascii_header(
    calling: OpenCaller, album: Path
) -> None:
    async with calling() as caller:
        body = (album / "trip" / "day 1" / "📷 b.png").read_bytes()
        answer = await caller.download("/trip/day 1/📷 b.png")
        assert answer.content == body
        told = answer.headers["dropbox-api-result"]
        assert told.isascii()
        assert json.loads(told)["name"] == "📷 b.png"
        part = await caller.download("/trip/day 1/📷 b.png", Range="bytes=10-19")
        assert (part.status_code, part.content) == (206, body[10:20])
        same = await caller.download(
            "/trip/day 1/📷 b.png", **{"If-None-Match": answer.headers["etag"]}
        )
        assert same.status_code == 304


async def test_arguments_in_a_header_must_be_ascii(calling: OpenCaller) -> None:
    async with calling() as caller:
        raw = json.dumps({"url": caller.dropbox.folder_link, "path": "/ä"}, ensure_ascii=False)
        answer = await caller.client.post(
            f"{caller.dropbox.api_url}/sharing/get_shared_link_file",
            headers=[
                (b"Authorization", caller.headers["Authorization"].encode()),
                (b"Dropbox-API-Arg", raw.encode()),
            ],
        )
        assert answer.status_code == 400
        assert "could not decode input as JSON" in answer.text


async def test_a_password_is_asked_for(calling: OpenCaller, album: Path) -> None:
    declare(album, link={"password": "tide"})
    async with calling() as caller:
        look, link = "sharing/get_shared_link_metadata", caller.dropbox.folder_link
        for password in (None, "ebb"):
            answer = await caller.call(look, url=link, link_password=password)
            assert answer.json()["error"][".tag"] == "shared_link_access_denied"
        opened = await caller.call(look, url=link, link_password="tide")
        assert opened.json()["link_permissions"]["require_password"] is True
        listed = await caller.call(
            "files/list_folder", path="", shared_link={"url": link, "password": "tide"}
        )
        assert listed.status_code == 200
        assert (await caller.folder()).status_code == 409


async def test_papers_folders_and_locked_links_give_no_bytes(
    calling: OpenCaller, album: Path
) -> None:
    declare(album, papers=["plan.paper"])
    async with calling() as caller:
        listed = {entry["name"]: entry for entry in (await caller.folder()).json()["entries"]}
        assert listed["plan.paper"]["is_downloadable"] is False
        assert "plan.paper" not in await caller.names(include_non_downloadable_files=False)
        folder = await caller.download("/trip")
        assert folder.json()["error"][".tag"] == "shared_link_is_directory"
        assert (await caller.download("/plan.paper")).status_code == 409
        await caller.sign_in()
        paper = await caller.fetch("files/download", {"path": "/plan.paper"})
        assert paper.json()["error"][".tag"] == "unsupported_file"
        gone = await caller.fetch("files/download", {"path": "/nowhere.jpg"})
        assert gone.json()["error"] == {".tag": "path", "path": {".tag": "not_found"}}


async def test_summaries_end_in_a_varying_number_of_dots(calling: OpenCaller) -> None:
    async with calling() as caller:
        summaries = {(await caller.folder("/nowhere")).json()["error_summary"] for _ in range(4)}
        assert len(summaries) == 4
        assert {summary.rstrip(".") for summary in summaries} == {"path/not_found/"}


async def test_tokens_expire_are_refreshed_and_die(calling: OpenCaller) -> None:
    async with calling(refresh_tokens=["r"], apps=["key:secret"]) as caller:
        await caller.sign_in()
        caller.dropbox.app.tokens.expire()
        answer = await caller.call("users/get_current_account")
        assert (answer.status_code, answer.json()["error"][".tag"]) == (401, "expired_access_token")
        await caller.sign_in()
        assert (await caller.call("users/get_current_account")).status_code == 200
        form = {"grant_type": "refresh_token", "refresh_token": "dead", "client_id": "key"}
        dead = await caller.client.post(caller.dropbox.token_url, data=form)
        assert (dead.status_code, dead.json()["error"]) == (400, "invalid_grant")
        caller.headers = {"Authorization": "Bearer made-up"}
        made_up = await caller.call("users/get_current_account")
        assert made_up.json()["error"][".tag"] == "invalid_access_token"


async def test_an_app_can_be_checked_and_an_account_is_none(calling: OpenCaller) -> None:
    async with calling(apps=["key:secret"]) as caller:
        answer = await caller.call("check/app", query="here")
        assert (answer.status_code, answer.json()) == (200, {"result": "here"})
        await caller.sign_in()
        assert (await caller.call("check/app", query="here")).status_code == 400
    async with calling(apps=["key:other"]) as caller:
        assert (await caller.call("check/app", query="here")).status_code == 400


async def test_an_app_opens_links_and_no_account(calling: OpenCaller) -> None:
    async with calling(apps=["key:other"]) as caller:
        assert (await caller.folder()).status_code == 400
    async with calling() as caller:
        assert (await caller.call("files/list_folder", path="")).status_code == 400
        assert (await caller.call("users/get_current_account")).status_code == 400
        caller.headers = {}
        assert "Must provide HTTP header" in (await caller.folder()).text


async def test_too_many_calls_are_refused_and_count_all_the_same(calling: OpenCaller) -> None:
    async with calling(faults=["rate:rate=0.3,retry_after=7"]) as caller:
        statuses = [(await caller.folder()).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert (await caller.folder()).headers["retry-after"] == "7"
        assert caller.dropbox.counts.refused_by_quota == 3


@pytest.mark.parametrize(
    ("act", "status", "content_type"),
    [
        ("html200", 200, "text/html"),
        ("speedbump", 200, "text/html"),
        ("banned", 429, "text/html"),
        ("banned_509", 509, "text/html"),
        ("too_many", 429, "application/json"),
        ("too_many_text", 429, "text/plain"),
        ("too_many_writes", 429, "application/json"),
        ("vanished", 409, "application/json"),
        ("forbidden", 409, "application/json"),
        ("server_error", 500, "text/plain"),
        ("bad_gateway", 502, "text/html"),
        ("missing_scope", 401, "application/json"),
        ("suspended", 401, "application/json"),
    ],
)
async def test_each_fault_has_dropbox_s_own_answer(
    calling: OpenCaller, album: Path, act: str, status: int, content_type: str
) -> None:
    declare(album, files={"a.jpg": {"fault": act}})
    async with calling() as caller:
        answer = await caller.download("/a.jpg")
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith(content_type)


async def test_cursors_expire_and_pages_shrink_on_demand(calling: OpenCaller) -> None:
    async with calling(faults=["one-entry-pages"]) as caller:
        assert len(await caller.names()) == 4
        assert caller.dropbox.counts.lists == 4
    async with calling(faults=["empty-pages"]) as caller:
        assert len(await caller.names()) == 4
        assert caller.dropbox.counts.lists == 2
    async with calling(faults=["expiring-tokens"]) as caller:
        cursor = (await caller.folder(limit=1)).json()["cursor"]
        refused = await caller.call("files/list_folder/continue", cursor=cursor)
        assert refused.json()["error"][".tag"] == "reset"


async def test_an_id_outlives_a_rename_and_a_rev_does_not_outlive_a_change(
    calling: OpenCaller, album: Path
) -> None:
    async with calling() as caller:
        before = {entry["name"]: entry for entry in (await caller.folder()).json()["entries"]}
        (album / "a.jpg").rename(album / "b.jpg")
        (album / "notes.txt").write_bytes(os.urandom(50))
        declare(album, files={"b.jpg": {"was": "a.jpg"}})
        caller.dropbox.rescan()
        after = {entry["name"]: entry for entry in (await caller.folder()).json()["entries"]}
        assert after["b.jpg"]["id"] == before["a.jpg"]["id"]
        assert after["notes.txt"]["rev"] != before["notes.txt"]["rev"]


def test_a_misspelt_fault_or_sidecar_is_told_before_serving(album: Path) -> None:
    with pytest.raises(ValueError, match="known are none, rate, storm"):
        create_app(album, faults=["storn"])
    declare(album, link={"pasword": "x"})
    with pytest.raises(ValueError, match="pasword"):
        create_app(album)
