"""What became of one file: the result of fetching and verifying it, until it is written down."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from pixharbor.imports.filters import Traits
from pixharbor.imports.pending_items import PendingItem
from pixharbor.imports.verify_file import Content
from pixharbor.jobs.states import ItemState


@dataclass(slots=True)
class FileFate:
    """An item's end. With a `content`, its `body` is to be kept; `admitted` bytes are in use.

    With `traits` it was fetched, and left out by a filter.
    `told`: the item's name and size are not those of its row, but what the answer said; `version`
    is what it calls these bytes. `unchanged`: nothing was fetched, and `image_id` is its image.
    """

    item: PendingItem
    state: ItemState
    reason: str | None = None
    message: str | None = None
    attempts: int = 1
    content: Content | None = None
    body: bytes | Path | None = None
    admitted: int = 0
    traits: Traits | None = None
    told: bool = False
    version: str | None = None
    unchanged: bool = False
    image_id: UUID | None = None
