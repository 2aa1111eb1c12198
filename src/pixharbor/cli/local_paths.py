"""Which of a command's arguments are folders of this machine, and what that allows."""

import os
from pathlib import Path

# Files of such names hold addresses, one a line or in a column.
LIST_SUFFIXES = frozenset({".txt", ".csv", ".tsv", ".tab"})


def find_path(given: str) -> Path | None:
    """The whole path of what `given` names on this machine; None for a link.

    Links on the way are followed here, once: whoever types the command may read where they lead.
    """
    if "://" in given:
        return None
    looks_like_one = given.startswith(("/", "./", "../", "~")) or given in (".", "..")
    path = Path(given).expanduser()
    return Path(os.path.realpath(path)) if looks_like_one or path.exists() else None


def root_of(path: Path) -> Path:
    """The folder that LOCAL_FOLDER_ROOTS has to name for this path: that separates by ":"."""
    return path if os.pathsep not in str(path) else root_of(path.parent)


def find_list(given: str) -> Path | None:
    """The file with addresses that `given` names on this machine; None for anything else."""
    path = Path(given).expanduser()
    return path if path.suffix.lower() in LIST_SUFFIXES and path.is_file() else None


def is_archive(path: Path) -> bool:
    """Whether it is a ZIP archive to be uploaded, by its name."""
    return path.suffix.lower() == ".zip" and path.is_file()
