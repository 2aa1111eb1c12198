"""The store in a folder: the port's contract, and what a disk can do to it."""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from contracts.store_suite import KEY, OTHER, StoreSuite, of, read
from fastapi import FastAPI

from pixharbor.errors import SettingError
from pixharbor.problems import answer_problems
from pixharbor.storage.base import StoreError, StoreFull
from pixharbor.storage.local_files import LEFTOVER_SECONDS, SWEPT, LocalFiles
from pixharbor.storage.registry import open_store
from pixharbor.storage.serve_files import files_router
from pixharbor.storage.settings import StorageSettings
from pixharbor.storage.signed_links import LinkSigner

SIGNER = LinkSigner(b"a secret of the tests")
PUT_ONE_KEY = """
import asyncio, sys
from pathlib import Path
from pixharbor.storage.base import NewObject
from pixharbor.storage.local_files import LocalFiles
from pixharbor.storage.signed_links import LinkSigner

store = LocalFiles(Path(sys.argv[1]), LinkSigner(b""), reserve=0)
sys.stdin.readline()
new = NewObject(sys.argv[2], b"the same bytes" * 100_000, "image/jpeg")
for _ in range(20):
    asyncio.run(store.put_many([new]))
    asyncio.run(store.delete_many([new.key]))
asyncio.run(store.put_many([new]))
"""


def local_store(root: Path, *, reserve: int = 0) -> LocalFiles:
    return LocalFiles(root, SIGNER, reserve=reserve)


def files_below(root: Path) -> set[str]:
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    return files - {SWEPT}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "objects"


@pytest.fixture
def store(root: Path) -> Iterator[LocalFiles]:
    store = local_store(root)
    yield store
    store.close()


@pytest.fixture
async def browser(store: LocalFiles) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(files_router(store, SIGNER))
    answer_problems(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://harbour") as client:
        yield client


class TestLocalFiles(StoreSuite):
    """The contract, kept by a folder."""


async def test_an_object_that_is_there_is_left_as_it_is(store: LocalFiles) -> None:
    await store.put_many([of(KEY, b"first")])
    await store.put_many([of(KEY, b"again")])
    assert await read(store, KEY) == b"first"


async def test_a_staged_file_is_moved_and_not_copied(store: LocalFiles, tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    staged.write_bytes(b"large")
    inode = staged.stat().st_ino
    await store.put_many([of(KEY, staged)])
    assert (store.root / KEY).stat().st_ino == inode
    assert not staged.exists()


async def test_a_file_staged_on_another_disk_is_copied(store: LocalFiles, elsewhere: Path) -> None:
    staged = elsewhere / "staged"
    staged.write_bytes(b"large")
    await store.put_many([of(KEY, staged)])
    assert await read(store, KEY) == b"large"


async def test_nothing_is_left_in_the_antechamber(store: LocalFiles) -> None:
    await store.put_many([of(KEY, b"one"), of(OTHER, b"two"), of(KEY, b"one")])
    assert files_below(store.root) == {KEY, OTHER}


async def test_a_reserve_of_the_disk_is_kept_free(root: Path) -> None:
    free = os.statvfs(root.parent).f_bavail * os.statvfs(root.parent).f_frsize
    store = local_store(root, reserve=2 * free)
    with pytest.raises(StoreFull, match="MiB are kept in reserve"):
        await store.put_many([of(KEY, b"one")])
    assert files_below(root) == set()
    store.close()


@pytest.mark.parametrize("size", [3_000_000, 30_000_000])
async def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    store: LocalFiles, size: int
) -> None:
    """A write that reaches the limit writes a part first and says nothing, as a full disk does."""
    await store.put_many([of(OTHER, b"kept before")])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
    try:
        with pytest.raises(StoreError):
            await store.put_many([of(KEY, b"x" * size)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files_below(store.root) == {OTHER}
    await store.put_many([of(KEY, b"x" * size)])  # cured
    assert await store.size(KEY) == size


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


async def test_a_disk_that_is_full_says_so_and_goes_on_when_there_is_room_r9(
    small_disk: Path,
) -> None:
    store = local_store(small_disk / "objects")
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 700_000)
    store._reserve = -(1 << 30)  # as if the room had gone between the look and the write
    with pytest.raises(StoreFull) as told:
        await store.put_many([of(KEY, os.urandom(500_000)), of(OTHER, b"small")])
    assert "STORAGE_URL" in told.value.cure
    assert files_below(store.root) <= {OTHER}
    filler.unlink()
    body = os.urandom(500_000)
    await store.put_many([of(KEY, body)])
    assert await read(store, KEY) == body
    store.close()


async def test_a_store_that_cannot_be_written_is_an_error_that_says_so(store: LocalFiles) -> None:
    (store.root / "originals").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="could not be kept") as told:
        await store.put_many([of(KEY, b"one")])
    assert not isinstance(told.value, StoreFull)
    assert files_below(store.root) == {"originals"}


async def test_a_disk_error_at_fsync_leaves_nothing_behind_r9(
    store: LocalFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        with pytest.raises(StoreError, match="Input/output error"):
            await store.put_many([of(KEY, b"one")])
    assert files_below(store.root) == set()
    await store.put_many([of(KEY, b"one")])
    assert await store.size(KEY) == 3


async def test_a_store_whose_disk_has_gone_is_an_error_of_the_store(store: LocalFiles) -> None:
    """Not of the task: that would count as a crash of the chunk and fail innocent files."""
    store.root.rename(store.root.with_name("unplugged"))
    with pytest.raises(StoreError):
        await store.put_many([of(KEY, b"one")])


def test_what_killed_processes_left_half_written_is_swept_after_an_hour(root: Path) -> None:
    local_store(root).close()
    folder = (root / KEY).parent
    folder.mkdir(parents=True)
    old, fresh, stored = folder / ".old", folder / ".fresh", folder / "old.jpg"
    an_hour_ago = time.time() - LEFTOVER_SECONDS - 1
    for path in (old, fresh, stored):
        path.write_bytes(b"half")
    for path in (old, stored):
        os.utime(path, (an_hour_ago, an_hour_ago))
    local_store(root).close()
    assert old.exists(), "it was swept a moment ago"
    os.utime(root / SWEPT, (an_hour_ago, an_hour_ago))
    local_store(root).close()
    assert (old.exists(), fresh.exists(), stored.exists()) == (False, True, True)


async def test_half_written_files_are_no_objects(store: LocalFiles) -> None:
    await store.put_many([of(KEY, b"one")])
    (store.root / KEY).with_name(".half").write_bytes(b"h")
    assert [key async for key in store.keys("")] == [KEY]


async def test_two_processes_may_write_the_same_key(store: LocalFiles) -> None:
    root = store.root
    running = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", PUT_ONE_KEY, str(root), KEY,
            stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    ends = await asyncio.gather(*(process.communicate(b"go\n") for process in running))
    assert [process.returncode for process in running] == [0, 0], ends
    assert files_below(root) == {KEY}
    assert (root / KEY).read_bytes() == b"the same bytes" * 100_000


async def test_the_setting_names_the_store(tmp_path: Path) -> None:
    settings = StorageSettings(storage_url=f"file://{tmp_path}/objects")
    async with open_store(settings, SIGNER) as store:
        assert isinstance(store, LocalFiles)
        assert store.root == tmp_path / "objects"


async def test_an_unknown_kind_of_store_names_the_setting_and_the_known_ones() -> None:
    with pytest.raises(SettingError, match="STORAGE_URL: cannot use 'ftp'; expected one of file"):
        open_store(StorageSettings(storage_url="ftp://somewhere"), SIGNER)


async def test_a_folder_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = StorageSettings(storage_url=f"file://{tmp_path}/file/objects")
    with pytest.raises(SettingError, match=r"STORAGE_URL: cannot write to .*Not a directory"):
        async with open_store(settings, SIGNER):
            pass
