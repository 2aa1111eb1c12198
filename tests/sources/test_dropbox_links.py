"""Every form that a Dropbox link takes, read without asking Dropbox."""

import pytest

from pixharbor.sources.base import LinkNotUnderstood, Location
from pixharbor.sources.dropbox_links import (
    Way,
    own_path,
    own_place,
    read_link,
    read_way,
)

KEY = "rlkey=k1m2n3p4q5"
FOLDER = f"/scl/fo/abc123def456ghi/AHx7Yz_0-q?{KEY}"
OLD_FOLDER = "/sh/abc123def456ghi/AADxyz_0-q"
FILE = f"/scl/fi/abc123def456ghi/a.jpg?{KEY}"
OLD_FILE = "/s/abc123def456ghi/a.jpg"
WWW = "https://www.dropbox.com"

CORPUS = [
    # The newer folder links, with everything that Dropbox and people put behind them.
    (f"{WWW}{FOLDER}", FOLDER, "folder"),
    (f"{WWW}{FOLDER}&dl=0", FOLDER, "folder"),
    (f"{WWW}{FOLDER}&dl=1", FOLDER, "folder"),
    (f"{WWW}{FOLDER}&st=x7y8z9&dl=0", FOLDER, "folder"),
    (f"{WWW}/scl/fo/abc123def456ghi/AHx7Yz_0-q?e=1&{KEY}&st=x7y8z9&dl=0", FOLDER, "folder"),
    (f"{WWW}/scl/fo/abc123def456ghi/AHx7Yz_0-q?dl=0&{KEY}", FOLDER, "folder"),
    (f"{WWW}{FOLDER}&preview=a.jpg", FOLDER, "folder"),
    (f"{WWW}{FOLDER}&amp;dl=0", FOLDER, "folder"),
    (f"{WWW}{FOLDER}#grid", FOLDER, "folder"),
    (f"{WWW}/scl/fo/abc123def456ghi/AHx7Yz_0-q/?{KEY}", FOLDER, "folder"),
    (f"http://www.dropbox.com{FOLDER}", FOLDER, "folder"),
    (f"www.dropbox.com{FOLDER}", FOLDER, "folder"),
    (f"dropbox.com{FOLDER}", FOLDER, "folder"),
    (f"https://m.dropbox.com{FOLDER}", FOLDER, "folder"),
    (f"HTTPS://WWW.DROPBOX.COM{FOLDER}", FOLDER, "folder"),
    (f"  <{WWW}{FOLDER}>\n", FOLDER, "folder"),
    (f'"{WWW}{FOLDER}"', FOLDER, "folder"),
    (
        f"https://www.google.com/url?q={WWW}/scl/fo/abc123def456ghi/AHx7Yz_0-q%3F{KEY}&sa=D",
        FOLDER,
        "folder",
    ),
    # The older ones have no key; what follows is tracking.
    (f"{WWW}{OLD_FOLDER}", OLD_FOLDER, "folder"),
    (f"{WWW}{OLD_FOLDER}?dl=0", OLD_FOLDER, "folder"),
    (f"{WWW}{OLD_FOLDER}?dl=1&lst=", OLD_FOLDER, "folder"),
    (f"{WWW}{OLD_FOLDER}/", OLD_FOLDER, "folder"),
    (f"https://dropbox.com{OLD_FOLDER}?raw=1", OLD_FOLDER, "folder"),
    # Sub-folders and files in a folder's link.
    (
        f"{WWW}/scl/fo/abc123def456ghi/AHx7Yz_0-q/Summer%20trip?{KEY}&subfolder_nav_tracking=1",
        f"/scl/fo/abc123def456ghi/AHx7Yz_0-q/Summer%20trip?{KEY}",
        "unknown",
    ),
    (f"{WWW}{OLD_FOLDER}/a/b.jpg?dl=0", f"{OLD_FOLDER}/a/b.jpg", "unknown"),
    # Files.
    (f"{WWW}{FILE}", FILE, "file"),
    (f"{WWW}{FILE}&dl=0", FILE, "file"),
    (f"{WWW}{FILE}&raw=1", FILE, "file"),
    (f"https://dl.dropboxusercontent.com{FILE}&dl=0", FILE, "file"),
    (
        f"{WWW}/scl/fi/abc123def456ghi/K%C3%A4se%20%F0%9F%93%B7.jpg?{KEY}",
        f"/scl/fi/abc123def456ghi/K%C3%A4se%20%F0%9F%93%B7.jpg?{KEY}",
        "file",
    ),
    (f"{WWW}{OLD_FILE}?dl=0", OLD_FILE, "unknown"),
    (f"{WWW}{OLD_FILE}?raw=1", OLD_FILE, "unknown"),
    (f"https://dl.dropboxusercontent.com{OLD_FILE}", OLD_FILE, "unknown"),
    (f"https://dl.dropbox.com{OLD_FILE}?dl=1", OLD_FILE, "unknown"),
]


@pytest.mark.parametrize(("link", "place", "kind"), CORPUS)
def test_a_link_keeps_its_key_and_loses_its_tracking_s0_55(
    link: str, place: str, kind: str
) -> None:
    location = read_link(link)
    assert location == Location("dropbox", place, kind)  # type: ignore[arg-type]  # one of three words
    assert location.resource_key is not None
    assert read_way(location.resource_key).url == f"{WWW}{place}"


@pytest.mark.parametrize(
    ("link", "path"),
    [
        (f"{WWW}/home", "/"),
        (f"{WWW}/home/", "/"),
        (f"{WWW}/home/Camera%20Uploads/2024?preview=a.jpg", "/Camera Uploads/2024"),
        (f"{WWW}/work/Shop/Photos", "/Shop/Photos"),
        ("dropbox.com/home/K%C3%A4se", "/Käse"),
    ],
)
def test_a_page_of_one_s_own_is_a_place_in_the_account(link: str, path: str) -> None:
    location = read_link(link)
    assert (location.ref, location.resource_key, own_path(location)) == (path, None, path)


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("", "empty"),
        ("my holiday", "not a link"),
        ("ftp://www.dropbox.com/sh/abc/def", "not a link"),
        ("http://[", "not a link"),
        ("https://www.dropbox.com:port/sh/abc/def", "not a link"),
        (f"{WWW}/", "names no folder"),
        (f"{WWW}/login", "names no folder"),
        (f"{WWW}/scl/fo/abc123def456ghi/AHx7Yz_0-q", "lost its key"),
        (f"{WWW}/scl/fo/abc123def456ghi/AHx7Yz_0-q?rlkey=", "lost its key"),
        (f"{WWW}/scl/fo/abc123def456ghi?{KEY}", "no valid id"),
        (f"{WWW}/sh/abc123def456ghi", "no valid id"),
        (f"{WWW}/s/a!/a.jpg", "no valid id"),
        (f"{WWW}/t/abc123", "Transfer"),
        (f"{WWW}/transfer/abc123", "Transfer"),
        (f"{WWW}/l/scl/abc123", "only leads on"),
        (f"{WWW}/sc/abc/def", "collection"),
        (f"{WWW}/request/abc", "sending files"),
        (f"{WWW}/sm/password?cont=x", "asks for a password"),
        ("https://dl.dropboxusercontent.com/u/1234/a.jpg", "2017"),
        ("https://uc1.dl.dropboxusercontent.com/cd/0/get/x/file", "passing"),
        ("https://db.tt/abc123", "shortened"),
        ("https://bit.ly/abc123", "shortened"),
        ("https://drive.google.com/drive/folders/1A2b3C4d5E6f7G8h9I0", "Google"),
        ("https://dropbox.com.example.org/sh/abc/def", "example.org"),
        ("https://notdropbox.com/sh/abc/def", "notdropbox.com"),
    ],
)
def test_what_cannot_be_imported_says_why_and_what_a_good_link_looks_like(
    link: str, told: str
) -> None:
    with pytest.raises(LinkNotUnderstood, match=told) as refused:
        read_link(link)
    assert "https://www.dropbox.com/scl/fo/" in refused.value.message
    assert refused.value.cure


@pytest.mark.parametrize(
    "way", [Way(FOLDER), Way(FILE, is_file=True), Way(FILE, is_file=True, sealed="1.x=="),
            Way(OLD_FOLDER, sealed="1.y-_")],
)  # fmt: skip
def test_a_way_survives_as_text(way: Way) -> None:
    assert read_way(str(way)) == way


def test_places_of_an_account_link_to_themselves() -> None:
    place = own_place("/Camera Uploads", "Käse/été")
    assert place.name == "été"
    assert own_path(read_link(place.link)) == "/Camera Uploads/Käse/été"


@pytest.mark.parametrize(
    ("ref", "path"),
    [
        ("/", "/"), ("/weird:/x", "/weird:/x"), ("dbid:AAH4:/", "/"), ("id:abc", "id:abc"),
        ("dbid:AAH4:/weird:/x", "/weird:/x"),
    ],
)  # fmt: skip
def test_the_account_is_no_part_of_a_path(ref: str, path: str) -> None:
    assert own_path(Location("dropbox", ref)) == path
