"""What a dry run found, as a table: what would be fetched, what would not and why."""

from typing import Any

from rich.table import Table

from pixharbor.cli.console import console, out
from pixharbor.cli.progress import print_failed_folders
from pixharbor.jobs.quantities import say_bytes


def print_plan(job: Any) -> None:
    """The table on stdout; what it takes, and how to go on, on stderr."""
    plan = job["plan"]
    table = Table(box=None, pad_edge=False, show_footer=True, footer_style="bold")
    table.add_column("to be fetched", footer="all")
    table.add_column("files", justify="right", footer=f"{plan['files']:,}")
    table.add_column("bytes", justify="right", footer=say_bytes(plan["bytes"]))
    for row in plan["types"]:
        table.add_row(row["type"], f"{row['files']:,}", say_bytes(row["bytes"]))
    out.print(table)
    if plan["files_without_size"]:
        console.print(f"{plan['files_without_size']:,} of them state no size.", style="dim")
    if job["reasons"]:
        out.print(_left_out(job["reasons"]))
    folders = job["balance"]["folders"]
    if folders["failed"]:
        console.print(f"{folders['failed']} folders could not be listed:", style="red")
        print_failed_folders(job)
    if plan["quota"]:
        sentence = plan["quota"]["sentence"]
        console.print(f"{sentence[0].upper()}{sentence[1:]}.", style="bold")
    console.print(f"Nothing was fetched. Fetch it: pixharbor jobs run {job['id']}", style="dim")


def _left_out(reasons: list[Any]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("not fetched")
    table.add_column("files", justify="right")
    table.add_column("", style="dim")
    for reason in reasons:
        table.add_row(reason["reason"], f"{reason['count']:,}", reason["sentence"])
    return table
