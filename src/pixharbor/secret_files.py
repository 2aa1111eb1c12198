"""Settings whose values lie in files: NAME_FILE=/path/to/it, or a file in /run/secrets."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pixharbor.errors import SettingError

SECRETS = Path("/run/secrets")  # where Docker, Podman and Kubernetes conventionally put them


@dataclass(frozen=True, slots=True)
class FileValue:
    """What a file says, and which file."""

    text: str
    path: Path


def read_secret_files(
    names: Iterable[str], given: Mapping[str, str | None], folder: Path | None
) -> dict[str, FileValue]:
    """The values of `names` (lower case) that lie in files.

    `given` are the variables of the environment and .env by lower-case name: NAME_FILE there wins
    over `folder`/name. Raises SettingError for NAME beside NAME_FILE, and for a file that cannot
    be read or is empty: a secret that is silently missing would be replaced by a guess.
    """
    found = {}
    for name in names:
        named = given.get(f"{name}_file")
        if named and given.get(name):
            raise SettingError(
                f"{name.upper()}: is given itself and as {name.upper()}_FILE; keep one of them"
            )
        path = Path(named) if named else folder and folder / name
        if path and (text := _read(path, f"{name.upper()}_FILE", required=bool(named))):
            found[name] = FileValue(text, path)
    return found


def _read(path: Path, setting: str, *, required: bool) -> str:
    """The file's text without the newline that editors end it with; "" where none must be."""
    try:
        text = path.read_text("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        if not required:
            return ""
        raise _unusable(path, setting, str(error.strerror)) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise _unusable(path, setting, str(reason)) from error
    if not text:
        raise _unusable(path, setting, "it is empty")
    return text


def _unusable(path: Path, setting: str, reason: str) -> SettingError:
    user = f"user {os.getuid()}" if hasattr(os, "getuid") else "this user"
    return SettingError(
        f"{setting}: cannot use {str(path)!r} ({reason}); expected a file with the value in it, "
        f"which {user} may read"
    )
