"""What the emulator does wrong on purpose, and that it does so the same way every time."""

import asyncio
import contextlib
import itertools
from collections import Counter
from pathlib import Path

import httpx
import pytest
from emulators.conftest import OpenCaller
from emulators.drive_caller import Caller, declare

from pixharbor_emulators.drive_errors import Reply
from pixharbor_emulators.drive_fault_profiles import PROFILES, parse_fault
from pixharbor_emulators.faults import ACTS, Call, Kind
from pixharbor_emulators.google_drive import create_app
from pixharbor_emulators.quota import Quota


def a_call(attempt: int = 1, file_id: str = "1abc", *, page_token: str | None = None) -> Call:
    kind: Kind = "list" if page_token else "download"
    return Call(kind, file_id, attempt, "somebody", 0.0, 200, page_token)


async def outcome(drive: Caller, path: str = "a.jpg") -> str:
    """Download a file and say in a word what came."""
    try:
        answer = await drive.download(path)
    except httpx.RemoteProtocolError as error:
        return f"broken: {error}"
    except httpx.ReadError:
        return "reset"
    if answer.status_code != 200:
        return str(answer.status_code)
    if answer.headers["content-type"].startswith("text/html"):
        return "html"
    whole = (drive.drive.app.tree.root / path).read_bytes()
    if answer.content == whole:
        return "whole"
    return "short" if whole.startswith(answer.content) else "wrong"


async def test_a_truncated_body_ends_cleanly_without_a_length_and_once_a_file(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["truncated"]) as drive:
        answer = await drive.download("a.jpg")
        assert answer.status_code == 200
        assert "content-length" not in answer.headers
        assert answer.content == (album / "a.jpg").read_bytes()[:22_500]
        assert await outcome(drive) == "whole"
        assert await outcome(drive, "trip/a.jpg") == "short"
        assert drive.drive.counts.by_fault == {"truncated": 2}


async def test_html_comes_with_status_200_in_place_of_the_file_t18(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["html200:times=2"]) as drive:
        assert [await outcome(drive) for _ in range(3)] == ["html", "html", "whole"]


async def test_a_reset_breaks_the_connection_in_the_middle_of_the_body(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["resets"]) as drive:
        assert await outcome(drive, "trip/day 1/📷 b.png") == "reset"
        assert await outcome(drive, "trip/day 1/📷 b.png") == "whole"
        [broken, _] = drive.drive.log.entries("download")
        assert broken.sent == 1_500_000


async def test_a_storm_spares_most_and_repeats_by_its_seed(
    album: Path, calling: OpenCaller
) -> None:
    async def weather(seed: int) -> list[str]:
        async with calling(album, faults=[f"storm:0.3,seed={seed}"]) as drive:
            return [await outcome(drive) for _ in range(60)]

    first = await weather(1)
    assert first == await weather(1)
    assert first != await weather(2)
    seen = Counter(first)
    assert 30 <= seen["whole"] <= 52
    assert seen.keys() >= {"whole", "403", "503"}


def test_a_storm_has_every_kind_of_weather() -> None:
    fault = parse_fault("storm:1")
    assert fault
    acts = [fault.act(a_call(n)) for n in range(1, 200)]
    statuses = {act.status if isinstance(act, Reply) else "reset" for act in acts}
    assert statuses == {403, 429, 500, 502, 503, "reset"}


def test_one_share_of_the_files_is_struck_whatever_the_order() -> None:
    fault = parse_fault("vanishing:0.25")
    assert fault
    struck = {n for n in range(1000) if fault.act(a_call(file_id=str(n)))}
    assert 200 < len(struck) < 300
    assert struck == {n for n in reversed(range(1000)) if fault.act(a_call(7, file_id=str(n)))}


async def test_a_storm_reaches_listings_too(album: Path, calling: OpenCaller) -> None:
    async with calling(album, faults=["storm:1"]) as drive:
        for _ in range(30):
            with contextlib.suppress(httpx.ReadError):
                assert (await drive.search()).status_code in (403, 429, 500, 502, 503)
        assert drive.drive.counts.by_fault == {"storm": 30}


async def test_a_page_token_expires_once_and_then_holds(album: Path, calling: OpenCaller) -> None:
    async with calling(album, faults=["expiring-tokens"]) as drive:
        token = (await drive.search(pageSize="2")).json()["nextPageToken"]
        refused = await drive.search(pageSize="2", pageToken=token)
        assert refused.json()["error"]["errors"][0]["location"] == "pageToken"
        assert (await drive.search(pageSize="2", pageToken=token)).status_code == 200


async def test_an_empty_page_with_a_token_comes_before_every_full_one(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["empty-pages"]) as drive:
        first = (await drive.search(pageSize="2")).json()
        assert first["files"] == []
        second = (await drive.search(pageSize="2", pageToken=first["nextPageToken"])).json()
        assert len(second["files"]) == 2
        assert len(await drive.children(pageSize="2")) == 4
        assert drive.drive.counts.lists == 2 + 4


async def test_a_query_for_several_parents_loses_some_of_them_when_told_to(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["partial-multi-parent"]) as drive:
        trip, day = drive.drive.file_id("trip"), drive.drive.file_id("trip/day 1")
        answer = await drive.search(f"'{trip}' in parents or '{day}' in parents")
        assert answer.json()["incompleteSearch"] is False
        assert {file["name"] for file in answer.json()["files"]} == {"a.jpg", "day 1"}
        assert len(await drive.children("trip/day 1")) == 1


async def test_a_slow_drive_answers_late_and_right(album: Path, calling: OpenCaller) -> None:
    async with calling(album, faults=["slow:seconds=0.05"]) as drive:
        started = asyncio.get_running_loop().time()
        assert await outcome(drive) == "whole"
        assert asyncio.get_running_loop().time() - started >= 0.05


async def test_faults_add_up(album: Path, calling: OpenCaller) -> None:
    async with calling(album, faults=["slow:seconds=0", "truncated", "none"]) as drive:
        assert [await outcome(drive) for _ in range(2)] == ["short", "whole"]


@pytest.mark.parametrize(
    ("fault", "first", "later"),
    [
        ("truncated", "short", "short"),
        ("truncated:1", "short", "whole"),
        ("flipped", "wrong", "wrong"),
        ("html200", "html", "html"),
        ("login_page", "html", "html"),
        ("reset:1", "reset", "whole"),
        ("vanished", "404", "404"),
        ("private", "404", "404"),
        ("forbidden", "403", "403"),
        ("abusive", "403", "403"),
        ("download_quota", "403", "403"),
        ("sorry:1", "403", "whole"),
        ("server_error:1", "500", "whole"),
        ("bad_gateway:1", "502", "whole"),
        ("redirected", "307", "307"),
    ],
)
async def test_a_sidecar_spoils_one_file_for_ever_or_for_a_while(
    album: Path, calling: OpenCaller, fault: str, first: str, later: str
) -> None:
    declare(album, files={"a.jpg": {"fault": fault}})
    async with calling(album) as drive:
        assert [await outcome(drive), await outcome(drive)] == [first, later]
        assert await outcome(drive, "trip/a.jpg") == "whole"
        assert len(await drive.children()) == 4  # it is listed all the same


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("forbidden", "insufficientFilePermissions"),
        ("abusive", "cannotDownloadAbusiveFile"),
        ("download_quota", "downloadQuotaExceeded"),
        ("daily_limit", "dailyLimitExceeded"),
        ("user_rate", "userRateLimitExceeded"),
        ("project_rate", "rateLimitExceeded"),
        ("too_many", "rateLimitExceeded"),
        ("server_error", "internalError"),
        ("unavailable", "backendError"),
    ],
)
async def test_a_refusal_gives_googles_reason(
    album: Path, calling: OpenCaller, fault: str, reason: str
) -> None:
    declare(album, files={"a.jpg": {"fault": fault}})
    async with calling(album) as drive:
        error = (await drive.download("a.jpg")).json()["error"]
        assert error["errors"][0]["reason"] == reason


async def test_a_redirect_leads_to_the_bytes_without_the_key(
    album: Path, calling: OpenCaller
) -> None:
    declare(album, files={"a.jpg": {"fault": "redirected"}})
    async with calling(album) as drive:
        place = (await drive.download("a.jpg")).headers["location"]
        assert "key=" not in place
        answer = await drive.client.get(place)
        assert answer.content == (album / "a.jpg").read_bytes()


async def test_a_folder_may_be_forbidden_or_private(album: Path, calling: OpenCaller) -> None:
    declare(album, folders={"trip": {"fault": "forbidden"}, "": {"fault": "private"}})
    async with calling(album) as drive:
        trip, root = drive.drive.file_id("trip"), drive.drive.file_id("")
        assert (await drive.search(f"'{trip}' in parents")).status_code == 403
        assert (await drive.get("trip")).status_code == 403
        assert (await drive.search(f"'{root}' in parents")).status_code == 404
        assert (await drive.get("")).status_code == 404
        drive.client.headers["Authorization"] = "Bearer owner"
        assert len(await drive.children()) == 4


async def test_the_quota_refuses_what_exceeds_it_and_nothing_else(
    album: Path, calling: OpenCaller
) -> None:
    async with calling(album, faults=["quota:user=1000"]) as drive:
        seen = [await outcome(drive) for _ in range(7)]
        assert seen == ["whole"] * 5 + ["403"] * 2
        refused = await drive.search()
        assert refused.json()["error"]["errors"][0] | {"message": ""} == {
            "domain": "usageLimits",
            "reason": "userRateLimitExceeded",
            "message": "",
        }
        assert drive.drive.counts.refused_by_quota == 3
        assert drive.drive.log.most_units() == 1000
        # Another user has room of their own; the project is one.
        assert (await drive.search(quotaUser="another")).status_code == 200


async def test_the_project_has_a_limit_of_its_own(album: Path, calling: OpenCaller) -> None:
    async with calling(album, faults=["quota:project=250"]) as drive:
        users = [await drive.search(quotaUser=str(n)) for n in range(3)]
        assert [answer.status_code for answer in users] == [200, 200, 403]
        assert users[2].json()["error"]["errors"][0]["reason"] == "rateLimitExceeded"


def test_the_quota_never_refuses_whoever_stays_under_it() -> None:
    quota = Quota(user=48_000, project=100_000, window=60)  # 240 downloads a minute
    for n in range(1200):
        assert quota.exceeded("me", n * 0.25, 200) is None
    assert (quota.granted, quota.refused, quota.users["me"].most) == (1200, 0, 48_000)


def test_the_window_slides_so_a_burst_at_the_minutes_edge_is_refused() -> None:
    quota = Quota(user=60_000, window=60)
    granted = [quota.exceeded("me", at, 200) is None for at in [59.9] * 300 + [60.1] * 300]
    assert granted == [True] * 300 + [False] * 300
    assert quota.exceeded("me", 119.9, 200) is None


def test_a_shorter_window_allows_the_same_rate_in_smaller_pieces() -> None:
    quota = Quota(user=60_000, window=0.6)
    granted = [quota.exceeded("me", at, 200) is None for at in (0, 0.1, 0.2, 0.5, 0.61, 0.62)]
    assert granted == [True, True, True, False, True, False]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("hurricane", "unknown fault 'hurricane'; known are none, quota, .*storm"),
        ("storm:much", "'much' is not a number"),
        ("storm:wind=3", "no such option"),
        ("quota:users=3", "no such option"),
    ],
)
def test_an_unknown_fault_or_option_is_told(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        create_app(tmp_path, faults=[text])


def test_every_profile_names_acts_that_exist() -> None:
    named = set(itertools.chain.from_iterable(profile.acts for profile in PROFILES.values()))
    assert named - {"wait", "drip"} <= ACTS.keys()
