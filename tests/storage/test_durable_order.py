"""R8: file to the disk, then its name, then the folder's entry, then the return; seen by strace.

A few files are synced one by one, many with their whole disk (syncfs) where its kind allows that.
"""

import asyncio
import re
import shutil
import sys
from pathlib import Path

import pytest

from pixharbor.storage.keys import original_key
from pixharbor.storage.local_files import TOGETHER
from pixharbor.storage.whole_disk import can_sync_whole_disk

PUT = """
import asyncio, os, sys
from pathlib import Path
from pixharbor.storage.base import NewObject
from pixharbor.storage.local_files import LocalFiles
from pixharbor.storage.signed_links import LinkSigner

store = LocalFiles(Path(sys.argv[1]), LinkSigner(b""), reserve=0)
staged = Path(sys.argv[2])
staged.write_bytes(b"staged")
keys = sys.argv[3:]
bodies = [staged, *(key.encode() for key in keys[1:])]
asyncio.run(
    store.put_many([NewObject(*pair, "image/jpeg") for pair in zip(keys, bodies, strict=True)])
)
os.stat("durable")
"""
CALLS = "trace=write,fsync,syncfs,rename,renameat,renameat2,mkdir,mkdirat,stat,newfstatat"


@pytest.mark.parametrize("count", [3, TOGETHER])
async def test_an_object_is_durable_before_the_store_says_so_r8(tmp_path: Path, count: int) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    keys = [original_key(1, f"{n:02x}" * 32, "jpg") for n in range(count)]
    root, log = tmp_path / "objects", tmp_path / "calls"
    running = await asyncio.create_subprocess_exec(
        strace, "-f", "-y", "-s", "4096", "-e", CALLS, "-o", str(log),
        sys.executable, "-c", f"try:\n{indented(PUT)}\nexcept FileNotFoundError: pass",
        str(root), str(tmp_path / "staged"), *keys,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, told = await running.communicate()
    if b"Operation not permitted" in told:
        pytest.skip("this machine allows no tracing")
    assert running.returncode == 0, told
    calls = finished_calls(log)
    end = next(n for n, call in enumerate(calls) if '"durable"' in call)
    for key in keys:
        named = next(
            n for n, call in enumerate(calls) if f'{key}")' in call and "ENOENT" not in call
        )
        temporary = re.findall(r'"([^"]+)"', calls[named])[0]
        written = max((n for n, call in enumerate(calls) if is_write(call, temporary)), default=0)
        assert is_synced(calls[written:named], temporary, root), f"{key}: the bytes before the name"
        folder = (root / key).parent
        while folder != root.parent:
            assert is_synced(calls[named:end], str(folder), root), f"{key}: {folder} before the end"
            folder = folder.parent
    waits_for_disk = sum(call.startswith("syncfs(") for call in calls)
    is_together = count >= TOGETHER and can_sync_whole_disk(root)
    assert waits_for_disk == (2 if is_together else 0)


def indented(program: str) -> str:
    return "\n".join(f"    {line}" for line in program.splitlines())


def finished_calls(log: Path) -> list[str]:
    """The calls in the order they ended; a call that was interrupted in the log is put together."""
    begun: dict[str, str] = {}
    calls = []
    for line in log.read_text().splitlines():
        thread, _, call = line.partition(" ")
        if call.endswith("<unfinished ...>"):
            begun[thread] = call.removesuffix("<unfinished ...>").strip()
        elif "resumed>" in call:
            calls.append(begun.pop(thread) + call.partition("resumed>")[2])
        else:
            calls.append(call.strip())
    return calls


def is_write(call: str, path: str) -> bool:
    return re.match(rf"write\(\d+<{re.escape(path)}>", call) is not None


def is_synced(calls: list[str], path: str, root: Path) -> bool:
    """By itself, or with the disk of `root`."""
    by_itself = rf"fsync\(\d+<{re.escape(path)}>\) += 0"
    with_its_disk = rf"syncfs\(\d+<{re.escape(str(root))}>\) += 0"
    return any(re.match(f"{by_itself}|{with_its_disk}", call) for call in calls)
