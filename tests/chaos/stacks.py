"""The stacks that are put to the test: each with real servers, and a fresh database and store."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Protocol


class Objects(Protocol):
    """The store as a stranger sees it, past pixharbor."""

    def read(self) -> dict[str, bytes]:
        """The bytes of every object, by key."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """Objects in a folder. Names that begin with a dot are temporary files, and no objects."""

    root: Path

    def read(self) -> dict[str, bytes]:
        """Read every file."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }


@dataclass(frozen=True, slots=True)
class Ground:
    """What a site stands on: its settings, and its store seen from outside."""

    settings: dict[str, str]
    objects: Objects


@dataclass
class Stack:
    """Servers that run, on which sites are opened one after the other."""

    name: str
    title: str
    versions: list[str]
    lay: Callable[[Path], Ground]  # a fresh database and store, with files in this folder
    machines: int = 0  # worker programs beside the API; 0: `serve` does it all
    _numbers: Iterator[int] = field(default_factory=count)

    def new_folder(self, work: Path) -> Path:
        """A folder of one site's own."""
        folder = work / f"{self.name}-{next(self._numbers)}"
        folder.mkdir(parents=True)
        return folder


@contextmanager
def embedded(_work: Path) -> Iterator[Stack]:
    """No server at all: `pixharbor serve` with SQLite and a folder."""

    def lay(folder: Path) -> Ground:
        return Ground(
            {"DATABASE_URL": f"sqlite:///{folder}/data/pixharbor.db"},
            Folder(folder / "data" / "objects"),
        )

    versions = [f"SQLite {sqlite3.sqlite_version}"]
    yield Stack("embedded", "embedded, SQLite, a folder", versions, lay)


OPENERS: Mapping[str, Callable[[Path], AbstractContextManager[Stack]]] = {"embedded": embedded}
