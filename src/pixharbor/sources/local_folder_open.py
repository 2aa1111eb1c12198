"""Folders of this machine: opening what lies beneath a root, and nothing else.

Each name on the way is opened by itself, from the folder before it and never through a link: who
swaps a folder for a link meanwhile gains nothing.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from pixharbor.sources.base import (
    FileRefused,
    FileVanished,
    FolderMissing,
    FolderRefused,
    ProviderFailed,
    SourceError,
    Unreachable,
)
from pixharbor.sources.local_folder_paths import is_below, to_show

# "place" is what a person named: it may be either, and its errors are the import's own.
What = Literal["folder", "file", "place"]
LET_READ: Final = "Let the user that runs pixharbor read it (chmod, chown), then retry."
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# A pipe in a file's place must not stop the thread that opens it: hence O_NONBLOCK.
_ANYTHING: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
_FOLDER: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_DIRECTORY
_KINDS: Final = (
    (stat.S_ISLNK, "a link: links are not followed, import the place that it leads to"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)
# A link on the way answers one of these, after O_NOFOLLOW alone or with O_DIRECTORY.
_BLOCKED: Final = {errno.ELOOP, errno.ENOTDIR, errno.EMLINK}
_FORBIDDEN: Final = {errno.EACCES, errno.EPERM}
_AWAY: Final = {errno.ENOTCONN, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETUNREACH}


@contextmanager
def opened(root: str, path: str, what: What) -> Iterator[int]:
    """A descriptor of it. Raises SourceError: of a folder, or of a file for a "file".

    `path` lies beneath `root`, or is it. The root itself may be a link: the operator named it.
    """
    with explained(path, what):
        if not is_below(path, root):
            raise FolderRefused(f"LOCAL_FOLDER_ROOTS does not allow to read {to_show(path)}.")
        last = _FOLDER if what == "folder" else _ANYTHING
        descriptor = _walk(root, path.removeprefix(root).split("/"), last)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _walk(root: str, names: list[str], last: int) -> int:
    """Open one name after the other; `last` are the flags of the last."""
    names = [name for name in names if name]
    descriptor = os.open(root, (_FOLDER if names else last) & ~os.O_NOFOLLOW)
    for place, name in enumerate(names, start=1):
        try:
            inner = os.open(name, _FOLDER if place < len(names) else last, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def kind_of(mode: int) -> str | None:
    """What it is in words, when it is neither a file nor a folder."""
    return next((words for is_it, words in _KINDS if is_it(mode)), None)


def modified_at(status: os.stat_result) -> datetime | None:
    """When it was last written to; databases keep microseconds. None for times no calendar has."""
    try:
        return _EPOCH + timedelta(microseconds=status.st_mtime_ns // 1000)
    except OverflowError:
        return None


@contextmanager
def explained(path: str, what: What) -> Iterator[None]:
    """Say what is wrong with a place, and what cures it."""
    try:
        yield
    except OSError as error:
        explain = _of_file if what == "file" else _of_folder
        raise explain(error, to_show(path)) or _of_disk(error, to_show(path)) from error


def _of_folder(error: OSError, shown: str) -> SourceError | None:
    if error.errno in _FORBIDDEN:
        return FolderRefused(f"This server may not read “{shown}”.", cure=LET_READ)
    if error.errno in _BLOCKED:
        return FolderRefused(
            f"The way to “{shown}” leads over a link, which is not followed, or over a file.",
            cure="Import the folder that the link leads to.",
        )
    if error.errno == errno.ENOENT:
        return FolderMissing(
            f"There is no “{shown}”.",
            cure="Check the path, as the server sees it, and that its disk is mounted.",
        )
    return None


def _of_file(error: OSError, shown: str) -> SourceError | None:
    if error.errno in _FORBIDDEN:
        return FileRefused(f"This server may not read “{shown}”. {LET_READ}")
    if error.errno in _BLOCKED:
        return FileRefused(f"A link has come in the way of “{shown}”; links are not followed.")
    if error.errno == errno.ENOENT:
        return FileVanished(f"“{shown}” was listed and is gone.")
    return None


def _of_disk(error: OSError, shown: str) -> SourceError:
    told = error.strerror or type(error).__name__
    if error.errno in _AWAY:
        return Unreachable(f"The disk of “{shown}” is away ({told}).")
    return ProviderFailed(f"The disk failed at “{shown}” ({told}).")
