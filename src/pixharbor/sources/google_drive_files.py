"""Google Drive: its file resources, as the import wants to see them."""

from datetime import datetime
from typing import Any, Final

from pixharbor.sources.base import Location, SourceFile
from pixharbor.sources.declared_types import declared_fate
from pixharbor.sources.google_drive_links import SOURCE

FOLDER: Final = "application/vnd.google-apps.folder"
SHORTCUT: Final = "application/vnd.google-apps.shortcut"
# Exactly what resources are read for below: more costs Google time and us bytes.
FILE_FIELDS: Final = (
    "id,name,mimeType,size,md5Checksum,sha256Checksum,modifiedTime,resourceKey,driveId,"
    "shortcutDetails(targetId,targetMimeType,targetResourceKey)"
)
ONE_FIELDS: Final = f"{FILE_FIELDS},trashed"
LIST_FIELDS: Final = f"nextPageToken,files({FILE_FIELDS})"
MEASURED: Final = "imageMediaMetadata(width,height,rotation)"
MEASURED_FIELDS: Final = f"nextPageToken,files({FILE_FIELDS},{MEASURED})"

_NATIVE: Final = "application/vnd.google-apps."
_NATIVE_NAMES: Final = {
    "document": "a Google document",
    "spreadsheet": "a Google spreadsheet",
    "presentation": "a Google presentation",
    "drawing": "a Google drawing",
    "form": "a Google form",
}


def file_of(resource: dict[str, Any], folder_path: str, *, path: str | None = None) -> SourceFile:
    """A file that is neither folder nor shortcut. Raises KeyError, ValueError for nonsense.

    `path` is where a shortcut shows it; without one it lies in `folder_path` under its own name.
    """
    name = str(resource["name"])
    mime_type = str(resource.get("mimeType", ""))
    size = int(resource["size"]) if "size" in resource else None
    width, height = _measures(resource.get("imageMediaMetadata") or {})
    return SourceFile(
        id=str(resource["id"]),
        name=name,
        path=join(folder_path, name) if path is None else path,
        size=size,
        mime_type=mime_type,
        checksum=_checksum(resource),
        modified_at=_moment(resource.get("modifiedTime")),
        resource_key=resource.get("resourceKey"),
        width=width,
        height=height,
        through_shortcut=path is not None,
        fate=_fate(mime_type.lower(), size),
    )


def folder_of(resource: dict[str, Any], path: str) -> Location:
    """A folder that lies, or is shown by a shortcut, at `path`."""
    return Location(
        SOURCE, str(resource["id"]), resource_key=resource.get("resourceKey"), path=path
    )


def lost(shortcut: dict[str, Any], path: str, fate: tuple[str, str, str]) -> SourceFile:
    """A shortcut that leads to nothing we can have; it is known by its own id."""
    name = str(shortcut["name"])
    return SourceFile(id=str(shortcut["id"]), name=name, path=path, mime_type=SHORTCUT, fate=fate)


def join(folder_path: str, name: str) -> str:
    """The path of a child. Names are data: they may hold "/" or be ".."."""
    return f"{folder_path}/{name}" if folder_path else name


def _checksum(resource: dict[str, Any]) -> str | None:
    """SHA-256 first: it is computed anyway. Files from before 2018 may have MD5 alone."""
    for algorithm, field in (("sha256", "sha256Checksum"), ("md5", "md5Checksum")):
        if resource.get(field):
            return f"{algorithm}:{str(resource[field]).lower()}"
    return None


def _measures(picture: dict[str, Any]) -> tuple[int | None, int | None]:
    """Width and height as the picture is seen; of a turned one only the bytes tell for sure."""
    if picture.get("rotation"):
        return None, None
    return picture.get("width"), picture.get("height")


def _moment(given: Any) -> datetime | None:
    return datetime.fromisoformat(given) if given else None


def _fate(mime_type: str, size: int | None) -> tuple[str, str, str] | None:
    """What can be told before a byte was fetched."""
    if mime_type.startswith(_NATIVE):
        kind = mime_type.removeprefix(_NATIVE)
        return ("skipped", "not_binary", _NATIVE_NAMES.get(kind, "a Google file without bytes"))
    return declared_fate(mime_type, size)
