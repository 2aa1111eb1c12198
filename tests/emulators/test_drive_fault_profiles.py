"""The faults that have names: each does what its name says, and all go together."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from emulators.conftest import OpenCaller
from emulators.drive_caller import Caller
from typer.testing import CliRunner

from pixharbor.cli.main import app as command_line
from pixharbor_emulators.drive_fault_profiles import ABOUT, parse_faults
from pixharbor_emulators.drive_spellings import SPELLINGS
from pixharbor_emulators.faults import Fault, Profile
from pixharbor_emulators.listing_lies import ListingLie

PAGE = Path(__file__).parents[2] / "docs" / "emulators.md"
FIELDS = "id,name,size,md5Checksum,sha256Checksum"


async def listed(drive: Caller, path: str = "") -> list[dict[str, str]]:
    return await drive.children(path, fields=f"nextPageToken,files({FIELDS})")


def media(drive: Caller) -> str:
    """The address of a file's bytes."""
    return f"{drive.drive.api_url}/files/{drive.drive.file_id('a.jpg')}?key=k&alt=media"


async def reason(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["errors"][0]["reason"])


async def test_a_connection_may_close_before_the_announced_length(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["closed"]) as drive:
        with pytest.raises(httpx.RemoteProtocolError, match="22500 bytes, expected 45000"):
            await drive.download("a.jpg")
        assert (await drive.download("a.jpg")).content == (album / "a.jpg").read_bytes()


async def test_a_reset_comes_with_a_length_and_without_one(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["resets:times=20"]) as drive:
        announced = set()
        for _ in range(20):
            async with drive.client.stream("GET", media(drive)) as answer:
                announced.add(answer.headers.get("content-length"))
                with pytest.raises(httpx.ReadError):
                    await answer.aread()
        assert announced == {"45000", None}


async def test_a_body_comes_in_drops_and_whole(album: Path, calling: OpenCaller) -> None:
    async with calling(album, faults=["dripping:seconds=0.08"]) as drive:
        started = asyncio.get_running_loop().time()
        assert (await drive.download("a.jpg")).content == (album / "a.jpg").read_bytes()
        assert asyncio.get_running_loop().time() - started >= 0.08
        assert (await drive.download("empty.jpg")).content == b""


async def test_a_body_stops_near_its_end(album: Path, calling: OpenCaller) -> None:
    async with (
        calling(album, faults=["stalled:1"]) as drive,
        drive.client.stream("GET", media(drive), timeout=0.2) as answer,
    ):
        with pytest.raises(httpx.ReadTimeout):
            await answer.aread()
        assert 40_000 < answer.num_bytes_downloaded < 45_000


async def test_everything_may_come_packed(album: Path, calling: OpenCaller) -> None:
    async with calling(album, faults=["packed"]) as drive:
        answer = await drive.download("a.jpg", **{"Accept-Encoding": "identity"})
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.content == (album / "a.jpg").read_bytes()
        assert (await drive.search()).headers["content-encoding"] == "gzip"
        assert (await drive.get("a.jpg")).headers["content-encoding"] == "gzip"


async def test_a_redirect_leads_on_once_and_a_foreign_one_is_logged(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["redirects"]) as drive:
        place = (await drive.download("a.jpg")).headers["location"]
        assert (await drive.client.get(place)).content == (album / "a.jpg").read_bytes()
    async with calling(album, faults=["foreign-redirects:1"]) as drive:
        places = set()
        for path in ("a.jpg", "trip/a.jpg", "empty.jpg", "notes.txt", "trip/day 1/📷 b.png"):
            answer = await drive.download(path)
            assert answer.status_code == 307
            places.add(answer.headers["location"])
        strangers = {place for place in places if "//localhost:" in place}
        assert places - strangers == {"http://169.254.169.254/latest/meta-data/"}
        assert drive.drive.counts.others == 0
        await drive.client.get(strangers.pop().replace("localhost", "127.0.0.1"))
        assert drive.drive.counts.others == 1


@pytest.mark.parametrize(
    ("fault", "status"),
    [("gone:1", 410), ("bad-ranges:1", 416), ("forbidden:1", 403), ("abusive:1", 403)],
)
async def test_a_file_may_be_refused_for_good_reasons(
    album: Path, calling: OpenCaller, fault: str, status: int
) -> None:
    async with calling(album, faults=[fault]) as drive:
        assert (await drive.download("a.jpg")).status_code == status


async def test_the_days_quota_is_spent_until_the_next_day(album: Path, calling: OpenCaller) -> None:
    async with calling(album, faults=["daily-quota:after=2,seconds=0.2"]) as drive:
        seen = [(await drive.download("a.jpg")).status_code for _ in range(3)]
        assert seen == [200, 200, 403]
        assert await reason(await drive.search()) == "dailyLimitExceeded"
        spent = drive.drive.app.faults[0]
        spent.spent_until = 0.0  # type: ignore[attr-defined]  # the night passes
        assert (await drive.search()).status_code == 200
        assert (await drive.download("a.jpg")).status_code == 200


async def test_a_reason_has_every_spelling(album: Path, calling: OpenCaller) -> None:
    async with calling(album, faults=["spellings:1"]) as drive:
        seen = set()
        for _ in range(60):
            async with httpx.AsyncClient(trust_env=False) as client:
                error = (await client.get(media(drive))).json()["error"]
            entries = error.get("errors") or error["details"]
            seen.add(("details " if "details" in error else "") + entries[0]["reason"])
        assert seen >= {
            "user_rate_limit_exceeded",
            "USER_RATE_LIMIT_EXCEEDED",
            "UserRateLimitExceeded",
            "details USER_RATE_LIMIT_EXCEEDED",
        }
        assert len(SPELLINGS) == 4


async def test_short_and_repeating_pages_still_bring_everything(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["short-pages"]) as drive:
        first = (await drive.search(pageSize="4")).json()
        assert len(first["files"]) == 1
        assert len(await drive.children(pageSize="4")) == 4
    async with calling(album, faults=["repeating-pages"]) as drive:
        names = [file["name"] for file in await drive.children(pageSize="3")]
        assert names == [
            "a.jpg",
            "empty.jpg",
            "notes.txt",
            "a.jpg",
            "empty.jpg",
            "notes.txt",
            "trip",
        ]


async def test_an_entry_moves_between_two_pages_and_the_next_one_is_skipped(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["moving"]) as drive:
        names = [file["name"] for file in await drive.children(pageSize="2")]
        assert names == ["a.jpg", "empty.jpg", "trip"]
        assert [file["name"] for file in await drive.children("trip")] == [
            "a.jpg",
            "day 1",
            "a.jpg",
        ]


async def test_a_listing_may_lie_about_hashes_and_sizes(album: Path, calling: OpenCaller) -> None:
    async with calling(album) as drive:
        truth = {file["name"]: file for file in await listed(drive)}["a.jpg"]

    async def told(fault: str) -> dict[str, str]:
        async with calling(album, faults=[fault]) as drive:
            assert (await drive.download("a.jpg")).content == (album / "a.jpg").read_bytes()
            return {file["name"]: file for file in await listed(drive)}["a.jpg"]

    wrong = await told("wrong-hashes:1")
    assert wrong["md5Checksum"] != truth["md5Checksum"]
    assert "sha256Checksum" not in wrong
    assert not {"md5Checksum", "sha256Checksum"} & (await told("missing-hashes:1")).keys()
    assert (await told("wrong-sizes:1"))["size"] != "45000"
    assert "size" not in await told("missing-sizes:1")
    assert await told("wrong-sizes:0") == truth


def test_all_is_every_profile_once_with_one_seed() -> None:
    faults = list(parse_faults(["all:7"]))
    assert sorted(fault.name for fault in faults) == sorted(set(ABOUT) - {"none", "quota", "all"})
    assert {each.seed for each in faults if isinstance(each, Profile | ListingLie)} == {7}
    with pytest.raises(ValueError, match="'x' is no seed"):
        list(parse_faults(["all:x"]))


def test_faults_are_drawn_apart_and_again_the_same() -> None:
    def hit(fault: Fault) -> set[int]:
        assert isinstance(fault, ListingLie)
        return {n for n in range(500) if fault.tells_of(str(n))}

    one, other, again = (next(parse_faults([f"wrong-sizes:0.2,seed={n}"])) for n in (1, 2, 1))
    assert 60 < len(hit(one)) < 140
    assert hit(one) == hit(again) != hit(other)


def test_the_help_and_the_page_tell_of_every_fault() -> None:
    told = CliRunner().invoke(command_line, ["emulate", "google-drive", "--help"]).output
    part = PAGE.read_text().partition("## Google Drive")[2].partition("\n## ")[0]
    page = dict(re.findall(r"^\| `([\w-]+)` \| ([^|]+?) \|", part, re.MULTILINE))
    assert page == ABOUT
    for name in ABOUT:
        assert re.search(rf"^\W*{name}: ", told, re.MULTILINE), name
