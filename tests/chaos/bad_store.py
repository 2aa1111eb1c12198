"""R9: a store that is full, read-only, broken or slow: no row without its object, and then on."""

import asyncio
import os
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from chaos.album import Album, write_album
from chaos.results import Result
from chaos.site import Site, Yard
from chaos.stacks import Folder, Objects
from servers.faulty_proxy import Fault, FaultyProxy, running_faulty_proxy

FAULTS = ("slow:seconds=1",)
WORKERS = 4
FILES = 2000
DISK = "64m"
SICK_SECONDS = 6
# A store that refused is tried again after 30 s; one that keeps silent is given up after 90.
WELL_SECONDS = 200
S3_FAULTS = {
    "answered 500": Fault("status"),
    "answered 503": Fault("status", status=503, code="SlowDown"),
    "answered 507": Fault("status", status=507, code="QuotaExceeded"),
    "reset connections": Fault("reset"),
    "reset them once it had written": Fault("lose"),
    "cut its answers": Fault("cut"),
    "was 3 s slow": Fault("slow", seconds=3),
    "was silent": Fault("hang"),
}


@dataclass(frozen=True, slots=True)
class Illness:
    """What befalls a store, and what makes it well again."""

    name: str
    begin: Callable[[], Awaitable[object]]
    end: Callable[[], Awaitable[object]]
    met: Callable[[Site], int]  # how often it has been felt, at all


async def bear_a_bad_store(yard: Yard) -> Sequence[Result]:
    """Let the store fall ill again and again while an import runs."""
    files = min(FILES, yard.options.files)
    album = write_album(yard.options.work / f"album-{files}", files)
    if yard.stack.s3:
        async with running_faulty_proxy(yard.stack.s3.url) as proxy:
            illnesses = [_of_proxy(proxy, *each) for each in S3_FAULTS.items()]
            where = "the S3 server behind a faulty proxy"
            return [await _suffer(yard, album, where, illnesses, S3_ENDPOINT_URL=proxy.url)]
    if os.geteuid() != 0:
        return [Result("R9", "not run: only root can mount a small disk", "nothing", holds=False)]
    disk = yard.options.work / "disk"
    results = []
    for where, settings in _places(disk, with_rows=not yard.stack.machines).items():
        with _small_disk(disk):
            illnesses = [_full(disk)]
            if "DATABASE_URL" not in settings:  # a disk with open files stays writable
                illnesses.append(_read_only(disk))
            seen = Folder(disk / "objects")
            found = await _suffer(yard, album, where, illnesses, objects=seen, **settings)
            results.append(found)
    return results


def _places(disk: Path, *, with_rows: bool) -> dict[str, dict[str, str]]:
    """What lies on the small disk."""
    objects = {"STORAGE_URL": f"file://{disk}/objects", "STORAGE_RESERVE": "0"}
    if not with_rows:
        return {"a disk of its own for objects": objects}
    everything = objects | {"DATABASE_URL": f"sqlite:///{disk}/rows.db"}
    return {
        "a disk of its own for objects": objects,
        "one disk for objects and rows": everything,
        "one disk for both, 8 MiB of it in reserve": everything | {"STORAGE_RESERVE": "8MiB"},
    }


async def _suffer(
    yard: Yard,
    album: Album,
    where: str,
    illnesses: Iterable[Illness],
    *,
    objects: Objects | None = None,
    **settings: str,
) -> Result:
    """One import through all of them, each when the import has got on a little."""
    missing, told, unfelt = 0, [], 0
    async with yard.site(
        album, faults=FAULTS, workers=WORKERS, objects=objects, **settings
    ) as site:
        job_id = await site.start_import()
        for illness in illnesses:
            await site.downloads(site.drive.counts.downloads + album.files / 20, job_id)
            felt = illness.met(site)
            await illness.begin()
            missing += await _look_on(site)
            before = site.last[job_id].settled
            await illness.end()
            seconds = await _until_well(site, job_id, before)
            felt = illness.met(site) - felt
            unfelt += not felt
            told.append(f"{illness.name} ({felt} times felt, on after {seconds:.0f} s)")
        end = await site.finish(job_id, seconds=300)
        zeros = await site.count_zeros()
    return Result(
        "R9",
        f"{album.files:,} files, {where}: {SICK_SECONDS} s each it {'; '.join(told)}",
        f"{missing} rows without an object at any look; {zeros}; job {end.state}",
        not missing and not unfelt and zeros.hold and end.state == "completed",
    )


async def _look_on(site: Site) -> int:
    """Rows first, then objects: an object that is missing then was missing when its row came."""
    missing = 0
    for _ in range(SICK_SECONDS):
        keys = {key for _, key, _ in await site.books.images()}
        missing += len(keys - await asyncio.to_thread(site.objects.keys))
        await asyncio.sleep(1)
    return missing


async def _until_well(site: Site, job_id: UUID, settled: int) -> float:
    began = time.monotonic()
    await site.until(
        job_id, lambda job: job.settled > settled or not job.pending, seconds=WELL_SECONDS
    )
    return time.monotonic() - began


def _of_proxy(proxy: FaultyProxy, name: str, fault: Fault) -> Illness:
    async def begin() -> None:
        proxy.inject(fault)

    async def end() -> None:
        proxy.cure()

    return Illness(name, begin, end, lambda _: fault.met)


def _full(disk: Path) -> Illness:
    """Not a byte more fits."""
    ballast = disk / "ballast"

    def fill() -> None:
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    return Illness("was full", _in_thread(fill), _in_thread(ballast.unlink), _count_pauses)


def _read_only(disk: Path) -> Illness:
    """As a kernel makes a disk that it no longer trusts."""

    def remount(how: str) -> None:
        for _ in range(500):  # not while a file is open for writing
            if _mount("-o", f"remount,{how}", str(disk)):
                return
            time.sleep(0.01)  # busy for as long as a file is being written
        raise AssertionError(f"{disk} could not be remounted {how}")

    return Illness(
        "was read-only", _in_thread(remount, "ro"), _in_thread(remount, "rw"), _count_pauses
    )


def _count_pauses(site: Site) -> int:
    return site.fleet.said("job.paused")


def _in_thread(act: Callable[..., object], *arguments: str) -> Callable[[], Awaitable[object]]:
    return partial(asyncio.to_thread, act, *arguments)


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """A disk in memory, which can be full without harm to anybody."""
    folder.mkdir()
    assert _mount("-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0
