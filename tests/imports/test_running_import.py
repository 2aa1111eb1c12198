"""Which request an import that runs is the answer to: an equal one, and no other."""

from pathlib import Path
from typing import Any

import pytest
from connecting import connected, google_settings
from harbour import running_harbour
from pictures import write_pictures

from pixharbor_emulators.google_drive import running_google_drive


@pytest.mark.parametrize(
    ("asked", "differs"),
    [
        ({"recursive": False}, "the opposite of “recursive”"),
        ({"filters": {"types": ["png"]}}, "other filters"),
        ({"filters": {"types": ["png"]}, "recursive": False}, "recursive"),
        ({"connection_id": "anna"}, "another connection"),
    ],
)
async def test_only_an_equal_request_is_answered_with_the_import_that_runs(
    tmp_path: Path, database_url: str, asked: dict[str, Any], differs: str
) -> None:
    write_pictures(tmp_path / "drive", 1)
    async with running_google_drive(tmp_path / "drive") as drive:
        settings = {**google_settings(drive), "google_api_key": "key"}
        async with running_harbour(
            tmp_path / "data", working=False, database_url=database_url, **settings
        ) as harbour:
            if "connection_id" in asked:
                asked = {"connection_id": await connected(harbour)}

            async def post(**options: Any) -> Any:
                wanted = {"location": drive.folder_link, **options}
                return await harbour.api.post("/api/v1/imports", json=wanted)

            running = (await post()).json()["id"]
            assert (await post(recursive=True, priority=3)).json()["id"] == running
            assert await harbour.start(drive.folder_link) == running
            other = await post(**asked)
            assert (other.status_code, other.json()["code"]) == (409, "import_running")
            assert running in other.json()["detail"]
            assert differs in other.json()["detail"]
            assert "Wait for its end, or cancel it" in other.json()["cure"]
            await harbour.api.post(f"/api/v1/jobs/{running}/cancel")
            begun = await post(**asked)
            assert begun.status_code == 202
            assert (await post(**asked)).json()["id"] == begun.json()["id"] != running
