"""What the API takes and answers about imports."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from pixharbor.imports.filters import Filters

Link = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4096)]


class FolderRequest(BaseModel):
    """The flat API's request: a link to a public folder or file."""

    folder_url: Link = Field(examples=["https://drive.google.com/drive/folders/1AbC…"])


class FolderAnswer(BaseModel):
    """The flat API's answer: ask /task/{task_id} how it goes."""

    message: str = "Import job queued"
    task_id: UUID


class ImportRequest(BaseModel):
    """An import. `source` may be left out where the link says it."""

    model_config = ConfigDict(extra="forbid")

    location: Link
    source: str | None = None
    recursive: bool = True
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    filters: Filters = Filters()
    # Known to the contract, and not to this version: anything but the default is refused.
    connection_id: None = None
    dry_run: Annotated[
        bool, Field(description="List and count, and fetch nothing: the job ends with a plan.")
    ] = False

    @property
    def options(self) -> dict[str, Any]:
        """What is kept with the job; what is not asked for is left out."""
        options: dict[str, Any] = {"recursive": self.recursive}
        filters = self.filters.model_dump(mode="json", exclude_defaults=True)
        if filters:
            options["filters"] = filters
        if self.dry_run:
            options["dry_run"] = True
        return options


class RetryRequest(BaseModel):
    """Which failures to try again: all, or those of one reason."""

    model_config = ConfigDict(extra="forbid")

    reason: str | None = None
