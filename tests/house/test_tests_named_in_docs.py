"""The tables in docs: every test that they name exists."""

import itertools
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(test_\w+)`")


def test_every_test_that_a_table_names_exists() -> None:
    named = {
        name: page.name
        for page in (ROOT / "docs").rglob("*.md")
        for name in NAMED.findall(page.read_text())
    }
    written = {
        name
        for file in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    assert len(named) > 30
    assert {name: page for name, page in named.items() if name not in written} == {}


def test_every_row_of_what_goes_wrong_at_a_source_names_a_test() -> None:
    tables = {
        page.name: rows_of(page.read_text()) for page in (ROOT / "docs" / "sources").glob("*.md")
    }
    tables = {name: rows for name, rows in tables.items() if rows}
    sources = {"google-drive.md", "dropbox.md", "web-urls.md", "object-storage.md"}
    assert tables.keys() >= sources | {"zip.md", "local-folder.md"}
    assert min(map(len, tables.values())) > 5
    untested = [row for rows in tables.values() for row in rows if not NAMED.search(row)]
    assert untested == []


def rows_of(page: str) -> list[str]:
    """What stands below "what goes wrong", but for the headings within it."""
    lines = iter(page.splitlines())
    if not any(line.startswith("| what goes wrong |") for line in lines):
        return []
    below = itertools.takewhile(lambda line: line.startswith("|"), lines)
    return [line for line in list(below)[1:] if not line.endswith("|||||")]
