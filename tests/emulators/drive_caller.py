"""A client that asks a running emulator as an importer would, and judges every answer."""

import json
from pathlib import Path
from typing import Any

import httpx
from emulators.discovery_schema import answer_problems

from pixharbor_emulators.google_drive import RunningGoogleDrive


class Caller:
    """Asks a running emulator the way an importer would."""

    def __init__(self, drive: RunningGoogleDrive, client: httpx.AsyncClient) -> None:
        self.drive = drive
        self.client = client

    async def search(self, q: str | None = None, **parameters: str) -> httpx.Response:
        parameters = {"key": "k", **parameters} | ({} if q is None else {"q": q})
        return await self.client.get(f"{self.drive.api_url}/files", params=parameters)

    async def children(self, path: str = "", **parameters: str) -> list[dict[str, Any]]:
        """List one folder to its end and return the resources."""
        q = f"'{self.drive.file_id(path)}' in parents and trashed=false"
        found: list[dict[str, Any]] = []
        while True:
            answer = (await self.search(q, **parameters)).raise_for_status().json()
            found += answer["files"]
            if "nextPageToken" not in answer:
                return found
            parameters["pageToken"] = answer["nextPageToken"]

    async def names(self, q: str | None = None, **parameters: str) -> list[str]:
        answer = await self.search(q, **parameters)
        return [each["name"] for each in answer.raise_for_status().json()["files"]]

    async def get(self, path: str, **parameters: str) -> httpx.Response:
        return await self.get_id(self.drive.file_id(path), **parameters)

    async def get_id(self, file_id: str, **parameters: str) -> httpx.Response:
        url = f"{self.drive.api_url}/files/{file_id}"
        return await self.client.get(url, params={"key": "k", **parameters})

    async def download(self, path: str, **headers: str) -> httpx.Response:
        url = f"{self.drive.api_url}/files/{self.drive.file_id(path)}"
        return await self.client.get(url, params={"key": "k", "alt": "media"}, headers=headers)


def declare(root: Path, **sidecar: object) -> None:
    """Write the sidecar of a served folder."""
    (root / ".drive.json").write_text(json.dumps(sidecar))


def redeclare(root: Path, drive: RunningGoogleDrive, **sidecar: object) -> None:
    """Write it anew, and have the drive look again."""
    declare(root, **sidecar)
    drive.rescan()


async def judge(response: httpx.Response) -> None:
    """Fail on any JSON of Drive's own that Google's schemas or the error envelope do not allow."""
    if "alt=media" in str(response.url) and response.status_code < 400:
        return
    if "/drive/v3/" not in str(response.url) or "json" not in response.headers["content-type"]:
        return
    answer = json.loads(await response.aread())
    if response.status_code == 200:
        is_list = response.url.path.endswith("/files")
        assert answer_problems("FileList" if is_list else "File", answer) == []
    else:
        assert answer["error"]["code"] == response.status_code
        assert answer["error"]["errors"][0].keys() >= {"domain", "reason", "message"}
