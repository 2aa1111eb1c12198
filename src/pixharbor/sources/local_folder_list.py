"""Folders of this machine: their names in order, and what each file is before it is read."""

import heapq
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pixharbor.sources.base import FolderRefused, Location, SourceFile, SourceInfo
from pixharbor.sources.declared_types import declared_fate, type_of_name
from pixharbor.sources.litter import litter_fate
from pixharbor.sources.local_folder_open import explained, kind_of, modified_at, opened
from pixharbor.sources.local_folder_paths import SOURCE, is_below, to_path, to_show, to_text

# Names that are held at a time, of a folder however large: a million are looked through 20 times.
WINDOW_NAMES: Final = 50_000


@dataclass(frozen=True, slots=True)
class Window:
    """A folder's next names in their order; `is_last`: none come after these."""

    names: list[str]
    is_last: bool


def look(location: Location, store: str | None) -> SourceInfo:
    """What the place is that a person named."""
    root, path = place_of(location.ref, location.resource_key)
    if store and is_below(path, store):
        raise FolderRefused(
            f"“{to_show(path)}” is where pixharbor keeps its own pictures (STORAGE_URL).",
            cure="Name another folder.",
        )
    with opened(root, path, "place") as descriptor:
        mode = os.fstat(descriptor).st_mode
    name = to_show(base_of(path) or path)
    if stat.S_ISDIR(mode):
        return SourceInfo(name, "folder")
    if stat.S_ISREG(mode):
        return SourceInfo(name, "file")
    raise FolderRefused(f"“{name}” is {kind_of(mode)}.", cure="Name a folder or a file.")


def names_after(location: Location, after: str) -> Window:
    """The names after `after`: those of the whole folder are never held together."""
    root, path = place_of(location.ref, location.resource_key)
    with (
        opened(root, path, "folder") as descriptor,
        explained(path, "folder"),
        os.scandir(descriptor) as entries,
    ):
        later = (entry.name for entry in entries if entry.name > after)
        names = heapq.nsmallest(WINDOW_NAMES, later)
    return Window(names, len(names) < WINDOW_NAMES)


def read_entries(
    location: Location, names: Sequence[str], store: str | None
) -> tuple[list[SourceFile], list[Location]]:
    """What lies under these names; what is gone again is left out, as if it had never been."""
    files: list[SourceFile] = []
    folders: list[Location] = []
    root, path = place_of(location.ref, location.resource_key)
    with opened(root, path, "folder") as descriptor, explained(path, "folder"):
        for name in names:
            try:
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except FileNotFoundError:
                continue
            entry = _entry(location, f"{path.rstrip('/')}/{name}", status, store)
            if stat.S_ISDIR(status.st_mode) and entry.fate is None:
                root_key = location.resource_key
                folders.append(Location(SOURCE, entry.id, resource_key=root_key, path=entry.path))
            else:
                files.append(entry)
    return files, folders


def read_file(location: Location) -> SourceFile:
    """The one file that a person named; no name of it is taken for litter."""
    root, path = place_of(location.ref, location.resource_key)
    with opened(root, path, "place") as descriptor:
        return describe(location.ref, location.resource_key, os.fstat(descriptor))


def describe(id_: str, root: str | None, status: os.stat_result, path: str = "") -> SourceFile:
    """A file as it is now, at `path` below what was named."""
    name = to_show(base_of(to_path(id_)))
    mime_type = type_of_name(name)
    return SourceFile(
        id=id_,
        name=name,
        path=path or name,
        size=status.st_size,
        mime_type=mime_type,
        modified_at=modified_at(status),
        resource_key=root,
        fate=declared_fate(mime_type, status.st_size),
    )


def base_of(path: str) -> str:
    """The last name of a path."""
    return path.rpartition("/")[2]


def place_of(id_: str, root: str | None) -> tuple[str, str]:
    """(root, path) of what `id_` names; the root travels with every file and folder."""
    return to_path(root or ""), to_path(id_)


def _entry(location: Location, path: str, status: os.stat_result, store: str | None) -> SourceFile:
    """One name of a folder: a file, or a folder that is left out if it has a fate."""
    shown = to_show(base_of(path))
    below = f"{location.path}/{shown}" if location.path else shown
    file = describe(to_text(path), location.resource_key, status, below)
    if stat.S_ISREG(status.st_mode):
        return file._replace(fate=litter_fate(shown) or file.fate)
    kind = kind_of(status.st_mode)
    fate = ("skipped", "not_an_image", kind) if kind else litter_fate(shown)
    if store and is_below(path, store):
        fate = ("skipped", "filtered", "Left out: pixharbor keeps its own pictures here.")
    return file._replace(size=None, mime_type="", fate=fate)
