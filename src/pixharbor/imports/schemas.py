"""What the API takes and answers about imports."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

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
    # Known to the contract, and not to this version: anything but the default is refused.
    filters: Annotated[dict[str, object], Field(max_length=0)] = {}
    connection_id: None = None
    dry_run: Literal[False] = False


class RetryRequest(BaseModel):
    """Which failures to try again: all, or those of one reason."""

    model_config = ConfigDict(extra="forbid")

    reason: str | None = None
