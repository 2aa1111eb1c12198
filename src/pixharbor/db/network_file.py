"""SQLite's file on a network file system: a warning, and one machine at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import structlog

from pixharbor.errors import SettingError
from pixharbor.file_systems import kind_of_file_system

log = structlog.get_logger()

NETWORKS = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "lustre", "beegfs", "gpfs"),
    *("fuse.sshfs", "fuse.glusterfs", "fuse.cephfs", "fuse.rclone", "fuse.s3fs"),
}


def find_network(path: Path) -> str | None:
    """The kind of network file system that a path lies on; None for a local one or if unknown."""
    kind = kind_of_file_system(path)
    return kind if kind in NETWORKS else None


def warn_of(kind: str) -> str:
    """What is to be known of SQLite there."""
    return (
        f"SQLite's file is on a network file system ({kind}): only one machine may use it, and a "
        "cut connection can damage it; put DATA_DIR on a local disk, or use postgresql://"
    )


@contextmanager
def claim_for_machine(path: Path, machine: str) -> Iterator[None]:
    """Use the file until the block ends, with other processes of this machine and with no others.

    SQLite's WAL lives in memory that processes of one machine share: a second machine would not
    see it, and write over it. Locks do go over the network. Raises SettingError.
    """
    kind = find_network(path)
    if kind is None:
        yield
        return
    log.warning("database.on_network", says=warn_of(kind))
    with Path(f"{path}-machine").open("a+") as lock:
        other = _claim(lock, machine)
        if other != machine:
            raise SettingError(
                f"DATABASE_URL: {path} is in use by the machine {other}; SQLite cannot be shared "
                "between machines: stop pixharbor there, or use postgresql://"
            )
        yield


def _claim(lock: IO[str], machine: str) -> str:
    """Whose the file is from now on: whoever comes first writes its name, all share the lock."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        lock.truncate(0)
        lock.write(machine)
        lock.flush()
    fcntl.flock(lock, fcntl.LOCK_SH)
    lock.seek(0)
    return lock.read()
