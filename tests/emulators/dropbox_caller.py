"""A client that asks a running Dropbox as an importer would, and has every answer judged."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx
from emulators.dropbox_schema import answer_problems, error_problems

from pixharbor_emulators.dropbox import RunningDropbox

APP = {"Authorization": "Basic " + base64.b64encode(b"key:secret").decode()}


class DropboxCaller:
    """Calls routes of a running emulator; every answer must be one of Dropbox's own."""

    def __init__(self, dropbox: RunningDropbox, client: httpx.AsyncClient) -> None:
        self.dropbox = dropbox
        self.client = client
        self.headers = APP

    async def sign_in(self) -> None:
        """Call in the name of the account from now on."""
        form = {"grant_type": "refresh_token", "refresh_token": "r", "client_id": "key"}
        answer = await self.client.post(self.dropbox.token_url, data=form)
        self.headers = {
            "Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"
        }

    async def call(self, route: str, **arguments: Any) -> httpx.Response:
        return await self.client.post(
            f"{self.dropbox.api_url}/{route}", json=arguments or None, headers=self.headers
        )

    async def folder(self, path: str = "", **more: Any) -> httpx.Response:
        """The first page of a folder, by the link to the served one."""
        link = {"url": self.dropbox.folder_link}
        return await self.call("files/list_folder", path=path, shared_link=link, **more)

    async def names(self, path: str = "", **more: Any) -> list[str]:
        """A folder to its end."""
        page = (await self.folder(path, **more)).raise_for_status().json()
        entries = page["entries"]
        while page["has_more"]:
            answer = await self.call("files/list_folder/continue", cursor=page["cursor"])
            page = answer.raise_for_status().json()
            entries += page["entries"]
        return [entry["name"] for entry in entries]

    async def download(self, path: str, **headers: str) -> httpx.Response:
        """A file of the served folder."""
        arguments = {"url": self.dropbox.folder_link, "path": path}
        return await self.fetch("sharing/get_shared_link_file", arguments, **headers)

    async def fetch(self, route: str, arguments: dict[str, Any], **headers: str) -> httpx.Response:
        sent = {**self.headers, "Dropbox-API-Arg": json.dumps(arguments), **headers}
        return await self.client.post(f"{self.dropbox.api_url}/{route}", headers=sent)


def declare(root: Path, **sidecar: object) -> None:
    """Write the sidecar of a served folder."""
    (root / ".dropbox.json").write_text(json.dumps(sidecar))


async def judge(response: httpx.Response) -> None:
    """Fail on any answer whose shape or content type Dropbox's own client would not take."""
    path, status = response.url.path, response.status_code
    content_type = response.headers.get("content-type", "")
    assert response.headers["x-dropbox-request-id"]
    if status == 429 and "html" not in content_type:
        assert int(response.headers["retry-after"]) >= 0
    if content_type.startswith(("text/", "application/octet-stream")):
        result = response.headers.get("dropbox-api-result")
        assert not result or answer_problems(path, json.loads(result)) == []
    elif status != 304 and path != "/oauth2/token":
        assert content_type == "application/json"
        answer = json.loads(await response.aread())
        found = answer_problems(path, answer) if status == 200 else None
        assert (error_problems(path, status, answer) if found is None else found) == []
