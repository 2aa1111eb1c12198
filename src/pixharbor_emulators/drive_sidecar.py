"""What a plain folder cannot say about itself: the `.drive.json` beside the files.

{
  "files": {"trip/a.jpg": {"name": "twin.jpg", "md5Checksum": "00…", "fault": "truncated:1"}},
  "folders": {"": {"resourceKey": "0-abc"}, "secret": {"fault": "forbidden"}},
  "shortcuts": [{"path": "trip/to a", "target": "a.jpg"}],
  "documents": [{"path": "plan", "mimeType": "application/vnd.google-apps.document"}],
  "trashed": ["old.jpg"],
  "shared_drive": "0AShared",
  "private": ["diary"],
  "shared_with_me": ["from anna"],
  "shared_drives": {"team": "0ATeamDrive0000UkPVA"}
}
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

SIDECAR_NAME = ".drive.json"


@dataclass(frozen=True, slots=True)
class Override:
    """What is declared about one path.

    `fault` is a file fault of faults.py. `values` replace fields of the Drive resource word for
    word, whatever the truth is; None takes a field away.
    """

    id: str | None = None
    fault: str | None = None
    resource_key: str | None = None
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extra:
    """An entry that is not on the disk: a shortcut (`target` is a path or an id) or a document."""

    path: str
    mime_type: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The whole declaration; paths are relative to the served folder, "" is that folder itself.

    With a `shared_drive` (its id) everything lies in that shared drive. `private` is for signed-in
    callers alone, with all below it; `shared_with_me` (folders or files of others) and
    `shared_drives` (folders that are one each, with its id) are so too, and not in My Drive.
    """

    files: dict[str, Override] = field(default_factory=dict)
    folders: dict[str, Override] = field(default_factory=dict)
    shortcuts: tuple[Extra, ...] = ()
    documents: tuple[Extra, ...] = ()
    trashed: frozenset[str] = frozenset()
    shared_drive: str | None = None
    private: frozenset[str] = frozenset()
    shared_with_me: frozenset[str] = frozenset()
    shared_drives: dict[str, str] = field(default_factory=dict)

    def about(self, path: str) -> Override:
        """Return what is declared about a path; nothing declared is an empty override."""
        return self.files.get(path) or self.folders.get(path) or Override()


def read_sidecar(root: Path) -> Sidecar:
    """Read `root/.drive.json`; a folder without one gets the empty declaration.

    Raises ValueError naming a key that means nothing.
    """
    try:
        declared = json.loads((root / SIDECAR_NAME).read_bytes())
    except FileNotFoundError:
        return Sidecar()
    known = {"files", "folders", "shortcuts", "documents", "trashed", "shared_drive"}
    known |= {"private", "shared_with_me", "shared_drives"}
    if unknown := set(declared) - known:
        raise ValueError(f"{SIDECAR_NAME}: unknown key {min(unknown)!r}; known are {sorted(known)}")
    return Sidecar(
        files={path: _override(about) for path, about in declared.get("files", {}).items()},
        folders={path: _override(about) for path, about in declared.get("folders", {}).items()},
        shortcuts=tuple(
            Extra(path=each["path"], target=each["target"])
            for each in declared.get("shortcuts", ())
        ),
        documents=tuple(
            Extra(
                path=each["path"],
                mime_type=each.get("mimeType", "application/vnd.google-apps.document"),
            )
            for each in declared.get("documents", ())
        ),
        trashed=frozenset(declared.get("trashed", ())),
        shared_drive=declared.get("shared_drive"),
        private=frozenset(declared.get("private", ())),
        shared_with_me=frozenset(declared.get("shared_with_me", ())),
        shared_drives=dict(declared.get("shared_drives", {})),
    )


def _override(about: dict[str, object]) -> Override:
    values = dict(about)
    words = {key: values.pop(key, None) for key in ("id", "fault", "resourceKey")}
    return Override(
        id=_text(words["id"]),
        fault=_text(words["fault"]),
        resource_key=_text(words["resourceKey"]),
        values=values,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
