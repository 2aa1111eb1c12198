"""`pixharbor import`: bring folders and lists in, and watch it happen."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from pixharbor.cli.client import Client, open_client
from pixharbor.cli.console import console, print_json
from pixharbor.cli.filters import Filters, read_filters
from pixharbor.cli.follow_folders import changes_of
from pixharbor.cli.local_paths import find_list, find_path, is_archive, root_of
from pixharbor.cli.loop import run_loop
from pixharbor.cli.options import Connection, Json, Server, Token
from pixharbor.cli.plan import print_plan
from pixharbor.cli.progress import exit_code, follow, print_balance

Schedule = Annotated[
    str | None, typer.Option(help="Import again daily, say, or by a cron expression.")
]

LinkPassword = Annotated[
    str | None,
    typer.Option(envvar="LINK_PASSWORD", help="What opens the links, where Dropbox asks for one."),
]
Wait = Annotated[
    bool, typer.Option("--wait/--detach", help="Stay until it is done, or queue and leave.")
]


def import_(
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="PLACE…",
            help="Links, buckets, folders and ZIP archives of this machine, or files with "
            "addresses (.txt, .csv).",
        ),
    ],
    column: Annotated[
        str | None, typer.Option(help="The column with the addresses, of .csv files.")
    ] = None,
    recursive: Annotated[bool, typer.Option(help="Go into sub-folders.")] = True,
    filters: Filters = None,
    connection: Connection = None,
    priority: Annotated[
        int, typer.Option(min=-100, max=100, help="Higher ones go before others.")
    ] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List and count, and fetch nothing.")
    ] = False,
    schedule: Schedule = None,
    keep_following: Annotated[
        bool,
        typer.Option("--follow", help="Of folders: stay, and import what arrives, until Ctrl-C."),
    ] = False,
    link_password: LinkPassword = None,
    wait: Wait = True,
    server: Server = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Import folders or files by their links, from this machine, or by lists of addresses."""
    wanted = {
        "recursive": recursive,
        "filters": read_filters(filters),
        "connection_id": connection,
        "priority": priority,
        "dry_run": dry_run,
        "schedule": schedule,
        "link_password": link_password,
    }

    async def _import() -> int:
        lists = {place: path for place in places if (path := find_list(place))}
        paths = [find_path(place) for place in places if place not in lists]
        allowed = [root_of(path) for path in paths if path]
        async with open_client(server, token=token, working=wait, folders=allowed) as client:
            if keep_following:
                _check_followed(paths, places, wait=wait and not dry_run)
                await _keep_following(client, places, wanted, as_json=as_json)
            jobs = [await _start(client, one, lists.get(one), column, wanted) for one in places]
            if schedule:
                console.print("It comes back by its schedule while `serve` runs.", style="dim")
            if not wait:
                _tell_queued(jobs, server, as_json=as_json)
                return 0
            return await _see_ends(client, jobs, as_json=as_json)

    raise typer.Exit(run_loop(_import()))


def _check_followed(paths: list[Path | None], places: list[str], *, wait: bool) -> None:
    folders = [path for path in paths if path and path.is_dir()]
    if len(folders) < len(places) or not wait:
        raise typer.BadParameter(
            "works for folders of this machine, without --detach and --dry-run; other places come "
            "back by --schedule",
            param_hint="--follow",
        )


async def _keep_following(
    client: Client, places: list[str], wanted: dict[str, Any], *, as_json: bool
) -> None:
    """Until Ctrl-C: an import of all the folders, and again whenever one of them has changed."""
    folders = [path for place in places if (path := find_path(place))]
    async for _ in changes_of(folders):
        for job in [await _start(client, place, None, None, wanted) for place in places]:
            done = await _follow(client, job, as_json=as_json)
            if as_json:
                print_json(done)
        console.print("Waiting for what arrives; Ctrl-C ends it.", style="dim")


async def _start(
    client: Client, place: str, lines: Path | None, column: str | None, wanted: dict[str, Any]
) -> Any:
    path = find_path(place)
    if path and is_archive(path):
        return await client.send(
            "/api/v1/imports/zip", path, name=path.name, options=json.dumps(_for_upload(wanted))
        )
    location = await _location(client, place, lines, column)
    return await client.post("/api/v1/imports", {"location": location, **wanted})


def _for_upload(wanted: dict[str, Any]) -> dict[str, Any]:
    """An upload is there once: a schedule is left out unless somebody wants one, and refused."""
    return {name: value for name, value in wanted.items() if value is not None}


async def _location(client: Client, place: str, lines: Path | None, column: str | None) -> str:
    """How the server is to call the place; a list of addresses is brought there first."""
    if lines:
        chosen = {"column": column} if column is not None else {}
        kept = await client.upload("/api/v1/url-lists", lines, **chosen)
        return str(kept["location"])
    path = find_path(place)
    return path.as_uri() if path else place


async def _see_ends(client: Client, jobs: list[Any], *, as_json: bool) -> int:
    """Stay until all have ended; answers the exit code."""
    try:
        done = [await _follow(client, job, as_json=as_json) for job in jobs]
    finally:
        ids = " ".join(job["id"] for job in jobs)
        console.print(f"Later: pixharbor jobs show {ids}", style="dim")
    if as_json:
        print_json(done if len(done) > 1 else done[0])
    return max(exit_code(job) for job in done)


async def _follow(client: Client, job: Any, *, as_json: bool) -> Any:
    act = "Looking through" if job["dry_run"] else "Importing"
    console.print(act, Text(job["name"] or job["location"], "bold"), "as job", job["id"])
    done = await follow(client, job["id"])
    if not as_json and done["plan"]:
        print_plan(done)
    elif not as_json:
        print_balance(done)
    return done


def _tell_queued(jobs: list[Any], server: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json(jobs)
        return
    for job in jobs:
        console.print(f"Queued as job {job['id']}")
    if not server:
        console.print("A running `pixharbor serve` takes it from here.", style="dim")
