"""What systems leave lying between pictures: nobody means it when importing a folder."""

from typing import Final

from pixharbor.sources.declared_types import Fate

# By the name in lower case; what begins with a dot is told by that.
_LITTER: Final = {
    "thumbs.db": "Windows' thumbnails",
    "ehthumbs.db": "Windows' thumbnails",
    "desktop.ini": "a folder's look on Windows",
    "$recycle.bin": "Windows' recycle bin",
    "system volume information": "Windows' own folder",
    "__macosx": "what macOS adds to archives",
    "@eadir": "thumbnails of a Synology",
    "#recycle": "a Synology's recycle bin",
    "#snapshot": "a Synology's snapshots",
    "@recycle": "a QNAP's recycle bin",
    ".@__thumb": "thumbnails of a QNAP",
    ".ds_store": "a folder's look on macOS",
    ".picasaoriginals": "originals that Picasa has put aside",
    "lost+found": "what a disk check has found",
}


def litter_fate(name: str) -> Fate | None:
    """(state, reason, message) of a file or folder that is left out for its name."""
    known = _LITTER.get(name.lower())
    if known:
        return ("skipped", "filtered", f"Left out: {known}.")
    if name.startswith("._"):
        return ("skipped", "filtered", "Left out: what macOS keeps beside a file.")
    if name.startswith("."):
        return ("skipped", "filtered", "Left out: hidden, for its name begins with a dot.")
    return None
