"""Follow a job on the terminal: n of m, bytes, images a second, time to go, failures."""

import asyncio
from typing import Any

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Table
from rich.text import Text

from pixharbor.cli.client import Client
from pixharbor.cli.console import console
from pixharbor.jobs.quantities import say_bytes, say_seconds

FINISHED = ("completed", "partial", "failed", "cancelled")
LOOK_SECONDS = 0.25
FATES = ("stored", "duplicate", "skipped", "failed", "gone", "cancelled", "pending")
COLOURS = {"stored": "green", "duplicate": "cyan", "failed": "red", "gone": "yellow"}


class _Details(ProgressColumn):
    """What stands behind the bar."""

    def render(self, task: Task) -> Text:
        job = task.fields.get("job")
        return Text(_describe(job) if job else "", style="dim")


async def follow(client: Client, job_id: str) -> Any:
    """Show the job's progress until it ends or pauses for a person; answers it."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), _Details())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("waiting", total=None)
        while True:
            job = await client.get(f"/api/v1/jobs/{job_id}")
            balance = job["balance"]
            progress.update(
                bar,
                description=job["state"],
                total=balance["listed"] or None,
                completed=balance["listed"] - balance["pending"],
                job=job,
            )
            if job["state"] in FINISHED or _needs_person(job):
                return job
            await asyncio.sleep(LOOK_SECONDS)


def _needs_person(job: Any) -> bool:
    return job["state"] == "paused" and job["pause"] and job["pause"]["until"] is None


def _describe(job: Any) -> str:
    balance = job["balance"]
    parts = [f"{balance['listed'] - balance['pending']} of {balance['listed']}"]
    parts.append(say_bytes(job["bytes_stored"]))
    if job["images_per_second"]:
        parts.append(f"{job['images_per_second']:.0f} images/s")
    if job["eta_seconds"]:
        parts.append(f"{say_seconds(job['eta_seconds'])} to go")
    if balance["failed"]:
        parts.append(f"{balance['failed']} failed")
    if job["quota"]:
        parts.append(job["quota"]["sentence"])
    if job["pause"]:
        parts.append(job["pause"]["message"] or job["pause"]["reason"])
    return " · ".join(parts)


def print_balance(job: Any) -> None:
    """The balance sheet: every fate, and the reasons with what cures them."""
    balance = job["balance"]
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(str(balance["listed"]), "listed")
    for fate in FATES:
        if balance[fate]:
            table.add_row(Text(str(balance[fate]), COLOURS.get(fate, "dim")), fate)
            for reason in job["reasons"]:
                if reason["state"] == fate:
                    told = f"  {reason['count']} x {reason['reason']}: {reason['sentence']}"
                    table.add_row("", Text(f"{told} {reason['cure']}".rstrip(), "dim"))
    console.print(table)
    folders = balance["folders"]
    failed = f", {folders['failed']} could not be listed" if folders["failed"] else ""
    adds = " + ".join(str(balance[fate]) for fate in FATES)
    console.print(f"{balance['listed']} = {adds} ({' + '.join(FATES)})", style="dim")
    stored = f": {say_bytes(job['bytes_stored'])} stored, {folders['listed']} folders listed"
    console.print(Text.assemble((job["state"], "bold"), stored, (failed, "red")))
    for told in say_changes(job["at_source"]):
        console.print(told, style="dim")
    print_failed_folders(job)
    if job["error"]:
        console.print(Text(job["error"]["message"], "red"), job["error"]["cure"])


def print_failed_folders(job: Any) -> None:
    """Each with what was said of it; the answer names the first ones only."""
    for folder in job["failed_folders"]:
        console.print(Text(folder["path"], "red"), folder["message"])
    untold = job["balance"]["folders"]["failed"] - len(job["failed_folders"])
    if untold > 0:
        console.print(f"And {untold:,} more: pixharbor jobs report {job['id']}", style="red")


def say_changes(changes: Any) -> list[str]:
    """What is different at the source since the last import of the same place."""
    sentences = {
        "gone": "no longer at the source; their images are kept and marked",
        "back": "at the source again",
        "superseded": "with other content now; the old images are kept and marked",
    }
    return [f"{changes[name]} {told}" for name, told in sentences.items() if changes[name]]


def exit_code(job: Any) -> int:
    """0 all stored or known, 2 finished with failures, 3 not finished."""
    if job["state"] == "completed":
        return 0
    return 2 if job["state"] == "partial" else 3
