"""ZIP archives: their directory, looked at before anything is unpacked, and one entry's bytes."""

import io
import lzma
import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pixharbor.errors import Fate as ErrorFate
from pixharbor.sources.base import FileRefused, SourceError, SourceFile
from pixharbor.sources.declared_types import Fate, declared_fate, type_of_name
from pixharbor.sources.litter import litter_fate

# A directory is held in memory while its archive is read: this is about 300,000 pictures' names.
MOST_DIRECTORY_BYTES: Final = 32 << 20
# Pictures hardly shrink. What would grow like this all together, and to more than a little, is no
# album; one file alone is held to LIMIT_FILE_BYTES on its way.
MOST_GROWTH: Final = 200
HARMLESS_BYTES: Final = 1 << 30
BLOCK_BYTES: Final = 1 << 20
_LOCAL_HEADER_BYTES: Final = 30
_END: Final = b"PK\5\6"
_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 0xFFFF
_ENCRYPTED: Final = 1
_IS_UTF8: Final = 0x800
_METHODS: Final = {
    zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA
}  # fmt: skip


class ArchiveRefused(SourceError):
    """This file is no ZIP archive that can be imported."""

    status = 422
    code = "archive_refused"
    reason = "forbidden"
    fate = ErrorFate.STOP
    cure = "Pack the pictures again, or unpack them and import the folder."


class BoundedFile(io.BufferedReader):
    """An archive's file that gives out no more at a time than a directory may have.

    zipfile reads all of a directory at once, and where its size is written differs from version to
    version: whichever it believes, it asks here.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))

    def read(self, size: int | None = -1, /) -> bytes:
        """As every file's. Raises ArchiveRefused, before anything is read."""
        if size is None or size < 0:
            size = max(0, os.fstat(self.fileno()).st_size - self.tell())
        if size > MOST_DIRECTORY_BYTES:
            raise ArchiveRefused(
                f"The ZIP archive lists too many files: its directory has {size >> 20} MiB, and "
                f"{MOST_DIRECTORY_BYTES >> 20} MiB are allowed.",
                cure="Divide it, or unpack it and import the folder.",
            )
        return super().read(size)


class _Archive(zipfile.ZipFile):
    """An archive that closes its file, which zipfile leaves to whoever has opened it."""

    def __init__(self, file: BoundedFile) -> None:
        self._file = file
        super().__init__(file)

    def close(self) -> None:
        """Close both; a second time is fine."""
        super().close()
        self._file.close()


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open it and look whether it is what it says. Blocks. Raises ArchiveRefused."""
    size = path.stat().st_size
    _check_end(path, size)
    with ExitStack() as stack:
        file = stack.enter_context(BoundedFile(path))
        try:
            archive = _Archive(file)
        # NotImplementedError is zipfile's word for an entry of a later version of the format.
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise ArchiveRefused(f"The ZIP archive's directory is damaged ({error}).") from None
        _check_growth(archive, size)
        _check_overlaps(archive)
        stack.pop_all()
        return archive


def list_entries(
    archive: zipfile.ZipFile, first: int, most: int, *, ref: str, key: str
) -> list[SourceFile]:
    """The files from the `first` entry on; folders are nothing by themselves."""
    infos = archive.infolist()
    names = Counter(info.orig_filename for info in infos)
    seen: Counter[str] = Counter()
    files = []
    for number, info in enumerate(infos[: first + most]):
        seen[info.orig_filename] += 1
        if number < first or info.is_dir():
            continue
        id_ = f"{ref}!{quote(info.orig_filename)}"
        if names[info.orig_filename] > 1:
            id_ += f"#{seen[info.orig_filename]}"
        files.append(_file_of(info, id_, f"{key}:{number}"))
    return files


def read_entry(archive: zipfile.ZipFile, number: int) -> Generator[bytes]:
    """An entry's bytes, block by block; the last one only when they have their CRC-32."""
    try:
        with archive.open(archive.infolist()[number]) as entry:
            while block := entry.read(BLOCK_BYTES):
                yield block
                if len(block) < BLOCK_BYTES:
                    return
    except zipfile.BadZipFile as error:
        raise FileRefused(f"It is damaged in the archive ({error}).", reason="checksum") from None
    except (zlib.error, lzma.LZMAError, OSError) as error:
        raise FileRefused(
            f"It cannot be unpacked: it is damaged in the archive ({error}).", reason="checksum"
        ) from None
    except EOFError:
        raise FileRefused("The archive ends within it.", reason="truncated") from None
    except (RuntimeError, NotImplementedError) as error:
        raise FileRefused(f"It cannot be unpacked: {error}.") from None


def _file_of(info: zipfile.ZipInfo, id_: str, resource_key: str) -> SourceFile:
    path = _path_of(info)
    name = path.rpartition("/")[2]
    mime_type = type_of_name(name)
    return SourceFile(
        id=id_,
        name=name,
        path=path,
        size=info.file_size,
        mime_type=mime_type,
        checksum=f"crc32:{info.CRC:08x}",
        resource_key=resource_key,
        fate=_fate_of(info, path) or declared_fate(mime_type, info.file_size),
    )


def _path_of(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: many programs write UTF-8 without saying so."""
    given = info.orig_filename
    if info.flag_bits & _IS_UTF8:
        return given
    try:
        return given.encode("cp437").decode()
    except UnicodeError:
        return given


def _fate_of(info: zipfile.ZipInfo, path: str) -> Fate | None:
    litter = next(filter(None, map(litter_fate, path.split("/"))), None)
    if litter:
        return litter
    if stat.S_ISLNK(info.external_attr >> 16):
        return ("skipped", "not_an_image", "a link")
    if info.flag_bits & _ENCRYPTED:
        return ("failed", "forbidden", "It is encrypted: pack it again without a password.")
    if info.compress_type not in _METHODS:
        told = f"It is packed by method {info.compress_type}: pack it again as a usual ZIP."
        return ("failed", "forbidden", told)
    return None


def _check_end(path: Path, size: int) -> None:
    """See that it ends as an archive does: what does not has a reason that zipfile cannot tell."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(0, size - _END_BYTES - _LONGEST_COMMENT))
        tail = file.read()
    found = tail.rfind(_END)
    if found < 0 or len(tail) - found < _END_BYTES:
        raise ArchiveRefused(_why_no_directory(head, size))


def _why_no_directory(head: bytes, size: int) -> str:
    if head.startswith(b"PK"):
        return f"The ZIP archive is cut off: its directory is missing after {size} bytes."
    return "This file is no ZIP archive."


def _check_growth(archive: zipfile.ZipFile, size: int) -> None:
    unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > HARMLESS_BYTES + MOST_GROWTH * size:
        raise ArchiveRefused(
            f"The ZIP archive is a bomb: {size} bytes would become {unpacked}.",
            reason="abusive",
        )


def _check_overlaps(archive: zipfile.ZipFile) -> None:
    """Entries that share bytes are made to unpack a little into very much."""
    spans = sorted(
        (info.header_offset, info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size)
        for info in archive.infolist()
    )
    spans.append((archive.start_dir, archive.start_dir))
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise ArchiveRefused(
                "The ZIP archive is a bomb, or damaged: its files lie over each other.",
                reason="abusive",
            )
