"""ZIP archives as people and attackers make them: what is listed, unpacked and refused."""

import struct
import zipfile
from pathlib import Path

import pytest

from pixharbor.sources.base import FileRefused, SourceFile
from pixharbor.sources.zip_archive_files import (
    MOST_DIRECTORY_BYTES,
    ArchiveRefused,
    BoundedFile,
    list_entries,
    open_archive,
    read_entry,
)

BODY = bytes(range(256)) * 40


def zipped(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return path


def changed(path: Path, old: bytes, new: bytes, times: int = -1) -> Path:
    body = path.read_bytes()
    assert old in body
    path.write_bytes(body.replace(old, new, times))
    return path


def entries_of(path: Path) -> list[SourceFile]:
    with open_archive(path) as archive:
        return list_entries(archive, 0, 10**6, ref="upload:1/a.zip", key="1")


def unpacked(path: Path, number: int = 0) -> bytes:
    with open_archive(path) as archive:
        return b"".join(read_entry(archive, number))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.zip"


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_every_usual_method_is_unpacked(path: Path, method: int) -> None:
    zipped(path, {"2024/a.jpg": BODY, "2024/b.jpg": b"b"}, method)
    files = entries_of(path)
    assert [(file.path, file.name, file.size) for file in files] == [
        ("2024/a.jpg", "a.jpg", len(BODY)),
        ("2024/b.jpg", "b.jpg", 1),
    ]
    assert files[1].checksum == "crc32:71beeff9"
    assert [unpacked(path, number) for number in (0, 1)] == [BODY, b"b"]


def test_names_are_data_x5(path: Path) -> None:
    names = [
        "../../etc/a.jpg",
        "/abs.jpg",
        "C:\\dos.jpg",
        "a\\b.jpg",
        "\u202egpj.exe.jpg",
        "x" * 500,
    ]
    zipped(path, dict.fromkeys(names, b"x"))
    files = entries_of(path)
    assert [file.path for file in files] == names
    assert len({file.id for file in files}) == len(names)


def test_same_names_are_both_kept_t6(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jpg", b"one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.jpg", b"two")
    files = entries_of(path)
    assert [file.name for file in files] == ["a.jpg", "a.jpg"]
    assert [file.id for file in files] == ["upload:1/a.zip!a.jpg#1", "upload:1/a.zip!a.jpg#2"]
    assert [unpacked(path, number) for number in (0, 1)] == [b"one", b"two"]


def test_old_names_are_read_as_they_were_meant(path: Path) -> None:
    """By the flag; without it as UTF-8 where they are that, else in the IBM PC's code page."""
    zipped(path, {"flägged.jpg": b"1", "XXXXXXX1.jpg": b"2", "XXXXX2.jpg": b"3"})
    changed(path, b"XXXXXXX1", "späte".encode().ljust(8, b"_"))
    changed(path, b"XXXXX2", b"k\x84fer_")
    assert [file.name for file in entries_of(path)] == [
        "flägged.jpg", "späte__.jpg", "käfer_.jpg"
    ]  # fmt: skip


def test_folders_litter_and_what_is_no_picture_is_told(path: Path) -> None:
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = 0o120777 << 16
    zipped(
        path,
        {
            "a/": b"", "a/.hidden.jpg": b"x", "__MACOSX/a/._b.jpg": b"x", "a/film.mp4": b"x",
            "inner.zip": b"PK", "0.jpg": b"",
        },
    )  # fmt: skip
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    told = {file.path: file.fate and file.fate[1:] for file in entries_of(path)}
    assert told == {
        "a/.hidden.jpg": ("filtered", "Left out: hidden, for its name begins with a dot."),
        "__MACOSX/a/._b.jpg": ("filtered", "Left out: what macOS adds to archives."),
        "a/film.mp4": ("not_an_image", "a video"),
        "inner.zip": ("not_an_image", "an archive"),
        "0.jpg": ("empty", "0 bytes"),
        "link.jpg": ("not_an_image", "a link"),
    }


def test_an_encrypted_entry_fails_with_the_cure(path: Path) -> None:
    zipped(path, {"a.jpg": BODY})
    body = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        body[body.index(signature) + flags] |= 1
    path.write_bytes(body)
    (file,) = entries_of(path)
    assert file.fate is not None
    assert file.fate[:2] == ("failed", "forbidden")
    assert "password" in file.fate[2]
    with pytest.raises(FileRefused, match="password"):  # a retry says the same
        unpacked(path)


def test_an_unknown_method_fails_with_the_cure(path: Path) -> None:
    zipped(path, {"a.jpg": BODY})
    body = bytearray(path.read_bytes())
    for signature, method in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        body[body.index(signature) + method] = 9  # Deflate64
    path.write_bytes(body)
    (file,) = entries_of(path)
    assert file.fate is not None
    assert file.fate[:2] == ("failed", "forbidden")
    with pytest.raises(FileRefused, match="unpacked"):
        unpacked(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_flipped_bits_are_found(path: Path, method: int) -> None:
    zipped(path, {"a.jpg": BODY, "b.jpg": b"good"}, method)
    body = bytearray(path.read_bytes())
    body[60] ^= 0x10
    path.write_bytes(body)
    with pytest.raises(FileRefused) as refused:
        unpacked(path)
    assert refused.value.reason == "checksum"
    assert unpacked(path, 1) == b"good"


def test_an_archive_that_is_cut_off_says_so(path: Path) -> None:
    whole = zipped(path, {"a.jpg": BODY, "b.jpg": BODY}).read_bytes()
    for length in (4, 100, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:length])
        with pytest.raises(ArchiveRefused, match=f"cut off.*{length} bytes"):
            open_archive(path)


@pytest.mark.parametrize("body", [b"", b"<html>no zip</html>", b"\xff\xd8\xff" * 100])
def test_what_is_no_archive_is_refused(path: Path, body: bytes) -> None:
    path.write_bytes(body)
    with pytest.raises(ArchiveRefused, match="no ZIP archive"):
        open_archive(path)


def test_a_damaged_directory_is_refused(path: Path) -> None:
    changed(zipped(path, {"a.jpg": BODY}), b"PK\1\2", b"PK\1\3")
    with pytest.raises(ArchiveRefused, match="directory is damaged"):
        open_archive(path)


def test_overlapping_entries_are_refused_x2(path: Path) -> None:
    """As in the "better zip bomb": many entries of one body."""
    zipped(path, {f"{number}.jpg": BODY for number in range(3)})
    body = bytearray(path.read_bytes())
    at = body.index(b"PK\1\2")
    for _ in range(3):
        body[at + 42 : at + 46] = struct.pack("<L", 0)
        at = body.find(b"PK\1\2", at + 4)
    path.write_bytes(body)
    with pytest.raises(ArchiveRefused, match="bomb") as refused:
        open_archive(path)
    assert refused.value.reason == "abusive"


def test_what_would_become_too_much_is_refused_x2(path: Path) -> None:
    zipped(path, {"a.jpg": b"\0" * (1 << 20)})
    body = bytearray(path.read_bytes())
    at = body.index(b"PK\1\2") + 24
    body[at : at + 4] = struct.pack("<L", 0xFFFFFFF0)  # it says 4 GiB
    path.write_bytes(body)
    with pytest.raises(ArchiveRefused, match="would become 4294967280"):
        open_archive(path)


def test_more_bytes_than_an_entry_has_are_not_unpacked_x2(path: Path) -> None:
    zipped(path, {"a.jpg": b"\0" * (1 << 24)})
    body = bytearray(path.read_bytes())
    at = body.index(b"PK\1\2") + 24
    body[at : at + 4] = struct.pack("<L", 1000)
    path.write_bytes(body)
    with pytest.raises(FileRefused) as refused:
        unpacked(path)
    assert refused.value.reason == "checksum"


LARGE = MOST_DIRECTORY_BYTES + 1


@pytest.mark.parametrize(
    ("said", "said_64", "points_at_64"),
    [(LARGE, None, None), (0xFFFFFFFF, LARGE, True), (46, LARGE, True), (46, LARGE, False)],
)
def test_a_directory_too_large_for_memory_is_refused_before_it_is_read_x2(
    path: Path, said: int, said_64: int | None, points_at_64: bool | None
) -> None:
    """zipfile believes the ZIP64 record before the locator, whatever the others say."""
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, said, 0, 0)
    if said_64:
        record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, said_64, 0)
        at = LARGE if points_at_64 else 0
        end = record + struct.pack("<4sLQL", b"PK\6\7", 0, at, 1) + end
    with path.open("wb") as file:
        file.truncate(LARGE)  # a hole: it takes no room on the disk
        file.seek(LARGE)
        file.write(end)
    with pytest.raises(ArchiveRefused, match="too many files"):
        open_archive(path)


def test_no_way_of_asking_gets_more_than_a_directory_may_have_x2(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGE)
    for size in (-1, None, LARGE, 1 << 40):
        with BoundedFile(path) as bounded, pytest.raises(ArchiveRefused, match="too many files"):
            bounded.read(size)
    with BoundedFile(path) as bounded:
        bounded.seek(4)
        assert len(bounded.read()) == LARGE - 4


def test_zip64_is_read(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(70_000):
            archive.writestr(zipfile.ZipInfo(f"{number}.jpg"), b"")
        with archive.open("last.jpg", "w", force_zip64=True) as entry:
            entry.write(BODY)
    with open_archive(path) as archive:
        (file,) = list_entries(archive, 70_000, 10, ref="r", key="k")
    assert (file.name, file.size, file.resource_key) == ("last.jpg", len(BODY), "k:70000")
    assert unpacked(path, 70_000) == BODY


def test_a_program_before_the_archive_is_passed_over(path: Path) -> None:
    """Archives that unpack themselves are archives."""
    body = zipped(path, {"a.jpg": BODY}).read_bytes()
    path.write_bytes(b"MZ" + b"\0" * 1000 + body)
    assert unpacked(path) == BODY


def test_a_long_comment_hides_nothing(path: Path) -> None:
    zipped(path, {"a.jpg": BODY})
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"c" * 60_000
    assert [file.name for file in entries_of(path)] == ["a.jpg"]
    assert unpacked(path) == BODY
