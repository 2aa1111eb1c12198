"""Reads the lists of addresses that people bring: plain text, or a column of a CSV file."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import PurePath
from typing import BinaryIO, Final

from pixharbor.errors import BadInput

TABLE_SUFFIXES: Final = frozenset({".csv", ".tsv", ".tab"})
DELIMITERS: Final = ",;\t|"
# Rows that are looked at to tell what a table's columns hold.
SAMPLE_ROWS: Final = 50
SAMPLE_BYTES: Final = 1 << 16
BLOCK_BYTES: Final = 1 << 20
EXAMPLE_LETTERS: Final = 120
# By the marks that a file may begin with; UTF-32 before UTF-16, whose mark it begins with.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Windows writes where it does not write UTF-8.
_FALLBACK: Final = "cp1252"
_ADDRESS: Final = re.compile(r"\s*(https?:)?//\S", re.IGNORECASE)
# Several addresses may share a line or a cell.
_BETWEEN: Final = re.compile(r"[\s,;|]+(?=https?://)", re.IGNORECASE)
_BREAKS: Final = re.compile(r"[\0\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


class ColumnUnknown(BadInput):
    """The table has no such column."""

    code = "column_unknown"


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: its name ("column 2" where the table has no head) and one of its values."""

    name: str
    example: str
    has_addresses: bool


@dataclass(frozen=True, slots=True)
class Table:
    """How a CSV file is written, and its columns."""

    encoding: str
    delimiter: str
    has_head: bool
    columns: Sequence[Column]

    @property
    def suggested(self) -> str | None:
        """The column with the addresses, if it is the only one."""
        names = [column.name for column in self.columns if column.has_addresses]
        return names[0] if len(names) == 1 else None


def is_table(name: str) -> bool:
    """Whether a file of this name is read as CSV."""
    return PurePath(name).suffix.lower() in TABLE_SUFFIXES


def read_lines(file: BinaryIO) -> Iterator[str]:
    """The addresses of a text file: one a line or several; empty lines and # comments are none."""
    with _as_text(file, find_encoding(file)) as text:
        for line in text:
            if not line.lstrip().startswith("#"):
                yield from split_addresses(line)


def split_addresses(text: str) -> Iterator[str]:
    """What may be addresses in a line or a cell; without breaks, and NUL, which no row keeps."""
    for part in _BETWEEN.split(text):
        if cleaned := _BREAKS.sub(" ", part).strip():
            yield cleaned


def look_at_table(file: BinaryIO) -> Table:
    """How a CSV file is written, told by its first rows. Raises BadInput for an empty one."""
    encoding = find_encoding(file)
    with _as_text(file, encoding) as text:
        sample = text.read(SAMPLE_BYTES).splitlines(keepends=True)
    if len(sample) > 1 and not sample[-1].endswith("\n"):
        sample.pop()  # cut in the middle
    delimiter = max(DELIMITERS, key=lambda one: _fit(sample, one))
    rows = _sample_rows(sample, delimiter)
    if not rows:
        raise BadInput("The file is empty.", field="file", cure="Send a file with addresses.")
    has_head = not any(_ADDRESS.match(cell) for cell in rows[0])
    return Table(encoding, delimiter, has_head, _columns(rows, has_head=has_head))


def read_column(file: BinaryIO, table: Table, wanted: str | None) -> Iterator[str]:
    """The addresses of one column, row by row; without a name the only one that has any.

    Raises ColumnUnknown, naming the columns that there are.
    """
    index = _find_column(table, wanted)
    width = len(table.columns)
    with _as_text(file, table.encoding, newline="") as text:
        rows = csv.reader(text, delimiter=table.delimiter, skipinitialspace=True)
        try:
            for row in islice(rows, int(table.has_head), None):
                # Addresses with unquoted commas between them spill over the last column.
                for cell in chain(row[index : index + 1], row[width:]):
                    yield from split_addresses(cell)
        except csv.Error as error:
            raise BadInput(
                f"Line {rows.line_num} of the table cannot be read: {error}.",
                code="table_unreadable",
                field="file",
                cure="Save it as CSV (UTF-8) again.",
            ) from None


def find_encoding(file: BinaryIO) -> str:
    """By its mark, else UTF-8 if all of it is that, else what Windows writes."""
    file.seek(0)
    head = file.read(4)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if head[1:2] == b"\0" or head[:1] == b"\0":  # ASCII in UTF-16 without its mark
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while block := file.read(BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _FALLBACK
    return "utf-8"


class _KeptOpen(TextIOWrapper):
    """Reads a file as text and leaves the file to whoever opened it."""

    def __exit__(self, *_: object) -> None:
        self.detach()


def _as_text(file: BinaryIO, encoding: str, newline: str | None = None) -> _KeptOpen:
    file.seek(0)
    return _KeptOpen(file, encoding=encoding, errors="replace", newline=newline)


def _sample_rows(sample: Sequence[str], delimiter: str) -> list[list[str]]:
    rows = csv.reader(sample, delimiter=delimiter, skipinitialspace=True)
    try:
        return [row for row in islice(rows, SAMPLE_ROWS + 1) if row]
    except csv.Error:
        return []


def _fit(sample: Sequence[str], delimiter: str) -> tuple[int, int]:
    """How well a delimiter divides: in how many rows as in the first one, and into how many."""
    rows = _sample_rows(sample, delimiter)
    width = len(rows[0]) if rows else 0
    return (sum(len(row) == width for row in rows), width) if width > 1 else (0, width)


def _columns(rows: Sequence[Sequence[str]], *, has_head: bool) -> list[Column]:
    body = rows[1:] if has_head else rows
    columns = []
    for index, head in enumerate(rows[0]):
        cells = [row[index].strip() for row in body if len(row) > index and row[index].strip()]
        with_address = sum(bool(_ADDRESS.match(cell)) for cell in cells)
        name = head.strip() if has_head else ""
        example = cells[0][:EXAMPLE_LETTERS] if cells else ""
        columns.append(
            Column(name or f"column {index + 1}", example, with_address * 2 > len(cells))
        )
    return columns


def _find_column(table: Table, wanted: str | None) -> int:
    """By its name in any case, by its number from 1, or the only one that has addresses."""
    names = [column.name.casefold() for column in table.columns]
    if wanted is None:
        if table.suggested is None:
            raise ColumnUnknown(
                "Which column has the addresses?", field="column", cure=_name_them(table)
            )
        return names.index(table.suggested.casefold())
    asked = wanted.strip().casefold()
    if asked in names:
        return names.index(asked)
    if asked.isdecimal() and 1 <= int(asked) <= len(names):
        return int(asked) - 1
    raise ColumnUnknown(
        f"The table has no column {wanted.strip()!r}.", field="column", cure=_name_them(table)
    )


def _name_them(table: Table) -> str:
    return f"Its columns: {', '.join(column.name for column in table.columns)}."
