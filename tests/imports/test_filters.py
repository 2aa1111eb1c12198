"""Filters: what each leaves out, by the listing or by the bytes, and what is no filter."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from pixharbor.imports.filters import Filters, Traits, judge_listed, judge_traits
from pixharbor.sources.base import SourceFile

MAY = datetime(2026, 5, 1, tzinfo=UTC)
FILE = SourceFile(
    "1", "IMG_1.JPG", "Trip/Day 1/IMG_1.JPG", 50_000, "image/jpeg", modified_at=MAY, width=800
)
TRAITS = Traits(50_000, "jpeg", 800, 600, datetime(2026, 4, 1, 12))  # noqa: DTZ001 - a camera's clock


@pytest.mark.parametrize(
    ("filters", "why"),
    [
        ({"types": ["png", "image/gif"]}, "types"),
        ({"types": ["JPG"]}, None),
        ({"types": [".jpeg", "heif"]}, None),
        ({"min_size": "60 kB"}, "min_size"),
        ({"min_size": 50_000, "max_size": 50_000}, None),
        ({"max_size": 49_999}, "max_size"),
        ({"min_width": 801}, "min_width"),
        ({"min_width": 800}, None),
        ({"min_height": 10_000}, None),  # the listing does not tell: the bytes will
        ({"modified_after": "2026-05-01T00:00:00Z"}, "modified_after"),
        ({"modified_after": "2026-04-30"}, None),
        ({"modified_before": "2026-05-01"}, "modified_before"),
        ({"modified_before": "2026-05-01T00:30:00+00:00"}, None),
        ({"include": ["*.png"]}, "include"),
        ({"include": ["*.png", "img_*.jpg"]}, None),
        ({"include": ["trip/*"]}, None),
        ({"include": ["day 1/*"]}, "include"),
        ({"exclude": ["*/Day ?/*"]}, "exclude"),
        ({"exclude": ["IMG_[2-9].jpg"]}, None),
        ({"taken_after": "2030-01-01"}, None),
    ],
)
def test_a_listed_file_is_left_out_by_the_filter_that_it_fails(
    filters: dict[str, Any], why: str | None
) -> None:
    told = judge_listed(FILE, Filters.model_validate(filters))
    assert (told or "").split(":")[0] == (why or "")


@pytest.mark.parametrize(
    ("filters", "why"),
    [
        ({"types": ["png"]}, "types"),
        ({"min_size": 50_001}, "min_size"),
        ({"min_height": 601}, "min_height"),
        ({"min_width": 800, "min_height": 600}, None),
        ({"taken_after": "2026-04-01T12:00:00"}, "taken_after"),
        ({"taken_after": "2026-04-01T11:59:00Z"}, None),
        ({"taken_before": "2026-04-01"}, "taken_before"),
    ],
)
def test_a_fetched_picture_is_left_out_by_what_its_bytes_tell(
    filters: dict[str, Any], why: str | None
) -> None:
    told = judge_traits(TRAITS, Filters.model_validate(filters))
    assert (told or "").split(":")[0] == (why or "")
    assert Traits.from_json(TRAITS.to_json()) == TRAITS


def test_what_cannot_be_told_does_not_pass() -> None:
    undated = SourceFile("1", "a.jpg", "a.jpg")
    told = judge_listed(undated, Filters.model_validate({"modified_after": "2026-01-01"}))
    assert told
    assert "does not say when it was modified" in told
    bare = Traits(1, "jxl", None, None, None)
    for filters in ({"min_width": 1}, {"taken_before": "2026-01-01"}):
        assert judge_traits(bare, Filters.model_validate(filters))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"min_widht": 3}, "there is no filter “min_widht”; known are types, min_size"),
        ({"types": ["video"]}, "“video” is no type of image; known are jpeg, png"),
        ({"min_size": "a lot"}, "min_size"),
        ({"min_size": -1}, "min_size"),
        ({"min_width": 0}, "min_width"),
        ({"max_depth": -1}, "max_depth"),
        ({"modified_after": "soon"}, "modified_after"),
        ({"min_size": 2, "max_size": 1}, "min_size is above max_size"),
        ({"taken_after": "2026-02-01", "taken_before": "2026-01-01"}, "taken_after is above"),
        ({"include": [""]}, "include"),
        ({"exclude": "*.png"}, "exclude"),
    ],
)
def test_what_is_no_filter_is_told_by_its_name(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Filters.model_validate(given)
    assert told in str(refused.value)
