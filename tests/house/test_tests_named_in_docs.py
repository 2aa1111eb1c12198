"""The tables in docs: every test that they name exists."""

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


def test_every_row_about_google_drive_names_a_test() -> None:
    page = (ROOT / "docs" / "sources" / "google-drive.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| ") and "|||" not in line]
    untested = [row for row in rows[1:] if not NAMED.search(row.split("|")[5])]
    assert len(rows) > 40
    assert untested == []
