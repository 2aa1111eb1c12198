"""Dropbox: its entries, as the import wants to see them."""

from datetime import datetime
from typing import Any, Final

from pixharbor.sources.base import Location, SourceFile
from pixharbor.sources.declared_types import declared_fate, type_of_name
from pixharbor.sources.dropbox_links import SOURCE, Way

_ENTRY_TYPES: Final = {"file", "folder"}


def is_shown(entry: dict[str, Any]) -> bool:
    """Whether an entry is there: listings also tell of deleted ones."""
    return entry[".tag"] in _ENTRY_TYPES


def is_folder(entry: dict[str, Any]) -> bool:
    """Tell folders from files."""
    return bool(entry[".tag"] == "folder")


def file_of(entry: dict[str, Any], folder_path: str, way: Way | None) -> SourceFile:
    """A file. Raises KeyError, ValueError, TypeError for nonsense.

    Its path is made here: through a link, Dropbox tells none of files in the linked folder.
    """
    name = str(entry["name"])
    size = int(entry["size"])
    mime_type = type_of_name(name)
    content_hash = entry.get("content_hash")
    return SourceFile(
        # What Dropbox tells of a link to one file may lack its id.
        id=str(entry.get("id") or (way.link if way else entry["path_lower"])),
        name=name,
        path=join(folder_path, name),
        size=size,
        mime_type=mime_type,
        checksum=f"dropbox:{str(content_hash).lower()}" if content_hash else None,
        modified_at=datetime.fromisoformat(entry["server_modified"]),
        resource_key=str(way) if way else None,
        fate=_fate(entry) or declared_fate(mime_type, size),
    )


def folder_of(entry: dict[str, Any], folder_path: str, way: Way | None) -> Location:
    """A sub-folder. Raises KeyError for nonsense."""
    return Location(
        SOURCE,
        str(entry["id"]),
        resource_key=str(way) if way else None,
        path=join(folder_path, str(entry["name"])),
    )


def join(folder_path: str, name: str) -> str:
    """The path of a child; Dropbox's names hold no slash."""
    return f"{folder_path}/{name}" if folder_path else name


def _fate(entry: dict[str, Any]) -> tuple[str, str, str] | None:
    """What has no bytes of its own. Of other files their names tell, and at last the bytes."""
    if not entry.get("is_downloadable", True):
        return ("skipped", "not_binary", "a Paper document, or another file without bytes")
    if entry.get("symlink_info"):
        return ("skipped", "not_binary", "a symbolic link")
    return None
