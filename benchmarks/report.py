"""What a benchmark found: a table to print and to keep, and the machine that it was found on."""

import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table as RichTable

from pixharbor import __version__

_PACKAGES = ("aiohttp", "uvicorn", "uvloop", "SQLAlchemy", "aiosqlite", "fastapi")


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of one benchmark; every cell is text that a person reads."""

    title: str
    command: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    notes: list[str] = field(default_factory=list)


def print_table(table: Table) -> None:
    """Show a table on the terminal."""
    shown = RichTable(*table.columns, title=table.title)
    for row in table.rows:
        shown.add_row(*row)
    console = Console(highlight=False)
    console.print(shown)
    for note in (*table.notes, *machine()):
        console.print(f"· {note}", style="dim", markup=False)


def to_markdown(table: Table) -> str:
    """Write a table as Markdown."""
    lines = [f"## {table.title}", "", f"`{table.command}`", ""]
    lines += [_line(table.columns), _line(["---"] * len(table.columns))]
    lines += [_line(row) for row in table.rows]
    lines += ["", *(f"- {note}" for note in table.notes)]
    return "\n".join(lines).rstrip() + "\n"


def keep_table(table: Table, path: Path) -> None:
    """Write a table and the machine to a file of its own, for what RESULTS.md has no time for."""
    path.write_text(
        "\n".join([to_markdown(table).rstrip(), *(f"- {line}" for line in machine())]) + "\n"
    )
    print(f"Written: {path}")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def machine() -> list[str]:
    """What the figures depend on: processor, kernel, file system, versions, how busy it was."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = psutil.virtual_memory().total / 2**30
    return [
        f"Machine: {os.cpu_count()} cores, {model}, {memory:.0f} GiB, {platform.platform()}",
        f"Versions: {', '.join(f'{name} {number}' for name, number in _versions().items())}",
        f"Commit {commit()}; load average at the end {os.getloadavg()[0]:.1f}",
    ]


def _versions() -> dict[str, str]:
    return {
        "pixharbor": __version__,
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        **{name: version(name) for name in _PACKAGES},
    }


def commit() -> str:
    """The commit of this checkout, "unknown" outside of one or without git."""
    if not shutil.which("git"):
        return "unknown"
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or "unknown"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all values lie (the nearest one that was measured)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def spread(values: Sequence[float], digits: int = 0) -> str:
    """The smallest and the largest value, as in "1,204 … 1,377"."""
    return f"{min(values):,.{digits}f} … {max(values):,.{digits}f}"


def verdict(reached: bool, aim: str) -> str:  # noqa: FBT001 - the one thing that is judged
    """An aim and whether it was reached."""
    return f"{aim}: {'reached' if reached else 'missed'}"
