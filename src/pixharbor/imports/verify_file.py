"""Verify a file's bytes before they count: size, checksums, and what kind of file they are."""

import asyncio
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pixharbor.imaging import formats
from pixharbor.imaging.formats import Format
from pixharbor.imaging.inspect import Header, read_header
from pixharbor.imaging.limits import ImagingSettings, check_limits
from pixharbor.imaging.sniff import SNIFF_BYTES, sniff
from pixharbor.imports.pending_items import PendingItem
from pixharbor.jobs.states import REASONS, ItemState
from pixharbor.sources.checksums import new_checksum

BLOCK_BYTES = 1 << 20
# A body up to this size is verified where it arrives: a thread that takes turns with the event loop
# costs 100 µs, and a picture of 45 kB takes 70. One that is made to hurt holds the loop for 0.1 s.
IN_PLACE_BYTES = 256 << 10
# Hashing lets go of the interpreter lock, so two threads keep two cores busy.
THREADS = 2


class Content(NamedTuple):
    """Verified bytes of an image: how many, their hash, and what their header says."""

    size: int
    sha256: str
    header: Header
    source_checksum_mismatch: bool = False


class Verdict(NamedTuple):
    """What the bytes are found to be. `agrees`: they are what the source's listing promised.

    Bytes that do not agree are fetched again; the same bytes twice make the verdict final.
    With a `content` they are to be kept.
    """

    state: ItemState
    reason: str | None
    message: str | None
    sha256: str
    agrees: bool
    content: Content | None = None


class Verifier:
    """Gives each body its verdict; shared by all chunks of the process."""

    def __init__(self, settings: ImagingSettings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="verify")

    async def verify(self, item: PendingItem, body: bytes | Path, seen: str | None) -> Verdict:
        """The verdict on `body`; see verify_file."""
        verify = partial(verify_file, item, body, seen=seen, settings=self._settings)
        if isinstance(body, bytes) and len(body) <= IN_PLACE_BYTES:
            return verify()
        return await asyncio.get_running_loop().run_in_executor(self._threads, verify)


def verify_file(
    item: PendingItem, body: bytes | Path, *, seen: str | None, settings: ImagingSettings
) -> Verdict:
    """Hold the bytes against the listing, then look at them. Reads every byte once.

    `seen` is the hash of an earlier body that did not agree: the same again, whole and readable,
    is kept with a flag, for some sources state wrong checksums (Google Photos).
    """
    size, sha256, stated_checksum_holds = _measure(body, item.checksum)
    form = sniff(_first_bytes(body))
    right_size = item.size is None or size == item.size
    if not right_size or not stated_checksum_holds:
        if sha256 == seen and right_size and form is not None and form.is_image:
            return _judge_image(body, size, sha256, settings, mismatch=True)
        return _disagreement(item, size, sha256, form)
    if size == 0:
        return _skipped("empty", sha256)
    if form is not None and form.is_image:
        return _judge_image(body, size, sha256, settings, mismatch=False)
    if form is formats.HTML and item.size is None and item.checksum is None:
        return _disagreement(item, size, sha256, form)  # nothing was promised, and a page came
    label = form.label if form else "a file of unknown kind"
    return _skipped("not_an_image", sha256, f"By its content this is {label}.")


def _measure(body: bytes | Path, stated: str | None) -> tuple[int, str, bool]:
    """Size, SHA-256, and whether the source's own checksum holds (True when it states none)."""
    sha256 = hashlib.sha256()
    algorithm, _, expected = (stated or "").partition(":")
    # A source that states SHA-256 (Drive does since 2018) spares us the second hash.
    checksum = sha256 if algorithm == "sha256" else new_checksum(stated)
    size = 0
    for block in _blocks(body):
        size += len(block)
        sha256.update(block)
        if checksum and checksum is not sha256:
            checksum.update(block)
    return size, sha256.hexdigest(), checksum is None or checksum.hexdigest() == expected


def _blocks(body: bytes | Path) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield body
        return
    with body.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def _first_bytes(body: bytes | Path) -> bytes:
    if isinstance(body, bytes):
        return body[:SNIFF_BYTES]
    with body.open("rb") as file:
        return file.read(SNIFF_BYTES)


def _judge_image(
    body: bytes | Path, size: int, sha256: str, settings: ImagingSettings, *, mismatch: bool
) -> Verdict:
    """Keep what agrees even when it does not decode: it is what the owner has."""
    header = read_header(body)
    reason = check_limits(header, settings)
    if reason:
        return _skipped(reason, sha256, f"{header.width} x {header.height} pixels.")
    content = Content(size, sha256, header, mismatch)
    return Verdict(ItemState.STORED, None, None, sha256, agrees=True, content=content)


def _skipped(reason: str, sha256: str, detail: str = "") -> Verdict:
    message = f"{REASONS[reason][0]} {detail}".strip()
    return Verdict(ItemState.SKIPPED, reason, message, sha256, agrees=True)


def _disagreement(item: PendingItem, size: int, sha256: str, form: Format | None) -> Verdict:
    """What arrived is not what was listed: never stored as it is."""
    if form is formats.HTML:
        reason, detail = "html_instead_of_file", ""
    elif item.size is not None and size < item.size:
        reason, detail = "truncated", f"{size} of {item.size} bytes came."
    elif item.size is not None and size > item.size:
        reason, detail = "checksum", f"{size} bytes came instead of {item.size}."
    else:
        reason, detail = "checksum", ""
    message = f"{REASONS[reason][0]} {detail}".strip()
    return Verdict(ItemState.FAILED, reason, message, sha256, agrees=False)
