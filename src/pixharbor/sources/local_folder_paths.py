"""Folders of this machine: their paths as text that every database keeps, and which are allowed."""

import os
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from pixharbor.errors import SettingError
from pixharbor.sources.base import FolderRefused, LinkNotUnderstood, Location, SourceNotConfigured
from pixharbor.store_address import StoreAddress

SOURCE: Final = "local_folder"
ALLOW_IT: Final = (
    "Set LOCAL_FOLDER_ROOTS to the folders that may be imported from, such as /photos, and start "
    "again. `pixharbor import FOLDER` on this machine needs no setting."
)
_NOT_UTF8: Final = re.compile("[\udc80-\udcff]")  # os.fsdecode's word for a byte that is no UTF-8


class LocalFolderSettings(StoreAddress):
    """`local_folder_roots`: the folders that may be imported from, with ":" between, as in PATH."""

    local_folder_roots: str = ""


def read_roots(settings: LocalFolderSettings) -> list[str]:
    """The roots, the deepest first. Raises SettingError for one that is not absolute."""
    given = [root for root in settings.local_folder_roots.split(os.pathsep) if root.strip()]
    for root in given:
        if not root.startswith("/") or ".." in PurePosixPath(root).parts:
            raise SettingError(
                f"LOCAL_FOLDER_ROOTS: cannot use {root!r}; expected whole paths with "
                f"{os.pathsep!r} between, such as /photos{os.pathsep}/mnt/scans"
            )
    return sorted((os.path.normpath(root) for root in given), key=len, reverse=True)


def own_store(settings: LocalFolderSettings) -> str | None:
    """The folder where this server keeps its own objects: that is never imported."""
    scheme, _, path = settings.storage_url.partition("://")
    return os.path.normpath(path) if scheme == "file" and path else None


def read_path(link: str, roots: Sequence[str]) -> Location:
    """Understand a whole path or a file:// address, without looking at the disk.

    Its `resource_key` is the root that allows it: what is opened later is opened beneath that.
    Raises LinkNotUnderstood, SourceNotConfigured without any root, FolderRefused outside of them.
    """
    path = _path_of(link.strip())
    if not roots:
        raise SourceNotConfigured(
            "This server imports from none of its own folders.",
            code="local_folders_not_allowed",
            cure=ALLOW_IT,
        )
    for root in roots:
        if is_below(path, root):
            return Location(SOURCE, to_text(path), "unknown", resource_key=to_text(root))
    raise FolderRefused(
        f"LOCAL_FOLDER_ROOTS does not allow to import from {to_show(path)}.", cure=ALLOW_IT
    )


def is_below(path: str, folder: str) -> bool:
    """Whether `path` is the folder or lies in it, by their names."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def to_text(path: str) -> str:
    """A path as text that is UTF-8 whatever its bytes are, and one text for one path."""
    return _NOT_UTF8.sub(lambda found: f"%{ord(found[0]) - 0xDC00:02X}", path.replace("%", "%25"))


def to_path(text: str) -> str:
    """The path that `to_text` wrote down."""
    return os.fsdecode(unquote_to_bytes(text))


def to_show(name: str) -> str:
    r"""A name for people: bytes that are no UTF-8 as \xE9."""
    return _NOT_UTF8.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02X}", name)


def _path_of(link: str) -> str:
    path = link
    if link.lower().startswith("file:"):
        parts = urlsplit(link)
        if parts.netloc not in ("", "localhost"):
            raise _not_understood(f"This folder is on another machine: {parts.netloc}.")
        path = os.fsdecode(unquote_to_bytes(parts.path))
    if not path.startswith("/") or "\0" in path:
        raise _not_understood("This is no whole path of a folder.")
    if ".." in PurePosixPath(path).parts:
        raise _not_understood("This path goes upwards (..).")
    return os.path.normpath("/" + path.lstrip("/"))


def _not_understood(reason: str) -> LinkNotUnderstood:
    return LinkNotUnderstood(
        f"{reason} A folder of the server looks like /photos/2024",
        cure="Give the folder's whole path, as the server sees it.",
    )
