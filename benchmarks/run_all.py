"""Run every benchmark, one after the other, and write benchmarks/RESULTS.md."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType

import emulator
import import_drive
import import_dropbox
import latency
import listing
import quota
import reimport
import scaling
import start
import transports
import url_list
from options import Options, parser
from processes import HERE
from report import Table, machine, print_table, to_markdown

BENCHMARKS: dict[str, ModuleType] = {
    module.__name__: module
    for module in (
        *(import_drive, import_dropbox, latency, quota, listing, reimport),
        *(start, emulator, scaling, transports, url_list),
    )
}
RESULTS = HERE / "RESULTS.md"


def main() -> None:
    """Run what was asked for; RESULTS.md is written only when that is everything."""
    asked = parser(__doc__)
    asked.add_argument("--only", choices=BENCHMARKS, action="append", help="just this one")
    given = asked.parse_args()
    options = Options(given.count, given.rounds, given.work, given.album)
    began = time.monotonic()
    tables = [_run(BENCHMARKS[name].measure, options) for name in given.only or BENCHMARKS]
    if not given.only:
        RESULTS.write_text(_results(tables, options, time.monotonic() - began))
        print(f"Written: {RESULTS}")


def _run(measure: Callable[[Options], Table], options: Options) -> Table:
    table = measure(options)
    print_table(table)
    sys.stdout.flush()
    return table


def _results(tables: list[Table], options: Options, seconds: float) -> str:
    head = [
        "# Results",
        "",
        f"Measured on {datetime.now(UTC):%Y-%m-%d} in {seconds / 60:.0f} min by",
        f"`python benchmarks/run_all.py {options.text}`.",
        "README.md says what each figure means, and what it does not.",
        "",
        *(f"- {line}" for line in machine()),
        "",
    ]
    return "\n".join([*head, *(to_markdown(table) for table in tables)])


if __name__ == "__main__":
    main()
