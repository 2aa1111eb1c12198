"""Filters of an import: which files it brings in, told by the listing or else by their header."""

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ByteSize, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from pixharbor.imaging.formats import FORMATS
from pixharbor.imaging.inspect import Header
from pixharbor.sources.base import SourceFile

Pattern = Annotated[str, Field(min_length=1, max_length=255)]
Pixels = Annotated[int, Field(ge=1, le=1_000_000)]
Size = Annotated[ByteSize, Field(ge=0)]

# From this orientation (EXIF) on a picture lies on its side: width and height change places.
LYING: Final = 5
# jpeg, jpg, image/jpeg and .JPG are one type: any word may be given, the table's own is kept.
_WORDS: Final = {
    word: form.name
    for form in FORMATS.values()
    if form.is_image
    for word in (form.name, form.mime_type, form.extension)
} | {"jpe": "jpeg", "image/jpg": "jpeg", "heif": "heic", "image/heif": "heic"}


class Filters(BaseModel):
    """What an import takes; a file has to pass all that are given.

    Patterns are globs without regard to case: of the name, or of the whole path where they have a
    "/". Sizes are in bytes and also read "2 MB"; pixels are as the picture is seen; times without
    a zone are UTC, except `taken_…`, which are compared with the camera's own clock. `max_depth` 0
    is the folder itself.
    """

    model_config = ConfigDict(extra="forbid")

    types: Annotated[list[str], Field(max_length=50)] = []
    min_size: Size | None = None
    max_size: Size | None = None
    min_width: Pixels | None = None
    min_height: Pixels | None = None
    modified_after: datetime | None = None
    modified_before: datetime | None = None
    taken_after: datetime | None = None
    taken_before: datetime | None = None
    include: Annotated[list[Pattern], Field(max_length=50)] = []
    exclude: Annotated[list[Pattern], Field(max_length=50)] = []
    max_depth: Annotated[int, Field(ge=0, le=100)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_unknown_keys(cls, given: Any) -> Any:
        unknown = set(given) - set(cls.model_fields) if isinstance(given, dict) else set()
        if unknown:
            raise PydanticCustomError(
                "unknown_filter",
                "there is no filter “{name}”; known are {known}",
                {"name": min(map(str, unknown)), "known": ", ".join(cls.model_fields)},
            )
        return given

    @field_validator("types")
    @classmethod
    def _know_types(cls, given: list[str]) -> list[str]:
        for word in given:
            if _type_of(word) is None:
                raise PydanticCustomError(
                    "unknown_type",
                    "“{word}” is no type of image; known are {known}",
                    {"word": word, "known": ", ".join(dict.fromkeys(_WORDS.values()))},
                )
        return list(dict.fromkeys(filter(None, map(_type_of, given))))

    @field_validator("modified_after", "modified_before")
    @classmethod
    def _in_utc(cls, given: datetime | None) -> datetime | None:
        if given is None:
            return None
        return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)

    @field_validator("taken_after", "taken_before")
    @classmethod
    def _by_the_cameras_clock(cls, given: datetime | None) -> datetime | None:
        return given.replace(tzinfo=None) if given else None

    @model_validator(mode="after")
    def _leave_room(self) -> Self:
        for least, most in (
            ("min_size", "max_size"),
            ("modified_after", "modified_before"),
            ("taken_after", "taken_before"),
        ):
            low, high = getattr(self, least), getattr(self, most)
            if low is not None and high is not None and low > high:
                raise PydanticCustomError(
                    "nothing_passes",
                    "{least} is above {most}: nothing would pass",
                    {"least": least, "most": most},
                )
        return self


@dataclass(frozen=True, slots=True)
class Traits:
    """What a fetched file was seen to be; kept for files left out, so that none is fetched twice.

    `size` is in bytes, `width` and `height` are as the picture is seen, `taken_at` is by the
    camera's clock.
    """

    size: int
    format: str
    width: int | None
    height: int | None
    taken_at: datetime | None

    @classmethod
    def of(cls, size: int, header: Header) -> Self:
        """As the bytes and their header tell it."""
        width, height = header.width, header.height
        if header.orientation >= LYING:
            width, height = height, width
        taken_at = header.taken_at.replace(tzinfo=None) if header.taken_at else None
        return cls(size, header.format.name, width, height, taken_at)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """As they were kept."""
        taken_at = datetime.fromisoformat(kept["taken_at"]) if kept["taken_at"] else None
        return cls(kept["size"], kept["format"], kept["width"], kept["height"], taken_at)

    def to_json(self) -> dict[str, Any]:
        """To be kept."""
        taken_at = self.taken_at.isoformat() if self.taken_at else None
        return {
            "size": self.size,
            "format": self.format,
            "width": self.width,
            "height": self.height,
            "taken_at": taken_at,
        }


def filters_of(options: dict[str, Any]) -> Filters:
    """The filters of a job, out of its options."""
    return Filters.model_validate(options.get("filters") or {})


def judge_listed(file: SourceFile, filters: Filters) -> str | None:
    """Why the listing leaves this file out; None where it passes or only its bytes can tell."""
    if not filters.model_fields_set:  # as for most imports, and each of a million files
        return None
    return (
        _judge_name(file, filters)
        or _judge_size(file.size, filters)
        or _judge_modified(file.modified_at, filters)
        or _judge_type(_declared_type(file), filters)
        or _judge_pixels(file.width, file.height, filters)
    )


def judge_traits(traits: Traits, filters: Filters) -> str | None:
    """Why this picture is left out, None where it passes. It has passed by its listing already."""
    if (filters.min_width or filters.min_height) and None in (traits.width, traits.height):
        return "min_width, min_height: its width and height cannot be read."
    return (
        _judge_size(traits.size, filters)
        or _judge_type(traits.format, filters)
        or _judge_pixels(traits.width, traits.height, filters)
        or _judge_taken(traits.taken_at, filters)
    )


def _judge_name(file: SourceFile, filters: Filters) -> str | None:
    if filters.include and not _matches(file, filters.include):
        return f"include: it matches none of {', '.join(filters.include)}."
    for pattern in filters.exclude:
        if _matches(file, [pattern]):
            return f"exclude: it matches {pattern}."
    return None


def _judge_size(size: int | None, filters: Filters) -> str | None:
    if size is None:
        return None
    if filters.min_size is not None and size < filters.min_size:
        return f"min_size: {size} bytes are less than {int(filters.min_size)}."
    if filters.max_size is not None and size > filters.max_size:
        return f"max_size: {size} bytes are more than {int(filters.max_size)}."
    return None


def _judge_modified(modified_at: datetime | None, filters: Filters) -> str | None:
    after, before = filters.modified_after, filters.modified_before
    if not after and not before:
        return None
    if modified_at is None:
        return "modified_after, modified_before: the source does not say when it was modified."
    if after and modified_at <= after:
        return f"modified_after: it was modified on {modified_at:%Y-%m-%d %H:%M}."
    if before and modified_at >= before:
        return f"modified_before: it was modified on {modified_at:%Y-%m-%d %H:%M}."
    return None


def _judge_taken(taken_at: datetime | None, filters: Filters) -> str | None:
    after, before = filters.taken_after, filters.taken_before
    if not after and not before:
        return None
    if taken_at is None:
        return "taken_after, taken_before: the picture does not say when it was taken."
    if after and taken_at <= after:
        return f"taken_after: it was taken on {taken_at:%Y-%m-%d %H:%M}."
    if before and taken_at >= before:
        return f"taken_before: it was taken on {taken_at:%Y-%m-%d %H:%M}."
    return None


def _judge_type(kind: str | None, filters: Filters) -> str | None:
    if not filters.types or kind is None or kind in filters.types:
        return None
    return f"types: this is {FORMATS[kind].label}."


def _judge_pixels(width: int | None, height: int | None, filters: Filters) -> str | None:
    if width is not None and width < (filters.min_width or 0):
        return f"min_width: it is {width} pixels wide."
    if height is not None and height < (filters.min_height or 0):
        return f"min_height: it is {height} pixels high."
    return None


def _matches(file: SourceFile, patterns: Sequence[str]) -> bool:
    return any(
        _compiled(pattern).match(file.path if "/" in pattern else file.name) for pattern in patterns
    )


@cache  # few patterns, a million names
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern), re.IGNORECASE)


def _declared_type(file: SourceFile) -> str | None:
    """What the listing says, by type first and by the name's ending where that says nothing."""
    return _type_of(file.mime_type) or _type_of(PurePosixPath(file.name).suffix)


def _type_of(word: str) -> str | None:
    return _WORDS.get(word.strip().lower().removeprefix("."))
