"""What a plain folder cannot say about itself: the `.dropbox.json` beside the files.

{
  "link": {"password": "tide", "allow_download": false, "expires": "2030-01-01T00:00:00Z"},
  "files": {"trip/a.jpg": {"was": "trip/old.jpg", "content_hash": "00…", "fault": "flipped:1"}},
  "folders": {"secret": {"fault": "forbidden"}},
  "papers": ["trip/plan.paper"]
}
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SIDECAR_NAME = ".dropbox.json"


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared about one path.

    `was` is the path that its id comes from: a renamed or moved file keeps its id. `fault` is an
    act of dropbox_faults.py. `values` replace fields of the metadata; None takes a field away.
    """

    was: str | None = None
    fault: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkRules:
    """What the owner of the links has set: all links of the served tree have the same rules."""

    password: str | None = None
    allow_download: bool = True
    expires: str | None = None


@dataclass(frozen=True, slots=True)
class DropboxSidecar:
    """The whole declaration; paths are relative to the served folder. `papers` have no bytes."""

    link: LinkRules = field(default_factory=LinkRules)
    entries: dict[str, Declared] = field(default_factory=dict)
    papers: tuple[str, ...] = ()

    def about(self, path: str) -> Declared:
        """Return what is declared about a path; nothing declared is empty."""
        return self.entries.get(path) or Declared()


def read_sidecar(root: Path) -> DropboxSidecar:
    """Read `root/.dropbox.json`; a folder without one gets the empty declaration.

    Raises ValueError naming a key that means nothing.
    """
    try:
        declared = json.loads((root / SIDECAR_NAME).read_bytes())
    except FileNotFoundError:
        return DropboxSidecar()
    known = {"link", "files", "folders", "papers"}
    if unknown := set(declared) - known:
        raise ValueError(f"{SIDECAR_NAME}: unknown key {min(unknown)!r}; known are {sorted(known)}")
    try:
        rules = LinkRules(**declared.get("link", {}))
    except TypeError as error:
        raise ValueError(f"{SIDECAR_NAME}: link: {error}") from None
    about = declared.get("folders", {}) | declared.get("files", {})
    return DropboxSidecar(
        link=rules,
        entries={path: _declared(values) for path, values in about.items()},
        papers=tuple(declared.get("papers", ())),
    )


def _declared(about: dict[str, Any]) -> Declared:
    values = dict(about)
    return Declared(was=values.pop("was", None), fault=values.pop("fault", None), values=values)
