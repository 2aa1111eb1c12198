"""docs/reliability.md: what the last full run of each stack found, written by the run itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chaos.options import Options
from chaos.results import Result
from report import machine

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


@dataclass(frozen=True, slots=True)
class Record:
    """One stack's run."""

    stack: str
    versions: Sequence[str]
    results: Sequence[Result]
    options: Options
    seconds: float


def write_record(record: Record) -> None:
    """Put the run in its place on the page, instead of the stack's last one."""
    page = PAGE.read_text()
    marks = rf"(<!-- {record.stack} -->\n).*?(<!-- /{record.stack} -->)"
    section = _section(record)
    pattern = re.compile(marks, re.DOTALL)
    page, places = pattern.subn(lambda found: found[1] + section + found[2], page)
    assert places == 1, f"{PAGE} has no place for {record.stack}"
    PAGE.write_text(page)


def _section(record: Record) -> str:
    command = f'make chaos CHAOS="--stack {record.stack} {record.options.text}"'
    lines = [
        f"Run on {datetime.now(UTC):%Y-%m-%d} in {record.seconds / 60:.0f} min: `{command}`.",
        "",
        f"- Servers: {', '.join(record.versions)}",
        *(f"- {line}" for line in machine()),
        "",
        "| promise | done | found | holds |",
        "| --- | --- | --- | --- |",
        *(_row(result) for result in record.results),
        "",
    ]
    return "\n".join(lines)


def _row(result: Result) -> str:
    found = result.found.replace("\n", "<br>")
    return f"| {result.promise} | {result.did} | {found} | {'yes' if result.holds else '**no**'} |"
