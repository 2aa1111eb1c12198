"""Many files with two waits for their disk: what survives a power cut, and where it is not done."""

import ctypes
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from contracts.store_suite import of

from pixharbor import file_systems
from pixharbor.storage import local_files, whole_disk
from pixharbor.storage.base import StoreError
from pixharbor.storage.keys import original_key
from pixharbor.storage.local_files import TOGETHER, LocalFiles
from pixharbor.storage.signed_links import LinkSigner
from pixharbor.storage.whole_disk import KINDS, can_sync_whole_disk

KEYS = [original_key(1, f"{n:02x}" * 32, "jpg") for n in range(3 * TOGETHER)]
DISK_BYTES = 320 << 20  # the least that mkfs.xfs takes is 300 MiB


def body_of(key: str) -> bytes:
    return key.encode() * 500


def open_folder(root: Path) -> LocalFiles:
    return LocalFiles(root, LinkSigner(b""), reserve=0)


def run(*command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, check=False, capture_output=True, timeout=60)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """An empty folder to mount a disk on."""
    place = tmp_path / "mounted"
    place.mkdir()
    yield place
    run("umount", "-l", str(place))


def mount(disk: Path, place: Path) -> None:
    if os.geteuid() != 0 or run("mount", "-o", "loop", str(disk), str(place)).returncode:
        pytest.skip("only root may mount a disk of its own, where the machine has loop devices")


@pytest.mark.parametrize(
    ("kind", "count"), [("ext4", TOGETHER - 1), *((kind, len(KEYS)) for kind in sorted(KINDS))]
)
async def test_a_power_cut_after_the_put_takes_nothing_r8(
    tmp_path: Path, place: Path, kind: str, count: int
) -> None:
    """What the disk holds at that moment, and nothing of the machine's memory, has every file."""
    disk, without_power = tmp_path / "disk", tmp_path / "without power"
    disk.touch()
    os.truncate(disk, DISK_BYTES)
    if shutil.which(f"mkfs.{kind}") is None or run(f"mkfs.{kind}", "-q", str(disk)).returncode:
        pytest.skip(f"mkfs.{kind} is not installed")
    mount(disk, place)
    store = open_folder(place / "objects")
    assert can_sync_whole_disk(store.root)
    await store.put_many([of(key, body_of(key)) for key in KEYS[:count]])
    shutil.copyfile(disk, without_power)
    store.close()
    assert run("umount", str(place)).returncode == 0
    assert run("mount", "-o", "loop", str(without_power), str(place)).returncode == 0
    for key in KEYS[:count]:
        assert (store.root / key).read_bytes() == body_of(key)


async def test_files_that_lie_on_another_disk_are_synced_one_by_one(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has put the originals where there is more room, and left a link."""
    store = open_folder(tmp_path / "objects")
    (store.root / "originals").symlink_to(elsewhere)
    synced: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", synced.append)
        await store.put_many([of(key, body_of(key)) for key in KEYS])
    assert len(synced) > 2 * len(KEYS), "each file and each folder"
    assert (elsewhere / KEYS[0].removeprefix("originals/")).read_bytes() == body_of(KEYS[0])
    store.close()


@pytest.mark.parametrize("broken_at", [1, 2])
async def test_what_the_disk_could_not_take_is_told_and_comes_with_the_next_put_r9(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken_at: int
) -> None:
    store = open_folder(tmp_path / "objects")
    if not can_sync_whole_disk(store.root):
        pytest.skip("this folder's file system is waited for file by file")
    waits = 0
    wait = whole_disk.WholeDisk.sync

    def break_once(disk: whole_disk.WholeDisk) -> None:
        nonlocal waits
        waits += 1
        if waits == broken_at:
            raise OSError(5, "Input/output error")
        wait(disk)

    monkeypatch.setattr(whole_disk.WholeDisk, "sync", break_once)
    objects = [of(key, body_of(key)) for key in KEYS]
    with pytest.raises(StoreError, match="Input/output error"):
        await store.put_many(objects)
    left = [path for path in store.root.rglob(".*") if path.name != local_files.SWEPT]
    assert left == [], "temporary files"
    assert any(store.root.rglob("*.jpg")) == (broken_at == 2), "no name before its bytes"
    await store.put_many(objects)
    assert [(store.root / key).read_bytes() for key in KEYS] == [body_of(key) for key in KEYS]
    store.close()


def test_a_wait_that_fails_says_why(tmp_path: Path) -> None:
    if not hasattr(ctypes.CDLL(None), "syncfs"):
        pytest.skip("this system has no syncfs")
    closed = os.open(tmp_path, os.O_RDONLY)
    os.close(closed)
    with pytest.raises(OSError, match="Bad file descriptor"):
        whole_disk.WholeDisk(closed, 0).sync()


@pytest.mark.parametrize(
    ("release", "kind", "is_waited_for"),
    [
        ("6.18.44", "ext4", True),
        ("5.8.0-63-generic", "xfs", True),
        ("5.4.0-216-generic", "ext4", False),
        ("6.18.44", "fuse.sshfs", False),
        ("6.18.44", "overlay", False),
        ("6.18.44", "nfs4", False),
        ("unknown", "ext4", False),
    ],
)
def test_only_disks_that_keep_the_promise_are_waited_for_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str, kind: str, is_waited_for: bool
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / {kind} rw 0 0\n")
    monkeypatch.setattr(file_systems, "MOUNTS", mounts)
    monkeypatch.setattr(platform, "release", lambda: release)
    assert can_sync_whole_disk(tmp_path) == is_waited_for
