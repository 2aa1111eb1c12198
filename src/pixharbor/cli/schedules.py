"""`pixharbor schedules`: list, change, pause, resume, remove."""

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from pixharbor.cli.client import open_client
from pixharbor.cli.console import console, out, print_json
from pixharbor.cli.loop import run_loop
from pixharbor.cli.options import Json, Server, Token

app = typer.Typer(help="Schedules: places that are imported again by themselves.")

ScheduleId = Annotated[str, typer.Argument(metavar="SCHEDULE", help="The schedule's id.")]


@app.command("list")
def list_(server: Server = None, token: Token = None, as_json: Json = False) -> None:
    """All schedules, the next one first."""

    async def _list() -> Any:
        async with open_client(server, token=token) as client:
            return await client.get("/api/v1/schedules")

    answer = run_loop(_list())
    if as_json:
        print_json(answer)
        return
    table = Table("schedule", "every", "next", "last job", "from", box=None, pad_edge=False)
    for each in answer["schedules"]:
        table.add_row(
            each["id"],
            each["every"] if each["timezone"] == "UTC" else f"{each['every']} {each['timezone']}",
            "paused" if each["paused"] else each["next_at"],
            each["last_error"] or each["last_job_id"] or "",
            each["name"] or each["location"],
        )
    out.print(table)


@app.command("set")
def set_(
    schedule_id: ScheduleId,
    every: Annotated[
        str | None, typer.Argument(help="hourly, daily, weekly, monthly, or a cron expression.")
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Such as Europe/Berlin.")] = None,
    server: Server = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Change when it runs."""
    change = {"every": every, "timezone": timezone}
    _change(schedule_id, change, server, token, as_json=as_json)


@app.command()
def pause(
    schedule_id: ScheduleId, server: Server = None, token: Token = None, as_json: Json = False
) -> None:
    """Run no more until `resume`."""
    _change(schedule_id, {"paused": True}, server, token, as_json=as_json)


@app.command()
def resume(
    schedule_id: ScheduleId, server: Server = None, token: Token = None, as_json: Json = False
) -> None:
    """Run again, from the next time on."""
    _change(schedule_id, {"paused": False}, server, token, as_json=as_json)


@app.command()
def remove(schedule_id: ScheduleId, server: Server = None, token: Token = None) -> None:
    """Import the place no more by itself. Jobs and images stay."""

    async def _remove() -> None:
        async with open_client(server, token=token) as client:
            await client.delete(f"/api/v1/schedules/{schedule_id}")

    run_loop(_remove())
    console.print(f"Removed schedule {schedule_id}. Its jobs and images stay.")


def _change(
    schedule_id: str,
    change: dict[str, Any],
    server: str | None,
    token: str | None,
    *,
    as_json: bool,
) -> None:
    async def _patch() -> Any:
        async with open_client(server, token=token) as client:
            return await client.patch(f"/api/v1/schedules/{schedule_id}", change)

    schedule = run_loop(_patch())
    if as_json:
        print_json(schedule)
        return
    when = "is paused" if schedule["paused"] else f"runs next at {schedule['next_at']}"
    console.print(f"Schedule {schedule['id']}", Text(f"{when}.", "bold"))
