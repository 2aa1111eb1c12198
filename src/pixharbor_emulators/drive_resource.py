"""One entry of the drive as the JSON resource that files.get and files.list answer with."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Final

from pixharbor_emulators.drive_fields import Selection
from pixharbor_emulators.drive_tree import GOOGLE_NATIVE, SHORTCUT, DriveFile, DriveTree

DIGEST_FIELDS: Final = {"md5Checksum": "md5", "sha1Checksum": "sha1", "sha256Checksum": "sha256"}


def resource(file: DriveFile, selection: Selection, tree: DriveTree) -> dict[str, object]:
    """Make the selected part of a file's resource; a field without a value is left out."""
    declared = file.override.values
    chosen: dict[str, object] = {}
    for name, below in selection.items():
        if name in declared:
            value = declared[name]
        elif name in _VALUES:
            value = _VALUES[name](file, tree)
        else:
            value = None
        if value is not None:
            chosen[name] = _narrowed(value, below)
    return chosen


def _narrowed(value: object, selection: Selection) -> object:
    if not selection or "*" in selection:
        return value
    if isinstance(value, dict):
        return {key: _narrowed(value[key], selection[key]) for key in selection if key in value}
    if isinstance(value, list):
        return [_narrowed(each, selection) for each in value]
    return value


def _moment(file: DriveFile, _: DriveTree) -> str:
    """Format a time as Drive does: UTC, milliseconds, Z."""
    moment = datetime.fromtimestamp(file.modified_ns // 1_000_000 / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _digest_of(algorithm: str) -> Callable[[DriveFile, DriveTree], str | None]:
    return lambda file, _: file.digest(algorithm) if file.is_binary else None


def _size(file: DriveFile, _: DriveTree) -> str | None:
    return None if file.size is None else str(file.size)  # int64 travels as a string


def _picture(file: DriveFile, _: DriveTree) -> dict[str, object] | None:
    dimensions = file.dimensions() if file.mime_type.startswith("image/") else None
    if dimensions is None:
        return None
    return {"width": dimensions[0], "height": dimensions[1], "rotation": 0}


def _shortcut(file: DriveFile, tree: DriveTree) -> dict[str, object] | None:
    if file.target is None:
        return None
    target = tree.files.get(file.target)
    details: dict[str, object] = {"targetId": file.target}
    # A snapshot from when the shortcut was made; nobody knows what a dangling one pointed at.
    details["targetMimeType"] = target.mime_type if target else "application/octet-stream"
    if target and target.override.resource_key:
        details["targetResourceKey"] = target.override.resource_key
    return details


def _view_link(file: DriveFile, _: DriveTree) -> str:
    place = "drive/folders/" if file.is_folder else "file/d/"
    return f"https://drive.google.com/{place}{file.id}" + ("" if file.is_folder else "/view")


def _content_link(file: DriveFile, _: DriveTree) -> str | None:
    if not file.is_binary:
        return None
    return f"https://drive.google.com/uc?id={file.id}&export=download"


def _ending(file: DriveFile, _: DriveTree) -> str | None:
    return PurePosixPath(file.name).suffix.removeprefix(".") if file.is_binary else None


_VALUES: Final[dict[str, Callable[[DriveFile, DriveTree], object]]] = {
    "kind": lambda _file, _tree: "drive#file",
    "id": lambda file, _: file.id,
    "name": lambda file, _: file.name,
    "mimeType": lambda file, _: file.mime_type,
    "parents": lambda file, _: [file.parent_id] if file.parent_id else None,
    "size": _size,
    "quotaBytesUsed": lambda file, _: str(file.size or 0),
    **{name: _digest_of(algorithm) for name, algorithm in DIGEST_FIELDS.items()},
    "createdTime": _moment,
    "modifiedTime": _moment,
    "trashed": lambda file, _: file.trashed,
    "explicitlyTrashed": lambda file, _: file.trashed,
    "starred": lambda _file, _tree: False,
    "shared": lambda _file, _tree: True,
    "ownedByMe": lambda _file, _tree: False,
    "viewedByMe": lambda _file, _tree: False,
    "spaces": lambda _file, _tree: ["drive"],
    "version": lambda _file, _tree: "1",
    "driveId": lambda file, _: file.drive_id,
    "resourceKey": lambda file, _: file.override.resource_key,
    "linkShareMetadata": lambda file, _: {
        "securityUpdateEligible": file.override.resource_key is not None,
        "securityUpdateEnabled": file.override.resource_key is not None,
    },
    "shortcutDetails": _shortcut,
    "imageMediaMetadata": _picture,
    "hasThumbnail": lambda _file, _tree: False,
    "webViewLink": _view_link,
    "webContentLink": _content_link,
    "originalFilename": lambda file, _: file.name if file.is_binary else None,
    "fileExtension": _ending,
    "fullFileExtension": _ending,
    "headRevisionId": lambda file, _: f"0B{file.id[1:31]}" if file.is_binary else None,
    "capabilities": lambda file, _: {
        "canDownload": file.is_binary,
        "canEdit": False,
        "canListChildren": file.is_folder,
        "canCopy": not file.is_folder,
    },
    "copyRequiresWriterPermission": lambda _file, _tree: False,
    "writersCanShare": lambda _file, _tree: True,
    "isAppAuthorized": lambda _file, _tree: False,
}


def has_no_bytes(file: DriveFile) -> bool:
    """Tell whether Drive refuses to send this file's bytes: folders, shortcuts, documents."""
    return file.mime_type.startswith(GOOGLE_NATIVE) or file.mime_type == SHORTCUT
