"""What the API takes and answers about imports."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pixharbor.imports.filters import Filters
from pixharbor.schedules.schemas import ScheduleRequest

Link = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4096)]
# A list that is pasted; longer ones are brought as a file (list_endpoints.py).
MOST_URLS = 100_000
Place = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1 << 20)]
Address = Annotated[str, StringConstraints(max_length=8192)]
LinkPassword = Annotated[SecretStr, Field(min_length=1, max_length=1024)]


class FolderRequest(BaseModel):
    """The flat API's request: a link to a public folder or file."""

    folder_url: Link = Field(examples=["https://drive.google.com/drive/folders/1AbC…"])


class DropboxFolderRequest(BaseModel):
    """The flat API's request for Dropbox: a shared link, and the password that it may have."""

    folder_url: Link = Field(examples=["https://www.dropbox.com/scl/fo/abc…?rlkey=…"])
    link_password: LinkPassword | None = None


class FolderAnswer(BaseModel):
    """The flat API's answer: ask /task/{task_id} how it goes."""

    message: str = "Import job queued"
    task_id: UUID


class ImportRequest(BaseModel):
    """An import, of a `location` or of `urls`: one of the two.

    `source` may be left out where the link says it. A location of several lines is a list of
    addresses, as `urls` is.
    """

    model_config = ConfigDict(extra="forbid")

    location: Place | None = None
    urls: Annotated[list[Address], Field(max_length=MOST_URLS)] | None = None
    source: str | None = None
    recursive: bool = True
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    filters: Filters = Filters()
    connection_id: UUID | None = Field(
        default=None, description="Read in the name of this connected account."
    )
    link_password: LinkPassword | None = Field(
        default=None, description="What opens the link; kept sealed. Dropbox links only."
    )
    dry_run: Annotated[
        bool, Field(description="List and count, and fetch nothing: the job ends with a plan.")
    ] = False
    schedule: Annotated[
        ScheduleRequest | None, Field(description="Import it again by itself: daily, say.")
    ] = None

    @field_validator("schedule", mode="before")
    @classmethod
    def _take_words(cls, given: Any) -> Any:
        return {"every": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _plan_no_plans(self) -> Self:
        if self.dry_run and self.schedule:
            raise PydanticCustomError("no_plans", "a dry run has no schedule")
        return self

    @property
    def options(self) -> dict[str, Any]:
        """What is kept with the job; what is not asked for is left out."""
        options: dict[str, Any] = {"recursive": self.recursive}
        filters = self.filters.model_dump(mode="json", exclude_defaults=True)
        if filters:
            options["filters"] = filters
        if self.dry_run:
            options["dry_run"] = True
        if self.connection_id:
            options["connection_id"] = str(self.connection_id)
        return options

    @model_validator(mode="after")
    def _is_one_thing(self) -> "ImportRequest":
        if (self.location is None) == (self.urls is None):
            raise ValueError("expected either location (a link) or urls (a list of addresses)")
        return self

    @property
    def listed(self) -> list[str] | None:
        """The lines of a list of addresses; None for a single location."""
        if self.urls is not None:
            return self.urls
        assert self.location is not None
        lines = self.location.splitlines()
        return lines if len(lines) > 1 else None


class UrlListAnswer(BaseModel):
    """A list that is kept: give its `location` to POST /api/v1/imports."""

    location: str
    name: str
    lines: int


class ColumnAnswer(BaseModel):
    """A table's column, and whether most of its values are web addresses."""

    name: str
    example: str
    has_addresses: bool


class ColumnsAnswer(BaseModel):
    """A table's columns; `suggested` is the one with addresses, if it is the only one."""

    columns: list[ColumnAnswer]
    suggested: str | None


class RetryRequest(BaseModel):
    """Which failures to try again: all, or those of one reason."""

    model_config = ConfigDict(extra="forbid")

    reason: str | None = None
