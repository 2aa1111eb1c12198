"""What tests of buckets ask of the source."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pixharbor.db.engine import Database
from pixharbor.sources.base import Source, SourceFile, SourcePage
from pixharbor.sources.object_storage import open_object_storage
from pixharbor.sources.object_storage_settings import ObjectStorageSettings

# Keys as other people make them.
ODD_NAMES = ("a b+c.jpg", "50%25.jpg", "ä&<ö>.jpg", "q?x=1#y.jpg", "'(1)'.jpg", "~.jpg")


class Reader:
    """The source under test, and what it finds."""

    def __init__(self, source: Source) -> None:
        self.source = source

    async def pages(self, link: str, cursor: str | None = None) -> list[SourcePage]:
        at = self.source.locate(link)
        return [page async for page in self.source.list_pages(at, cursor)]

    async def tree(self, link: str) -> dict[str, SourceFile]:
        """All files below, by their paths."""
        found = {}
        waiting = [self.source.locate(link)]
        while waiting:
            async for page in self.source.list_pages(waiting.pop(), None):
                found.update({file.path: file for file in page.files})
                waiting += page.folders
        return found

    async def bytes_of(self, file: SourceFile) -> bytes:
        async with self.source.open(file) as chunks:
            return b"".join([chunk async for chunk in chunks])


@asynccontextmanager
async def reading(database: Database, **given: Any) -> AsyncIterator[Reader]:
    async with open_object_storage(ObjectStorageSettings(**given), database) as source:
        yield Reader(source)
