"""The `fields` parameter: which keys of an answer the caller wants to see."""

import re
from functools import lru_cache
from typing import Final

from pixharbor_emulators.drive_errors import Refused, invalid_field

# A selection maps each wanted key to the selection below it; an empty one means everything.
Selection = dict[str, "Selection"]

# Every property of Drive v3's File resource (discovery document of 2026).
FILE_FIELDS: Final = frozenset(
    {
        "appProperties",
        "capabilities",
        "clientEncryptionDetails",
        "contentHints",
        "contentRestrictions",
        "copyRequiresWriterPermission",
        "createdTime",
        "description",
        "downloadRestrictions",
        "driveId",
        "explicitlyTrashed",
        "exportLinks",
        "fileExtension",
        "folderColorRgb",
        "fullFileExtension",
        "hasAugmentedPermissions",
        "hasThumbnail",
        "headRevisionId",
        "iconLink",
        "id",
        "imageMediaMetadata",
        "inheritedPermissionsDisabled",
        "isAppAuthorized",
        "kind",
        "labelInfo",
        "lastModifyingUser",
        "linkShareMetadata",
        "md5Checksum",
        "mimeType",
        "modifiedByMe",
        "modifiedByMeTime",
        "modifiedTime",
        "name",
        "originalFilename",
        "ownedByMe",
        "owners",
        "parents",
        "permissionIds",
        "permissions",
        "properties",
        "quotaBytesUsed",
        "resourceKey",
        "sha1Checksum",
        "sha256Checksum",
        "shared",
        "sharedWithMeTime",
        "sharingUser",
        "shortcutDetails",
        "size",
        "spaces",
        "starred",
        "teamDriveId",
        "thumbnailLink",
        "thumbnailVersion",
        "trashed",
        "trashedTime",
        "trashingUser",
        "version",
        "videoMediaMetadata",
        "viewedByMe",
        "viewedByMeTime",
        "viewersCanCopyContent",
        "webContentLink",
        "webViewLink",
        "writersCanShare",
    }
)
LIST_FIELDS: Final = frozenset({"kind", "nextPageToken", "incompleteSearch", "files"})

_DEFAULT_FILE: Final[Selection] = {name: {} for name in ("kind", "id", "name", "mimeType")}
_DEFAULT_LIST: Final[Selection] = {
    "kind": {},
    "nextPageToken": {},
    "incompleteSearch": {},
    "files": _DEFAULT_FILE,
}
_TOKEN: Final = re.compile(r"\s*([\w*]+|[(),/])\s*")


@lru_cache(maxsize=256)
def file_selection(fields: str | None) -> Selection:
    """Understand the `fields` of files.get. Raises Refused."""
    if fields is None:
        return _DEFAULT_FILE
    return _checked(_parse(fields), FILE_FIELDS)


@lru_cache(maxsize=256)
def list_selection(fields: str | None) -> Selection:
    """Understand the `fields` of files.list. Raises Refused."""
    if fields is None:
        return _DEFAULT_LIST
    selection = _checked(_parse(fields), LIST_FIELDS)
    if "files" in selection:
        selection["files"] = _checked(selection["files"], FILE_FIELDS)
    return selection


def _checked(selection: Selection, known: frozenset[str]) -> Selection:
    """Refuse keys that are not known; `*`, or nothing at all, means every known one."""
    for name in selection:
        if name != "*" and name not in known:
            raise Refused(invalid_field(name))
    if "*" in selection or not selection:
        below = selection.get("*", {})
        return {name: selection.get(name, below) for name in sorted(known)}
    return selection


def _parse(fields: str) -> Selection:
    tokens, end = [], 0
    while end < len(fields):
        found = _TOKEN.match(fields, end)
        if not found:
            raise Refused(invalid_field(fields))
        tokens.append(found[1])
        end = found.end()
    tokens.reverse()
    selection = _parse_list(tokens, fields)
    if tokens:
        raise Refused(invalid_field(fields))
    return selection


def _parse_list(tokens: list[str], fields: str) -> Selection:
    """Read `a,b/c,d(e,f)`; `tokens` is a stack with the next token at its end."""
    selection: Selection = {}
    while True:
        below = selection
        below = below.setdefault(_parse_name(tokens, fields), {})
        while tokens and tokens[-1] == "/":
            tokens.pop()
            below = below.setdefault(_parse_name(tokens, fields), {})
        if tokens and tokens[-1] == "(":
            tokens.pop()
            below.update(_parse_list(tokens, fields))
            if not tokens or tokens.pop() != ")":
                raise Refused(invalid_field(fields))
        if not tokens or tokens[-1] != ",":
            return selection
        tokens.pop()


def _parse_name(tokens: list[str], fields: str) -> str:
    if not tokens or tokens[-1] in "(),/":
        raise Refused(invalid_field(fields))
    return tokens.pop()
