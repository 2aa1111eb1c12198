"""How Google's file resources become files with, or without, a fate."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pixharbor.sources.google_drive_files import file_of


def resource(**fields: Any) -> dict[str, Any]:
    return {"id": "1abcdefghij", "name": "a.jpg", "mimeType": "image/jpeg", "size": "5", **fields}


@pytest.mark.parametrize(
    ("mime_type", "fate"),
    [
        ("image/jpeg", None),
        ("image/heif", None),
        ("image/x-canon-cr2", None),
        ("application/octet-stream", None),
        ("application/x-photoshop", None),
        ("binary/octet-stream", None),
        ("", None),
        ("image/svg+xml", ("skipped", "not_an_image", "an SVG drawing")),
        ("application/pdf", ("skipped", "not_an_image", "a PDF")),
        ("video/mp4", ("skipped", "not_an_image", "a video")),
        ("VIDEO/MP4", ("skipped", "not_an_image", "a video")),
        ("audio/mpeg", ("skipped", "not_an_image", "a sound")),
        ("text/html", ("skipped", "not_an_image", "a text")),
        ("application/x-zip-compressed", ("skipped", "not_an_image", "an archive")),
        ("application/vnd.google-apps.document", ("skipped", "not_binary", "a Google document")),
        (
            "application/vnd.google-apps.jam",
            ("skipped", "not_binary", "a Google file without bytes"),
        ),
    ],
)
def test_the_declared_type_decides_only_where_it_is_sure_t18(
    mime_type: str, fate: tuple[str, str, str] | None
) -> None:
    assert file_of(resource(mimeType=mime_type), "").fate == fate


def test_a_file_of_zero_bytes_is_not_fetched() -> None:
    assert file_of(resource(size="0"), "").fate == ("skipped", "empty", "0 bytes")


def test_sizes_are_numbers_and_times_are_utc() -> None:
    file = file_of(resource(size="9007199254740993", modifiedTime="2026-05-01T10:20:30.400Z"), "")
    assert file.size == 9007199254740993
    assert file.modified_at == datetime(2026, 5, 1, 10, 20, 30, 400_000, tzinfo=UTC)
    assert file_of({"id": "1abcdefghij", "name": "a"}, "").size is None


@pytest.mark.parametrize(
    ("sums", "checksum"),
    [
        ({"md5Checksum": "AB", "sha256Checksum": "CD"}, "sha256:cd"),
        ({"md5Checksum": "AB"}, "md5:ab"),
        ({}, None),
    ],
)
def test_the_stronger_checksum_is_taken(sums: dict[str, str], checksum: str | None) -> None:
    assert file_of(resource(**sums), "").checksum == checksum


@pytest.mark.parametrize("name", ["../../etc/passwd", ".", "a/b.jpg", "🏖️.jpg", "", "x" * 1500])
def test_a_name_is_data_and_kept_as_it_is(name: str) -> None:
    file = file_of(resource(name=name), "trip")
    assert (file.name, file.path) == (name, f"trip/{name}")
