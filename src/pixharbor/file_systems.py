"""Which kind of file system a path lies on, by the system's own table of mounts."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")


def kind_of_file_system(path: Path) -> str:
    """Its name there, such as ext4 or nfs4; empty where nobody tells (only Linux does)."""
    try:
        lines = MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return ""
    path, kinds = path.resolve(), {}
    for line in lines:
        _device, place, kind, *_ = line.split(" ")
        kinds[Path(re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), place))] = kind
    return next((kinds[folder] for folder in (path, *path.parents) if folder in kinds), "")
