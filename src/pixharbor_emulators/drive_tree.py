"""A local folder as Google Drive sees it: ids, parents, names, hashes and picture sizes."""

import base64
import hashlib
import mimetypes
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pi_heif
from PIL import Image

from pixharbor_emulators.drive_sidecar import SIDECAR_NAME, Override, Sidecar, read_sidecar
from pixharbor_emulators.listing_lies import ListingLie

FOLDER: Final = "application/vnd.google-apps.folder"
SHORTCUT: Final = "application/vnd.google-apps.shortcut"
GOOGLE_NATIVE: Final = "application/vnd.google-apps."
_HASHED_AT_ONCE: Final = 1 << 18  # bytes

# Python's own table knows these only from 3.13 on, or not at all.
_MIME_TYPES: Final = mimetypes.MimeTypes(filenames=())
for _ending, _mime_type in {
    ".avif": "image/avif",
    ".heic": "image/heif",  # the name that Drive itself uses
    ".heif": "image/heif",
    ".jxl": "image/jxl",
    ".webp": "image/webp",
}.items():
    _MIME_TYPES.add_type(_mime_type, _ending)


@dataclass(slots=True, eq=False)
class DriveFile:
    """One entry of the drive: a file, a folder, a shortcut or a Google document.

    `disk_path` is None for what has no bytes here. `size` is in bytes, `modified_ns` in
    nanoseconds since 1970. `target` is the id a shortcut leads to.
    """

    id: str
    name: str
    mime_type: str
    parent_id: str | None
    path: str
    disk_path: str | None = None
    size: int | None = None
    modified_ns: int = 0
    trashed: bool = False
    target: str | None = None
    drive_id: str | None = None
    private: bool = False
    shared_with_me: bool = False
    override: Override = field(default_factory=Override)
    digests: dict[str, str] = field(default_factory=dict)
    picture_size: tuple[int, int] | None = None
    picture_size_known: bool = False

    @property
    def is_folder(self) -> bool:
        """Tell folders from everything else."""
        return self.mime_type == FOLDER

    @property
    def is_binary(self) -> bool:
        """Tell whether there are bytes to download."""
        return self.disk_path is not None

    def digest(self, algorithm: str) -> str:
        """Return the hex digest of the bytes ("md5", "sha1", "sha256"), computed once."""
        if algorithm not in self.digests and self.disk_path is not None:
            self.digests[algorithm] = _hash_file(self.disk_path, algorithm)
        return self.digests[algorithm]

    def dimensions(self) -> tuple[int, int] | None:
        """Return width and height in pixels as stored, None when the header tells none."""
        if not self.picture_size_known:
            self.picture_size = _read_dimensions(self.disk_path)
            self.picture_size_known = True
        return self.picture_size


class DriveTree:
    """A folder and all below it, with ids that depend on names alone and so outlive a restart."""

    def __init__(self, root: Path, lies: Sequence[ListingLie] = ()) -> None:
        self.root = root.resolve(strict=True)
        self.lies = lies
        self.files: dict[str, DriveFile] = {}
        self.children: dict[str, list[DriveFile]] = {}
        self.generation = 0
        self._ids: dict[str, str] = {}
        self.scan()

    @property
    def root_id(self) -> str:
        """The id of the served folder."""
        return self.file_id("")

    def file_id(self, path: str) -> str:
        """Return the id of a path relative to the root. Raises KeyError for an unknown one."""
        return self._ids[path]

    def scan(self) -> None:
        """Read folder and sidecar anew; hashes of files that did not change are kept."""
        sidecar = read_sidecar(self.root)
        previous, self.files = self.files, {}
        self.children, self._ids = {}, {}
        for file in self._walk(sidecar):
            self._keep_digests(file, previous.get(file.id))
            self._add(file)
        for file in self._extras(sidecar):
            self._add(file)
        self.generation += 1

    def move(self, file: DriveFile, folder: DriveFile) -> None:
        """Put a file into another folder, as somebody may do while the tree is listed."""
        assert file.parent_id is not None
        self.children[file.parent_id].remove(file)
        file.parent_id = folder.id
        self.children[folder.id].append(file)
        self.generation += 1

    def _add(self, file: DriveFile) -> None:
        if file.id in self.files:
            raise ValueError(f"{file.path!r} and {self.files[file.id].path!r} have one id")
        if file.is_binary:
            self._lie(file)
        self.files[file.id] = file
        self._ids[file.path] = file.id
        if file.is_folder:
            self.children[file.id] = []
        if file.parent_id is not None:
            self.children[file.parent_id].append(file)

    def _lie(self, file: DriveFile) -> None:
        """Let the listing say what is not so; what the sidecar declares still counts."""
        for lie in self.lies:
            if lie.tells_of(file.id):
                fields = lie.fields(file.id, file.size or 0)
                values = {**fields, **file.override.values}
                file.override = replace(file.override, values=values)

    @staticmethod
    def _keep_digests(file: DriveFile, before: DriveFile | None) -> None:
        if before and (before.size, before.modified_ns) == (file.size, file.modified_ns):
            file.digests = before.digests
            file.picture_size = before.picture_size
            file.picture_size_known = before.picture_size_known

    def _walk(self, sidecar: Sidecar) -> Iterator[DriveFile]:
        """Yield the root and everything on the disk, each folder before its children."""
        root = self._entry("", self.root.name, None, sidecar)
        root.modified_ns = self.root.stat().st_mtime_ns
        root.mime_type = FOLDER
        yield root
        folders = [root]
        while folders:
            folder = folders.pop()
            for found in self._read_folder(folder, sidecar):
                yield found
                if found.is_folder:
                    folders.append(found)

    def _read_folder(self, folder: DriveFile, sidecar: Sidecar) -> Iterator[DriveFile]:
        with os.scandir(self.root / folder.path) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if not folder.path and entry.name == SIDECAR_NAME:
                    continue
                is_folder = entry.is_dir()
                if not is_folder and not entry.is_file():
                    continue  # a socket, a broken link: nothing that Drive could hold
                path = f"{folder.path}/{entry.name}" if folder.path else entry.name
                file = self._entry(path, entry.name, folder, sidecar)
                status = entry.stat()
                file.modified_ns = status.st_mtime_ns
                if is_folder:
                    file.mime_type = FOLDER
                else:
                    file.disk_path, file.size = entry.path, status.st_size
                yield file

    def _extras(self, sidecar: Sidecar) -> Iterator[DriveFile]:
        """Yield the entries that only the sidecar knows."""
        for extra in (*sidecar.documents, *sidecar.shortcuts):
            folder_path, _, name = extra.path.rpartition("/")
            folder = self.files[self.file_id(folder_path)]
            file = self._entry(extra.path, name, folder, sidecar)
            file.mime_type = extra.mime_type or SHORTCUT
            file.target = self._ids.get(extra.target, extra.target) or None
            yield file

    def _entry(self, path: str, name: str, folder: DriveFile | None, sidecar: Sidecar) -> DriveFile:
        override = sidecar.about(path)
        team = sidecar.shared_drives.get(path)
        of_others = team is not None or path in sidecar.shared_with_me
        return DriveFile(
            id=team or override.id or drive_id(f"{self.root.name}/{path}"),
            name=str(override.values.get("name", name)),
            mime_type=str(override.values.get("mimeType") or mime_type_of(name)),
            parent_id=folder.id if folder and not of_others else None,
            path=path,
            trashed=path in sidecar.trashed or (folder is not None and folder.trashed),
            drive_id=team or (folder.drive_id if folder else sidecar.shared_drive),
            private=of_others or path in sidecar.private or (folder is not None and folder.private),
            shared_with_me=path in sidecar.shared_with_me,
            override=override,
        )


def drive_id(name: str) -> str:
    """Make an id that looks like Drive's: 33 characters that begin with 1."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
    return "1" + base64.urlsafe_b64encode(digest)[:32].decode()


def mime_type_of(name: str) -> str:
    """Guess the type as Drive does on upload: from the name, never from the bytes."""
    return _MIME_TYPES.guess_type(f"x{Path(name).suffix.lower()}")[0] or "application/octet-stream"


def _hash_file(disk_path: str, algorithm: str) -> str:
    # hashlib.file_digest would allocate 256 KiB a file, which dwarfs the hashing of a small one.
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with open(disk_path, "rb", buffering=0) as content:  # noqa: PTH123 - Path costs as much as the hash
        while part := content.read(_HASHED_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()


def _read_dimensions(disk_path: str | None) -> tuple[int, int] | None:
    if disk_path is None:
        return None
    try:
        if disk_path.lower().endswith((".heic", ".heif")):
            width, height = pi_heif.open_heif(disk_path).size
            return width, height
        with Image.open(disk_path) as picture:
            return picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
