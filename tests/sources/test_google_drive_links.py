"""Every form of a Google Drive link, and what is said about those that are none."""

import pytest

from pixharbor.sources.base import LinkNotUnderstood, Location
from pixharbor.sources.google_drive_links import read_link

ID = "1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW"
OLD = "0B4xQz_8-AbCdEfGhIjKlMnOpQrS"
DRIVE_ROOT = "0AKx_9-bCdEfGUk9PVA"
KEY = "0-aBcDeFgHiJkLmNoPqRsTuV"
D = "https://drive.google.com"

FOLDERS = [
    f"{D}/drive/folders/{ID}",
    f"{D}/drive/folders/{ID}/",
    f"{D}/drive/folders/{ID}?usp=sharing",
    f"{D}/drive/folders/{ID}?usp=drive_link&authuser=1",
    f"{D}/drive/folders/{ID}#list",
    f"{D}/drive/u/0/folders/{ID}",
    f"{D}/drive/u/12/folders/{ID}?hl=de",
    f"{D}/drive/mobile/folders/{ID}",
    f"{D}/drive/u/1/mobile/folders/{ID}",
    f"{D}/drive/mobile/folders/{ID}/parent/child",
    f"{D}/a/example.com/folders/{ID}",
    f"{D}/a/example.com/drive/folders/{ID}",
    f"{D}/corp/drive/folders/{ID}",
    f"{D}/#folders/{ID}",
    f"{D}/folderview?id={ID}",
    f"{D}/folderview?usp=sharing&id={ID}",
    f"{D}/embeddedfolderview?id={ID}#grid",
    f"http://drive.google.com/drive/folders/{ID}",
    f"drive.google.com/drive/folders/{ID}",
    f"HTTPS://Drive.Google.COM/drive/folders/{ID}",
    f"  {D}/drive/folders/{ID}\n",
    f"<{D}/drive/folders/{ID}>",
    f'"{D}/drive/folders/{ID}"',
    f"{D}:443/drive/folders/{ID}",
    f"https://www.google.com/url?q=https%3A%2F%2Fdrive.google.com%2Fdrive%2Ffolders%2F{ID}&sa=D",
    f"https://accounts.google.com/ServiceLogin?continue={D}/drive/folders/{ID}&service=wise",
]
FILES = [
    f"{D}/file/d/{ID}",
    f"{D}/file/d/{ID}/view",
    f"{D}/file/d/{ID}/view?usp=sharing",
    f"{D}/file/d/{ID}/edit",
    f"{D}/file/d/{ID}/preview",
    f"{D}/file/u/0/d/{ID}/view",
    f"{D}/file/u/3/d/{ID}/view?pli=1",
    f"{D}/a/example.com/file/d/{ID}/view",
    f"{D}/uc?id={ID}",
    f"{D}/uc?export=download&id={ID}",
    f"{D}/uc?id={ID}&export=view",
    f"{D}/u/0/uc?id={ID}&export=download&confirm=t",
    f"{D}/thumbnail?id={ID}&sz=w1000",
    f"https://drive.usercontent.google.com/download?id={ID}&export=download",
    f"https://drive.usercontent.google.com/u/0/uc?id={ID}&export=download",
    f"https://drive.usercontent.google.com/download?id={ID}&authuser=0&confirm=t&uuid=1-2-3",
    f"https://lh3.googleusercontent.com/d/{ID}",
    f"https://lh3.googleusercontent.com/d/{ID}=w1000-h800",
    f"https://lh5.googleusercontent.com/d/{ID}?authuser=0",
    f"https://docs.google.com/document/d/{ID}/edit",
    f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0",
    f"https://docs.google.com/presentation/d/{ID}/pub?start=false",
    f"https://docs.google.com/document/u/1/d/{ID}/",
    f"https://docs.google.com/file/d/{ID}/edit",
    f"https://docs.google.com/uc?id={ID}&export=download",
]
EITHER = [
    f"{D}/open?id={ID}",
    f"{D}/open?usp=drive_copy&id={ID}&authuser=me%40example.com",
    f"{D}/u/2/open?id={ID}",
    f"{D}/a/example.com/open?id={ID}",
    f"{D}/leaf?id={ID}&hl=en",
    f"https://docs.google.com/open?id={ID}",
    f"https://www.googleapis.com/drive/v3/files/{ID}?alt=media",
    ID,
    f" {ID} ",
]


@pytest.mark.parametrize("link", FOLDERS)
def test_a_link_to_a_folder_is_a_folder_s0_53(link: str) -> None:
    assert read_link(link) == Location("google_drive", ID, "folder")


@pytest.mark.parametrize("link", FILES)
def test_a_link_to_a_file_is_a_file(link: str) -> None:
    assert read_link(link) == Location("google_drive", ID, "file")


@pytest.mark.parametrize("link", EITHER)
def test_a_link_that_does_not_tell_is_left_open(link: str) -> None:
    assert read_link(link) == Location("google_drive", ID, "unknown")


@pytest.mark.parametrize("ref", [ID, OLD, DRIVE_ROOT, "1a2b3c4d5e"])
def test_ids_of_every_age_are_known(ref: str) -> None:
    assert read_link(ref).ref == ref
    assert read_link(f"{D}/drive/folders/{ref}?usp=sharing").ref == ref


@pytest.mark.parametrize(
    "link",
    [
        f"{D}/drive/folders/{ID}?resourcekey={KEY}",
        f"{D}/drive/folders/{ID}?resourceKey={KEY}&usp=sharing",
        f"{D}/drive/folders/{ID}?usp=sharing&amp;resourcekey={KEY}",
        f"{D}/file/d/{ID}/view?usp=sharing&resourcekey={KEY}",
        f"{D}/open?id={ID}&resourcekey={KEY}",
        f"{D}/folderview?resourcekey={KEY}&id={ID}",
        f"https://www.google.com/url?q={D}/open?id={ID}%26resourcekey={KEY}",
    ],
)
def test_the_resource_key_of_an_old_link_is_kept(link: str) -> None:
    assert read_link(link).resource_key == KEY


def test_a_resource_key_that_would_break_a_header_is_dropped() -> None:
    assert read_link(f"{D}/open?id={ID}&resourcekey=a%0d%0aX-Evil:1").resource_key is None


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("hello", "not a link"),
        ("my-holiday-pictures", "not a link"),
        ("javascript:alert(1)", "not a link"),
        ("file:///etc/passwd", "not a link"),
        ("ftp://drive.google.com/drive/folders/" + ID, "not a link"),
        ("https://[::1", "not a link"),
        ("https://drive.google.com:99999/drive/folders/" + ID, "not a link"),
        ("https://", "not a link"),
        (D, "names no folder"),
        (f"{D}/drive/folders", "no valid id"),
        (f"{D}/drive/folders/", "no valid id"),
        (f"{D}/drive/folders/short", "no valid id"),
        (f"{D}/drive/folders/{ID}%27%20or%20", "no valid id"),
        (f"{D}/file/d//view", "no valid id"),
        (f"{D}/open?id=", "no valid id"),
        (f"{D}/open", "no valid id"),
        ("https://docs.google.com/document/d/e/2PACX-1vAbCdEfGhIjKl/pub", "published"),
        (f"{D}/drive/my-drive", "your own view"),
        (f"{D}/drive/u/0/home", "your own view"),
        (f"{D}/drive/shared-with-me", "your own view"),
        (f"{D}/drive/trash", "your own view"),
        (f"{D}/drive/search?q=pictures", "your own view"),
        ("https://www.dropbox.com/scl/fo/abc/def?rlkey=x", "Dropbox"),
        ("https://photos.google.com/share/AF1QipAbCdEf", "Google Photos"),
        ("https://photos.app.goo.gl/AbCdEf", "Google Photos"),
        ("https://bit.ly/3abcdef", "shortened"),
        ("https://example.com/drive/folders/abcdefghijklmnop", "example.com"),
        (f"https://drive.google.com.evil.example/drive/folders/{ID}", "evil.example"),
        (f"https://drive.google.com@evil.example/drive/folders/{ID}", "evil.example"),
        (f"https://evil.example/https://drive.google.com/drive/folders/{ID}", "evil.example"),
        (f"https://notdrive.google.com/drive/folders/{ID}", "notdrive.google.com"),
        (f"https://www.google.com/url?q=https://evil.example/drive/folders/{ID}", "evil.example"),
        ("https://www.google.com/url?q=https://www.google.com/url?q=x.example", "www.google.com"),
        (f"http://127.0.0.1:8000/drive/folders/{ID}", "127.0.0.1"),
    ],
)
def test_what_is_no_link_is_told_why_and_what_a_good_one_looks_like_s0_53(
    link: str, reason: str
) -> None:
    with pytest.raises(LinkNotUnderstood) as caught:
        read_link(link)
    assert reason in caught.value.message
    assert "https://drive.google.com/drive/folders/" in caught.value.message
    assert caught.value.status == 422
