"""The database dies under an import: it goes on when the server is back, and nothing is lost."""

import asyncio
import hashlib
from pathlib import Path

from harbour import running_harbour, until
from pictures import write_pictures
from servers.postgres import OwnPostgres
from structlog.testing import capture_logs

from pixharbor_emulators.google_drive import running_google_drive

FILES = 400


async def test_an_import_outlives_a_kill_9_of_postgresql_r3(
    tmp_path: Path, tree: Path, own_postgres: OwnPostgres
) -> None:
    bodies = write_pictures(tree, FILES)
    url = own_postgres.create_database()
    async with (
        running_google_drive(tree, faults=("slow:seconds=.05",)) as drive,
        running_harbour(
            tmp_path / "data", database_url=url,
            google_drive_api_url=drive.api_url, google_api_key="key",
        ) as harbour,
    ):  # fmt: skip
        job_id = await harbour.start(drive.folder_link)
        await drive.log.until(lambda counts: counts.downloads >= FILES // 4)
        with capture_logs() as log:

            async def a_chunk_has_fallen() -> bool | None:
                return any(entry["event"] == "task.broken" for entry in log) or None

            own_postgres.kill()
            await until(a_chunk_has_fallen)
        await asyncio.to_thread(own_postgres.start)
        job = await harbour.finish(job_id, seconds=90)
        assert (job["state"], job["balance"]["stored"]) == ("completed", FILES)
        images = await harbour.images()
        hashes = [image["storage_path"].rpartition("/")[2].partition(".")[0] for image in images]
        assert sorted(hashes) == sorted(hashlib.sha256(body).hexdigest() for body in bodies)
