"""A picture that is too large is refused by its header."""

import pytest
from imaging.sample_pictures import png_bomb
from pydantic import ValidationError

from pixharbor.imaging.formats import FORMATS
from pixharbor.imaging.inspect import Header, read_header
from pixharbor.imaging.limits import ImagingSettings, check_limits


def test_the_documented_limits_are_the_default() -> None:
    settings = ImagingSettings()

    assert settings.limit_file_bytes == 256 * 2**20
    assert settings.limit_pixels == 100_000_000
    assert settings.limit_frames == 256
    assert settings.limit_memory == 512 * 2**20


def test_sizes_may_be_written_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMIT_FILE_BYTES", "300 MiB")

    assert ImagingSettings().limit_file_bytes == 300 * 2**20


@pytest.mark.parametrize("name", ["LIMIT_FILE_BYTES", "LIMIT_PIXELS", "LIMIT_FRAMES"])
def test_a_limit_of_nothing_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "0")

    with pytest.raises(ValidationError, match=name.lower()):
        ImagingSettings()


def test_t21_a_bomb_has_too_many_pixels() -> None:
    assert check_limits(read_header(png_bomb()), ImagingSettings()) == "too_many_pixels"


def test_a_long_animation_has_too_many_frames() -> None:
    header = Header(FORMATS["gif"], 10, 10, frames=257)

    assert check_limits(header, ImagingSettings()) == "too_many_frames"


@pytest.mark.parametrize(
    "header",
    [Header(FORMATS["jpeg"], 10_000, 10_000, 256), Header(FORMATS["jpeg"])],
    ids=["at the limit", "unreadable"],
)
def test_what_is_within_the_limits_is_kept(header: Header) -> None:
    assert check_limits(header, ImagingSettings()) is None
