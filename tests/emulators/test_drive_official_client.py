"""Google's own client, unchanged, against the emulator."""

import asyncio
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from emulators.discovery_schema import answer_problems, request_problems
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload

from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive

FIELDS = "nextPageToken,files(id,name,mimeType,size,md5Checksum,parents)"


def drive_service(drive: RunningGoogleDrive) -> Any:
    return build(
        "drive",
        "v3",
        developerKey="k",
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": f"{drive.api_url}/"},
    )


def walk(service: Any, folder_id: str, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    q = f"'{folder_id}' in parents and trashed = false"
    request = service.files().list(q=q, pageSize=2, fields=FIELDS)
    while request is not None:
        answer = request.execute()
        assert answer_problems("FileList", answer) == []
        for file in answer["files"]:
            if file["mimeType"].endswith(".folder"):
                yield from walk(service, file["id"], f"{path}{file['name']}/")
            else:
                yield path + file["name"], file
        request = service.files().list_next(request, answer)


def download(service: Any, file_id: str) -> bytes:
    content = io.BytesIO()
    transfer = MediaIoBaseDownload(content, service.files().get_media(fileId=file_id), 1 << 20)
    done = False
    while not done:
        _, done = transfer.next_chunk()
    return content.getvalue()


def read_all(album: Path) -> dict[str, bytes]:
    files = (path for path in album.rglob("*") if path.is_file())
    return {path.relative_to(album).as_posix(): path.read_bytes() for path in files}


async def test_googles_client_lists_recursively_and_downloads_byte_for_byte_t4_t5(
    album: Path,
) -> None:
    def fetch_all(drive: RunningGoogleDrive) -> dict[str, bytes]:
        with drive_service(drive) as service:
            files = dict(walk(service, drive.file_id("")))
            return {path: download(service, file["id"]) for path, file in files.items()}

    async with running_google_drive(album) as drive:
        fetched = await asyncio.to_thread(fetch_all, drive)
        asked = [f"{entry.path}?{entry.query.decode()}" for entry in drive.log.entries()]

    assert fetched == read_all(album)
    assert [request_problems(url) for url in asked] == [[] for _ in asked]
    assert drive.counts.lists == 4  # two pages of the root, one of each folder below


async def test_googles_client_reads_the_reason_of_a_refusal(album: Path) -> None:
    def look_up_what_is_not_there(drive: RunningGoogleDrive) -> HttpError:
        with drive_service(drive) as service, pytest.raises(HttpError) as refusal:
            service.files().get(fileId="1nosuchfile").execute()
        return refusal.value

    async with running_google_drive(album) as drive:
        error = await asyncio.to_thread(look_up_what_is_not_there, drive)

    assert error.status_code == 404
    assert error.reason == "File not found: 1nosuchfile."
    assert json.loads(error.content)["error"]["errors"] == [
        {
            "message": "File not found: 1nosuchfile.",
            "domain": "global",
            "reason": "notFound",
            "location": "fileId",
            "locationType": "parameter",
        }
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"size": 45_000}, "size: 45000 is not of type 'string'"),
        ({"sise": "1"}, "unexpected"),
        ({"modifiedTime": "2026-01-01 10:00"}, "does not match"),
        ({"shortcutDetails": {"target": "x"}}, "unexpected"),
    ],
)
def test_the_schema_catches_an_answer_that_google_would_not_give(
    change: dict[str, object], complaint: str
) -> None:
    [problem] = answer_problems("File", {"id": "1", "size": "45000", **change})
    assert complaint in problem


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("pagesize=10", "unknown parameter pagesize"),
        ("pageSize=5000", "pageSize=5000 is not within 1 and 1000"),
        ("supportsAllDrives=True", "supportsAllDrives=True is no boolean"),
        ("fields=files(id,title)", "unknown field title"),
        ("fields=files(shortcutDetails(target),id),items", "unknown field target"),
    ],
)
def test_the_schema_catches_a_request_that_google_would_not_take(query: str, problem: str) -> None:
    assert problem in request_problems(f"http://127.0.0.1/drive/v3/files?{query}")


def test_the_schema_takes_a_good_request() -> None:
    query = "pageSize=1000&fields=nextPageToken,files(id,shortcutDetails/targetId,md5Checksum)"
    assert request_problems(f"http://127.0.0.1/drive/v3/files?{query}&supportsAllDrives=true") == []
