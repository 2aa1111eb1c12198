"""A local folder as Dropbox sees it: entries by path and id, and the links that lead to them."""

import base64
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from pixharbor_emulators.dropbox_sidecar import (
    SIDECAR_NAME,
    Declared,
    DropboxSidecar,
    read_sidecar,
)

# Dropbox hashes each block of 4 MiB, then the hashes.
BLOCK_BYTES: Final = 4 << 20
# How many words of a link's path stand before a path inside of what it leads to.
_WORDS_OF_LINK: Final = {"scl/fo": 4, "scl/fi": 4, "sh": 3, "s": 3}


@dataclass(slots=True, eq=False)
class DropboxEntry:
    """One file or folder. `path` is relative to the served folder; `disk_path` None: no bytes."""

    id: str
    name: str
    path: str
    is_folder: bool
    disk_path: str | None = None
    size: int = 0
    modified_ns: int = 0
    declared: Declared = field(default_factory=Declared)
    children: list["DropboxEntry"] = field(default_factory=list)
    known_hash: str | None = None

    @property
    def mime_type(self) -> str:
        """What Dropbox says of every download, whatever it is."""
        return "application/octet-stream"

    @property
    def rev(self) -> str:
        """Another one for every change of the bytes."""
        seen = f"{self.id} {self.size} {self.modified_ns}"
        return hashlib.sha256(seen.encode()).hexdigest()[:16]

    def content_hash(self) -> str:
        """Return Dropbox's hash of the bytes, computed once."""
        if self.known_hash is None:
            self.known_hash = hash_file(self.disk_path or os.devnull)
        return self.known_hash


class DropboxTree:
    """A folder and all below it; ids come from paths alone and so outlive a restart."""

    def __init__(self, root: Path) -> None:
        self.root_path = root.resolve(strict=True)
        self.sidecar = DropboxSidecar()
        self.by_id: dict[str, DropboxEntry] = {}
        self.generation = 0
        self._by_path: dict[str, DropboxEntry] = {}
        self._by_link: dict[str, DropboxEntry] = {}
        self.scan()

    @property
    def root(self) -> DropboxEntry:
        """The served folder."""
        return self._by_path[""]

    def scan(self) -> None:
        """Read folder and sidecar anew; hashes of files that did not change are kept."""
        self.sidecar = read_sidecar(self.root_path)
        previous, self.by_id = self.by_id, {}
        self._by_path, self._by_link = {}, {}
        for entry in self._walk():
            before = previous.get(entry.id)
            if before and (before.size, before.modified_ns) == (entry.size, entry.modified_ns):
                entry.known_hash = before.known_hash
            self.by_id[entry.id] = entry
            self._by_path[entry.path.lower()] = entry
            self._by_link[_word(entry, "link", 15)] = entry
        self.generation += 1

    def find(self, path: str) -> DropboxEntry | None:
        """Return the entry at a path, with or without slashes around it, in any case."""
        return self._by_path.get(path.strip("/").lower())

    def link(self, path: str = "", *, old: bool = False) -> str:
        """Return the link that a person would paste; `old` is the kind from before 2023."""
        entry = self._by_path[path.lower()]
        word = _word(entry, "link", 15)
        if entry.is_folder:
            last = "AA" + _word(entry, "hash", 22)
            kind = "sh" if old else "scl/fo"
        else:
            last = quote(entry.name)
            kind = "s" if old else "scl/fi"
        query = "?dl=0" if old else f"?rlkey={_word(entry, 'rlkey', 25)}&st=a1b2c3d4&dl=0"
        return f"https://www.dropbox.com/{kind}/{word}/{last}{query}"

    def follow(self, link: str) -> DropboxEntry | None:
        """Return what a link leads to, None for one that leads nowhere."""
        parts = urlsplit(link)
        words = parts.path.strip("/").split("/")
        kind = "/".join(words[:2]) if words[0] == "scl" else words[0]
        if parts.hostname not in ("www.dropbox.com", "dropbox.com") or kind not in _WORDS_OF_LINK:
            return None
        length = _WORDS_OF_LINK[kind]
        found = self._by_link.get(words[length - 2]) if len(words) >= length - 1 else None
        if found is None or found.is_folder != (kind in ("scl/fo", "sh")):
            return None
        if kind.startswith("scl/"):
            key = dict(parse_qsl(parts.query)).get("rlkey")
            if key != _word(found, "rlkey", 25):
                return None
        below = "/".join(map(unquote, words[length:]))
        return self.find(f"{found.path}/{below}") if below else found

    def _walk(self) -> Iterator[DropboxEntry]:
        """Yield the root and everything below, each folder before its children."""
        root = self._entry("", self.root_path.name, is_folder=True)
        yield root
        folders = [root]
        while folders:
            folder = folders.pop()
            folder.children = list(self._read_folder(folder))
            yield from folder.children
            folders += [child for child in folder.children if child.is_folder]

    def _read_folder(self, folder: DropboxEntry) -> Iterator[DropboxEntry]:
        with os.scandir(self.root_path / folder.path) as found:
            for each in sorted(found, key=lambda each: each.name.lower()):
                is_folder = each.is_dir()
                if (not folder.path and each.name == SIDECAR_NAME) or not (
                    is_folder or each.is_file()
                ):
                    continue
                entry = self._entry(_join(folder.path, each.name), each.name, is_folder=is_folder)
                status = each.stat()
                entry.modified_ns = status.st_mtime_ns
                if not is_folder:
                    entry.disk_path, entry.size = each.path, status.st_size
                yield entry
        for paper in self.sidecar.papers:
            place, _, name = paper.rpartition("/")
            if place == folder.path:
                yield self._entry(paper, name, is_folder=False)

    def _entry(self, path: str, name: str, *, is_folder: bool) -> DropboxEntry:
        declared = self.sidecar.about(path)
        known_as = path if declared.was is None else declared.was
        digest = hashlib.sha256(f"{self.root_path.name}/{known_as}".encode()).digest()
        entry_id = "id:" + base64.urlsafe_b64encode(digest)[:22].decode()
        return DropboxEntry(entry_id, name, path, is_folder, declared=declared)


def hash_file(disk_path: str) -> str:
    """Return Dropbox's content hash of a file, in hexadecimal."""
    blocks = hashlib.sha256()
    with open(disk_path, "rb", buffering=0) as content:  # noqa: PTH123 - Path costs as much as the hash
        while block := content.read(BLOCK_BYTES):
            blocks.update(hashlib.sha256(block).digest())
    return blocks.hexdigest()


def _word(entry: DropboxEntry, what: str, length: int) -> str:
    """Return a word of small letters and digits that looks drawn and depends on the id alone."""
    digest = hashlib.sha256(f"{what} {entry.id}".encode()).digest()
    return base64.b32encode(digest).decode().lower()[:length]


def _join(folder_path: str, name: str) -> str:
    return f"{folder_path}/{name}" if folder_path else name
