"""Dropbox's own SDK over TLS, against the emulator: it checks answers as it does the real one's.

The SDK reads its hosts once, when it is imported, so it works in a process of its own.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from emulators.dropbox_caller import declare

from pixharbor_emulators.dropbox import RunningDropbox, running_dropbox
from pixharbor_emulators.dropbox_tree import hash_file
from pixharbor_emulators.serving import Certificate

AS_APP = "dropbox.Dropbox(app_key='key', app_secret='secret')"
AS_ACCOUNT = (
    "dropbox.Dropbox(app_key='key', app_secret='secret', oauth2_refresh_token='token', "
    "max_retries_on_rate_limit=3)"
)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """A certificate for 127.0.0.1, and beside it whoever signed it."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    issued.private_key_pem.write_to_path(str(key))
    for part in issued.cert_chain_pems:
        part.write_to_path(str(chain), append=True)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    return Certificate(chain, key)


@asynccontextmanager
async def serving(
    album: Path, certificate: Certificate, **options: Any
) -> AsyncIterator[RunningDropbox]:
    async with running_dropbox(album, certificate=certificate, **options) as dropbox:
        yield dropbox


def run_sdk(dropbox: RunningDropbox, certificate: Certificate, program: str) -> Any:
    """Run lines that have `client` and `link` and leave what they find in `found`."""
    host = dropbox.origin.removeprefix("https://")
    names = ("DROPBOX_API_HOST", "DROPBOX_API_CONTENT_HOST", "DROPBOX_API_NOTIFY_HOST")
    environment = {
        **os.environ,
        **dict.fromkeys(names, host),
        "REQUESTS_CA_BUNDLE": str(certificate.chain.parent / "authority.pem"),
        "NO_PROXY": "*",
        "PYTHONWARNINGS": "ignore",
    }
    whole = (
        f"import json, dropbox\nlink = {dropbox.folder_link!r}\n{program}\nprint(json.dumps(found))"
    )
    done = subprocess.run(
        [sys.executable, "-c", whole],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def test_the_sdk_lists_and_fetches_a_shared_folder_with_an_app_alone(
    album: Path, certificate: Certificate
) -> None:
    program = f"""
client = {AS_APP}
about = client.sharing_get_shared_link_metadata(link)
page = client.files_list_folder("", shared_link=dropbox.files.SharedLink(url=link), limit=1)
entries = list(page.entries)
while page.has_more:
    page = client.files_list_folder_continue(page.cursor)
    entries += page.entries
told, answer = client.sharing_get_shared_link_file(link, path="/trip/day 1/📷 b.png")
found = dict(
    kind=type(about).__name__, names=[e.name for e in entries],
    hashes=[e.content_hash for e in entries if isinstance(e, dropbox.files.FileMetadata)],
    name=told.name, size=len(answer.content),
)
"""
    async with serving(album, certificate) as dropbox:
        found = await _in_thread(dropbox, certificate, program)
    assert found["kind"] == "FolderLinkMetadata"
    assert found["names"] == ["a.jpg", "empty.jpg", "notes.txt", "trip"]
    names = ("a.jpg", "empty.jpg", "notes.txt")
    assert found["hashes"] == [hash_file(str(album / name)) for name in names]
    assert (found["name"], found["size"]) == ("📷 b.png", 3_000_000)


async def test_the_sdk_reads_an_account_and_refreshes_its_token(
    album: Path, certificate: Certificate
) -> None:
    program = f"""
client = {AS_ACCOUNT}
account = client.users_get_current_account()
every = client.files_list_folder("", recursive=True).entries
told, answer = client.files_download("/a.jpg")
by_id = client.files_get_metadata(told.id)
found = [account.email, len(every), len(answer.content), by_id.path_display]
"""
    async with serving(album, certificate, faults=["expired-access"]) as dropbox:
        found = await _in_thread(dropbox, certificate, program)
        assert dropbox.app.tokens.refreshed > 1
    assert found == ["robin@harbour.example", 7, 45_000, "/a.jpg"]


async def test_the_sdk_understands_each_refusal(album: Path, certificate: Certificate) -> None:
    declare(
        album,
        files={"a.jpg": {"fault": "too_many:1"}, "notes.txt": {"fault": "too_many_text:1"}},
        folders={"trip": {"fault": "vanished"}},
    )
    program = f"""
import dropbox.exceptions as x
client = {AS_APP}
account = {AS_ACCOUNT}
found = []
def told(call, *given, **more):
    try:
        call(*given, **more)
    except x.ApiError as error:
        found.append(str(error.error._tag))
    except x.BadInputError as error:
        found.append("bad input")
    except x.AuthError as error:
        found.append("auth")
told(client.sharing_get_shared_link_metadata, "https://www.dropbox.com/scl/fo/x/y?rlkey=z")
told(client.files_list_folder, "/nowhere", shared_link=dropbox.files.SharedLink(url=link))
told(client.files_list_folder, "", recursive=True, shared_link=dropbox.files.SharedLink(url=link))
told(client.sharing_get_shared_link_file, link, path="/trip")
told(dropbox.Dropbox("made-up").users_get_current_account)
found.append(len(account.files_download("/a.jpg")[1].content))
found.append(len(account.files_download("/notes.txt")[1].content))
"""
    async with serving(album, certificate) as dropbox:
        found = await _in_thread(dropbox, certificate, program)
    assert found == [
        "shared_link_not_found", "path", "bad input", "shared_link_is_directory", "auth",
        45_000, len("no picture"),
    ]  # fmt: skip


async def _in_thread(dropbox: RunningDropbox, certificate: Certificate, program: str) -> Any:
    """The emulator's thread is of this process: it must go on while the SDK's is waited for."""
    return await asyncio.to_thread(run_sdk, dropbox, certificate, program)
