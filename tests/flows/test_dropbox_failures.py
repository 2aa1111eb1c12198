"""Whatever goes wrong at Dropbox: what is stored, what the item says, what the job says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from emulators.dropbox_caller import declare
from flows.conftest import DropboxPort
from harbour import Harbour
from pictures import picture, write_pictures

from pixharbor_emulators.dropbox import RunningDropbox

# What is stored on which database is told by test_import_dropbox.py.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

IMPORT = "/import/dropbox"
OWN = "https://www.dropbox.com/home"


def put_right(root: Path, dropbox: RunningDropbox) -> None:
    (root / ".dropbox.json").unlink()
    dropbox.rescan()


async def assert_stored(harbour: Harbour, tree: Path) -> None:
    """What is stored is exactly what lies in the folder."""
    images = await harbour.images()
    stored = sorted([await harbour.original(image) for image in images])
    assert stored == bodies_in(tree)


def bodies_in(tree: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in tree.rglob("*.jpg"))


@pytest.mark.parametrize(
    ("fault", "state", "reason", "attempts"),
    [
        ("html200", "failed", "html_instead_of_file", 2),
        ("speedbump", "failed", "html_instead_of_file", 2),
        ("password_page", "failed", "html_instead_of_file", 2),
        ("truncated", "failed", "truncated", 2),
        ("vanished", "gone", "vanished", 1),
        ("forbidden", "failed", "forbidden", 1),
        ("restricted", "failed", "forbidden", 1),
        ("locked", "failed", "forbidden", 1),
        ("unsupported", "failed", "not_binary", 1),
    ],
)
async def test_a_file_that_goes_wrong_ends_alone_and_is_never_stored(
    dropbox_port: DropboxPort, tree: Path, fault: str, state: str, reason: str, attempts: int
) -> None:
    write_pictures(tree, 2)
    (tree / "bad.jpg").write_bytes(picture(7, size=(400, 300)))
    declare(tree, files={"bad.jpg": {"fault": fault}})
    async with dropbox_port() as (harbour, dropbox):
        job = await harbour.run(dropbox.folder_link)
        assert job["state"] == ("completed" if state == "gone" else "partial")
        assert (job["balance"]["stored"], job["balance"][state]) == (2, 1)
        (item,) = await harbour.items(job["id"], state=state)
        assert (item["name"], item["reason"], item["attempts"]) == ("bad.jpg", reason, attempts)
        assert item["message"]
        put_right(tree, dropbox)
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        job = await harbour.finish(job["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 3)
        await assert_stored(harbour, tree)


@pytest.mark.parametrize(
    ("fault", "attempts"),
    [
        ("flipped:1", 2),
        ("closed:1", 2),
        ("reset:1", 2),
        ("reset_chunked:1", 2),
        ("server_error:1", 2),
        ("unavailable:1", 2),
        ("bad_gateway:1", 2),
        # To be told to wait is no try.
        ("too_many:1", 1),
        ("too_many_text:1", 1),
        ("too_many_writes:1", 1),
    ],
)
async def test_what_passes_is_waited_for_and_the_right_bytes_are_stored(
    dropbox_port: DropboxPort, tree: Path, fault: str, attempts: int
) -> None:
    write_pictures(tree, 1)
    declare(tree, files={"picture-00000.jpg": {"fault": fault}})
    async with dropbox_port() as (harbour, dropbox):
        job = await harbour.run(dropbox.folder_link)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
        (item,) = await harbour.items(job["id"])
        assert item["attempts"] == attempts
        await assert_stored(harbour, tree)


@pytest.mark.parametrize("fault", ["banned", "banned_509"])
async def test_a_link_with_too_much_traffic_pauses_the_job_for_a_day_and_loses_nothing(
    dropbox_port: DropboxPort, tree: Path, fault: str
) -> None:
    write_pictures(tree, 4)
    declare(tree, files={"picture-00002.jpg": {"fault": fault}})
    async with dropbox_port() as (harbour, dropbox):
        job_id = await harbour.start(dropbox.folder_link)
        job = await harbour.until(job_id, lambda job: job["state"] == "paused")
        assert job["pause"]["reason"] == "quota"
        until = datetime.fromisoformat(job["pause"]["until"])
        assert timedelta(hours=23) < until - datetime.now(UTC) < timedelta(hours=25)
        put_right(tree, dropbox)
        await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
        job = await harbour.finish(job_id)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 4)
        await assert_stored(harbour, tree)


async def test_access_tokens_that_expire_in_the_middle_are_renewed(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    write_pictures(tree, 5)
    async with dropbox_port(faults=("expired-access",), dropbox_refresh_token="t") as (
        harbour,
        dropbox,
    ):
        job = await harbour.run(OWN)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 5)
        assert dropbox.app.tokens.refreshed > 1
        assert {item["attempts"] for item in await harbour.items(job["id"])} == {1}


async def test_a_revoked_refresh_token_pauses_the_job_and_a_new_one_lets_it_go_on(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    write_pictures(tree, 3)
    known = {"token"}
    async with dropbox_port(refresh_tokens=known, dropbox_refresh_token="token") as (
        harbour,
        dropbox,
    ):
        known.clear()
        job_id = await harbour.start(OWN)
        job = await harbour.until(job_id, lambda job: job["state"] == "paused")
        assert job["pause"]["reason"] == "needs_reauth"
        known.add("token")
        await harbour.api.post(f"/api/v1/jobs/{job_id}/resume")
        job = await harbour.finish(job_id)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 3)
        assert dropbox.app.tokens.refreshed == 1


@pytest.mark.parametrize(("pages", "lists"), [("one-entry-pages", 12), ("empty-pages", 4)])
async def test_cursors_that_are_reset_and_tiny_and_empty_pages_count_nothing_twice(
    dropbox_port: DropboxPort, tree: Path, pages: str, lists: int
) -> None:
    write_pictures(tree, 6)
    async with dropbox_port(faults=("expiring-tokens", pages)) as (harbour, dropbox):
        job = await harbour.run(dropbox.folder_link)
        assert (job["state"], job["balance"]["listed"]) == ("completed", 6)
        assert dropbox.counts.lists >= lists
        assert dropbox.counts.downloads == 6
        await assert_stored(harbour, tree)


async def test_paper_empty_files_and_films_are_skipped_with_their_reason(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    write_pictures(tree, 1)
    (tree / "empty.png").touch()
    (tree / "film.MOV").write_bytes(bytes(64))
    (tree / "notes.txt").write_text("text")
    (tree / "no ending").write_text("text")
    declare(tree, papers=["plan.paper"])
    async with dropbox_port() as (harbour, dropbox):
        job = await harbour.run(dropbox.folder_link)
        skipped = await harbour.items(job["id"], state="skipped")
        assert {item["name"]: item["reason"] for item in skipped} == {
            "empty.png": "empty", "plan.paper": "not_binary", "film.MOV": "not_an_image",
            "notes.txt": "not_an_image", "no ending": "not_an_image",
        }  # fmt: skip
        assert dropbox.counts.downloads == 2  # the picture, and what only its bytes can tell


async def test_a_wrong_hash_of_dropbox_s_is_flagged_when_the_same_bytes_come_twice(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    write_pictures(tree, 1)
    declare(tree, files={"picture-00000.jpg": {"content_hash": "0" * 64}})
    async with dropbox_port() as (harbour, dropbox):
        job = await harbour.run(dropbox.folder_link)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 1)
        assert dropbox.counts.downloads == 2
        await assert_stored(harbour, tree)
        (image,) = await harbour.images()
        info = (await harbour.api.get(f"/api/v1/images/{image['image_id']}/info")).json()
        assert info["source_checksum_mismatch"] is True


async def test_a_link_to_one_file_has_no_hash_and_its_size_is_checked(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    (tree / "a.jpg").write_bytes(picture(3, size=(400, 300)))
    declare(tree, files={"a.jpg": {"fault": "truncated"}})
    async with dropbox_port() as (harbour, dropbox):
        job = await harbour.run(dropbox.link("a.jpg"))
        (item,) = await harbour.items(job["id"])
        assert (item["state"], item["reason"]) == ("failed", "truncated")
        assert await harbour.images() == []


async def test_a_sub_folder_that_is_refused_makes_the_job_partial(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    write_pictures(tree, 2)
    write_pictures(tree / "closed", 2, first=10)
    declare(tree, folders={"closed": {"fault": "forbidden"}})
    async with dropbox_port() as (harbour, dropbox):
        job = await harbour.run(dropbox.folder_link)
        assert (job["state"], job["balance"]["stored"]) == ("partial", 2)
        assert [folder["path"] for folder in job["failed_folders"]] == ["closed"]
        put_right(tree, dropbox)
        await harbour.api.post(f"/api/v1/jobs/{job['id']}/retry")
        job = await harbour.finish(job["id"])
        assert (job["state"], job["balance"]["stored"]) == ("completed", 4)


@pytest.mark.parametrize(
    ("sidecar", "status", "code"),
    [
        ({"link": {"allow_download": False}}, 403, "folder_refused"),
        ({"folders": {"": {"fault": "vanished"}}}, 404, "folder_missing"),
        ({"folders": {"": {"fault": "forbidden"}}}, 403, "link_password"),
        ({"folders": {"": {"fault": "unsupported_link"}}}, 403, "folder_refused"),
        ({"folders": {"": {"fault": "missing_scope"}}}, 503, "dropbox_scope_missing"),
    ],
)
async def test_a_link_that_does_not_open_is_refused_at_once_s0_55(
    dropbox_port: DropboxPort, tree: Path, sidecar: dict[str, object], status: int, code: str
) -> None:
    declare(tree, **sidecar)
    async with dropbox_port() as (harbour, dropbox):
        answer = await harbour.api.post(IMPORT, json={"folder_url": dropbox.folder_link})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["cure"]
        assert "rlkey" not in answer.text
        assert (await harbour.api.get("/api/v1/jobs")).json()["jobs"] == []


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("hello", "not a link"),
        ("https://www.dropbox.com/t/abc", "Transfer"),
        ("https://drive.google.com/drive/folders/1abcdefghijklmnop", "Google"),
    ],
)
async def test_what_is_no_dropbox_link_is_told_with_an_example_s0_55(
    dropbox_port: DropboxPort, link: str, told: str
) -> None:
    async with dropbox_port() as (harbour, _):
        answer = await harbour.api.post(IMPORT, json={"folder_url": link})
        assert (answer.status_code, answer.json()["code"]) == (422, "link_not_understood")
        assert told in answer.json()["detail"]
        assert "https://www.dropbox.com/scl/fo/" in answer.json()["detail"]


async def test_a_wrong_secret_is_named_and_never_shown(dropbox_port: DropboxPort) -> None:
    async with dropbox_port(apps={"key:right"}, dropbox_app_secret="canary") as (harbour, dropbox):
        answer = await harbour.api.post(IMPORT, json={"folder_url": dropbox.folder_link})
        assert (answer.status_code, answer.json()["code"]) == (503, "dropbox_app_key_invalid")
        assert "canary" not in answer.text


async def test_an_own_folder_without_an_account_says_how_to_connect_one(
    dropbox_port: DropboxPort,
) -> None:
    async with dropbox_port() as (harbour, _):
        answer = await harbour.api.post(IMPORT, json={"folder_url": f"{OWN}/Photos"})
        assert (answer.status_code, answer.json()["code"]) == (503, "dropbox_account_missing")


async def test_a_storm_delays_and_loses_nothing(dropbox_port: DropboxPort, tree: Path) -> None:
    write_pictures(tree, 30)
    write_pictures(tree / "below", 10, first=30)
    async with dropbox_port(faults=("storm:0.1", "html200:0.1", "flipped:0.1")) as (
        harbour,
        dropbox,
    ):
        job = await harbour.run(dropbox.folder_link)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 40)
        await assert_stored(harbour, tree)


async def test_everybody_slows_down_at_dropbox_s_limit_and_waits_as_long_as_it_says(
    dropbox_port: DropboxPort, tree: Path
) -> None:
    write_pictures(tree, 50)
    async with dropbox_port(faults=("rate:rate=4,retry_after=2",)) as (harbour, dropbox):
        job = await harbour.run(dropbox.folder_link)
        assert (job["state"], job["balance"]["stored"]) == ("completed", 50)
        assert {item["attempts"] for item in await harbour.items(job["id"])} == {1}
        refused = [entry.at for entry in dropbox.log.entries() if entry.status == 429]
        # What was under way is refused together; then nobody asks for two seconds.
        later = [entry.at for entry in dropbox.log.entries() if entry.at > refused[0] + 0.5]
        assert refused
        assert len(refused) < 50
        assert min(later) > refused[0] + 1.8
