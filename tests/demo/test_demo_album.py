"""The sample album of `pixharbor demo`: worth looking at, free to ship, with every fate in it."""

import hashlib
import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx
import pi_heif
import pytest
from emulators.drive_caller import Caller, judge
from PIL import Image, ImageOps, ImageStat

import pixharbor
from pixharbor.imaging import formats
from pixharbor.imaging.inspect import Header, read_header
from pixharbor.imaging.sniff import sniff
from pixharbor_emulators.google_drive import running_google_drive

ALBUM: Final = Path(pixharbor.__file__).parent / "demo_album"
README: Final = ALBUM / "README.txt"
PAGE: Final = ALBUM / "Space" / "Hubble" / "Saved from the web.jpg"
EMPTY: Final = ALBUM / "Chelsea the cat" / "IMG_0002.jpg"
TRUNCATED: Final = "Space/Hubble/Wide field.jpg"
HTML_INSTEAD: Final = "Still life/Coffee/Warm light.jpg"
ROCKET: Final = "Space/Launches/Falcon 9/🚀 ready to go.jpg"
GOOGLE: Final = "application/vnd.google-apps."

FILES: Final = sorted(
    path for path in ALBUM.rglob("*") if path.is_file() and path.name != ".drive.json"
)
PICTURES: Final = [path for path in FILES if path not in (README, PAGE, EMPTY)]
HEADERS: Final[dict[Path, Header]] = {path: read_header(path) for path in PICTURES}


def decode(path: Path) -> Image.Image:
    """The picture in full, as it is stored."""
    if path.suffix == ".heic":
        decoded: Image.Image = pi_heif.open_heif(path).to_pillow()
        return decoded
    with Image.open(path) as picture:
        picture.load()
        return picture.copy()


def upright(path: Path) -> Image.Image:
    """The picture as it is meant to be seen, in RGB."""
    return ImageOps.exif_transpose(decode(path)).convert("RGB")


def warmth(picture: Image.Image, top: float, bottom: float) -> float:
    """How much more red than blue there is between two heights (0 is the top, 1 the bottom)."""
    width, height = picture.size
    band = picture.crop((0, round(top * height), width, round(bottom * height)))
    red, _, blue = ImageStat.Stat(band).mean
    return red - blue


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_there_are_more_than_40_pictures_that_decode_and_differ() -> None:
    looks = set()
    for path in PICTURES:
        picture = decode(path)
        assert picture.size == (HEADERS[path].width, HEADERS[path].height), path
        looks.add(hashlib.sha256(picture.convert("RGBA").tobytes()).hexdigest())
    assert len(PICTURES) == 58
    assert len(looks) == 57


def test_the_album_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in FILES) <= 4_500_000


def test_each_picture_is_what_its_name_says_and_every_common_format_is_there() -> None:
    assert [p for p in PICTURES if f".{HEADERS[p].extension}" != p.suffix] == []
    found = Counter(header.extension for header in HEADERS.values())
    assert found.keys() == {"jpg", "png", "webp", "avif", "heic", "gif"}
    assert found["jpg"] > len(PICTURES) / 2


def test_one_picture_moves_and_one_is_transparent() -> None:
    moving = [path for path, header in HEADERS.items() if (header.frames or 1) > 1]
    assert [path.name for path in moving] == ["Drifting through the field.webp"]
    cut_out = decode(ALBUM / "Medical" / "Retina" / "Left eye, cut out.png")
    assert cut_out.getchannel("A").getextrema() == (0, 255)


def test_there_are_pictures_of_all_shapes() -> None:
    ratios = [picture.width / picture.height for picture in map(upright, PICTURES)]
    assert sum(ratio >= 2 for ratio in ratios) >= 5  # panoramas
    assert sum(1 < ratio < 2 for ratio in ratios) >= 10
    assert sum(ratio == 1 for ratio in ratios) >= 5
    assert sum(ratio < 1 for ratio in ratios) >= 10


@pytest.mark.parametrize(
    ("name", "orientation"),
    [("Space/Astronauts/Portrait.jpg", 6), ("Space/Launches/Falcon 9/Lattice tower.jpg", 8)],
)
def test_a_portrait_is_stored_lying_and_shown_upright(name: str, orientation: int) -> None:
    header = HEADERS[ALBUM / name]
    assert header.orientation == orientation
    assert header.width is not None
    assert header.height is not None
    assert header.width > header.height
    shown = upright(ALBUM / name)
    assert shown.size == (header.height, header.width)
    # The orange suit and the lamps of the launch pad are at the bottom.
    assert warmth(shown, 0.75, 1) > warmth(shown, 0, 0.25) + 20


def test_no_other_picture_is_turned() -> None:
    assert Counter(header.orientation for header in HEADERS.values()) == {1: 56, 6: 1, 8: 1}


def test_camera_and_date_are_there_to_be_read_and_marked_as_made_up() -> None:
    taken = {path: header for path, header in HEADERS.items() if header.taken_at}
    assert len(taken) >= 10
    assert len({header.camera for header in taken.values()}) >= 5
    for path in taken:
        exif = decode(path).getexif()
        assert exif[0x0131] == "pixharbor sample album", path


def test_pictures_carry_no_metadata_but_that() -> None:
    for path in PICTURES:
        picture = decode(path)
        assert not picture.info.keys() & {"icc_profile", "comment", "photoshop"}, path
        assert not picture.info.get("xmp"), path
        exif = picture.getexif()
        assert exif.keys() <= {0x010F, 0x0110, 0x0112, 0x0131, 0x0132, 0x8769}, path


def test_one_picture_is_there_twice_under_another_name_in_another_folder() -> None:
    same = defaultdict(list)
    for path in PICTURES:
        same[sha256(path)].append(path)
    [(one, other)] = [paths for paths in same.values() if len(paths) > 1]
    assert one.name != other.name
    assert one.parent != other.parent


def test_names_are_not_all_ascii() -> None:
    names = [path.name for path in PICTURES]
    assert [name for name in names if not name.isascii()] == [
        "🚀 ready to go.jpg",
        "Käffchen, schön heiß.jpg",
    ]
    assert all(unicodedata.is_normalized("NFC", name) for name in names)


def test_what_is_no_picture_is_a_page_a_text_and_nothing() -> None:
    assert sniff(PAGE.read_bytes()) is formats.HTML
    assert sniff(README.read_bytes()) is formats.TEXT
    assert EMPTY.stat().st_size == 0


def test_every_photograph_is_credited() -> None:
    credits_given = README.read_text(encoding="utf-8")
    for word in (
        *("NASA", "ESA", "SpaceX", "Stéfan van der Walt", "Rachel Michetti", "Mikael Häggström"),
        *("Bricks25", "Gravel04", "linolafett", "Public domain", "CC0 1.0"),
    ):
        assert word in credits_given


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    """Serve the album as `pixharbor demo` does."""
    async with (
        running_google_drive(ALBUM) as drive,
        httpx.AsyncClient(event_hooks={"response": [judge]}, trust_env=False) as client,
    ):
        yield Caller(drive, client)


async def list_all(caller: Caller) -> dict[str, list[dict[str, Any]]]:
    """The resources of every folder, by the folder's path."""
    listed = {}
    waiting = [""]
    while waiting:
        path = waiting.pop()
        fields = "files(id,name,mimeType,size,sha256Checksum,shortcutDetails)"
        listed[path] = await caller.children(path, fields=fields)
        waiting += [
            f"{path}/{each['name']}".lstrip("/")
            for each in listed[path]
            if each["mimeType"] == f"{GOOGLE}folder"
        ]
    return listed


async def test_the_emulator_serves_the_whole_album(caller: Caller) -> None:
    listed = await list_all(caller)
    assert len(listed) == 13
    kinds = Counter(each["mimeType"] for entries in listed.values() for each in entries)
    assert kinds == {
        f"{GOOGLE}folder": 12,
        f"{GOOGLE}document": 1,
        f"{GOOGLE}shortcut": 2,
        "text/plain": 1,
        "image/jpeg": 47,
        "image/png": 4,
        "image/webp": 6,
        "image/avif": 1,
        "image/heif": 1,
        "image/gif": 1,
    }
    root = await caller.get("")
    assert root.json()["name"] == "Sample album"


async def test_two_pictures_of_one_folder_have_one_name(caller: Caller) -> None:
    listed = await caller.children("Chelsea the cat", fields="files(id,name,sha256Checksum)")
    twins = [each for each in listed if each["name"] == "IMG_0001.jpg"]
    assert len(twins) == len({each["sha256Checksum"] for each in twins}) == 2


async def test_one_download_is_cut_off_however_often_it_is_tried(caller: Caller) -> None:
    decode(ALBUM / TRUNCATED)
    size = int((await caller.get(TRUNCATED, fields="size")).json()["size"])
    for _ in range(3):
        answer = await caller.download(TRUNCATED)
        assert answer.status_code == 200
        assert 0 < len(answer.content) < size


async def test_one_download_is_a_warning_page_with_status_200(caller: Caller) -> None:
    decode(ALBUM / HTML_INSTEAD)
    for _ in range(3):
        answer = await caller.download(HTML_INSTEAD)
        assert answer.status_code == 200
        assert sniff(answer.content) is formats.HTML


async def test_everything_else_arrives_as_it_is(caller: Caller) -> None:
    for path in FILES:
        name = path.relative_to(ALBUM).as_posix()
        if name not in (TRUNCATED, HTML_INSTEAD):
            assert (await caller.download(name)).content == path.read_bytes()


async def test_one_shortcut_leads_to_a_picture_and_one_nowhere(caller: Caller) -> None:
    listed = await caller.children("Favourites", fields="files(name,mimeType,shortcutDetails)")
    targets = {
        each["name"]: each["shortcutDetails"]["targetId"]
        for each in listed
        if each["mimeType"] == f"{GOOGLE}shortcut"
    }
    assert targets.pop("🚀 ready to go.jpg") == caller.drive.file_id(ROCKET)
    answer = await caller.get_id(targets.pop("Deleted last week.jpg"))
    assert answer.status_code == 404
    assert targets == {}


def test_the_sidecar_names_only_what_is_there() -> None:
    sidecar = json.loads((ALBUM / ".drive.json").read_text(encoding="utf-8"))
    assert [path for path in sidecar["files"] if not (ALBUM / path).is_file()] == []
